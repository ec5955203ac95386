import de from '../i18n/de.js';
import en from '../i18n/en.js';

const dictionaries = { en, de };
const key = 'nowcast.language';

export const languages = Object.keys(dictionaries);
export const language = [localStorage.getItem(key), ...navigator.languages.map((name) => name.slice(0, 2)), 'en'].find((name) => name in dictionaries);

export function chooseLanguage(name) {
  localStorage.setItem(key, name);
  location.reload();
}

/** The words for a key, with {name}s filled in; English where a translation lacks them. */
export function t(key, values = {}) {
  return (dictionaries[language][key] ?? en[key] ?? key).replaceAll(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** A number with so many digits after the point, or the comma where the language has one. */
export const number = (value, digits) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Puts the words into a page: data-t for the text, data-t-title for the tooltip and the name read aloud. */
export function translatePage() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-t-title]')) {
    element.title = t(element.dataset.tTitle);
    element.setAttribute('aria-label', element.title);
  }
}

/** A method's name in words; methods that are not known keep theirs. */
export function methodName(method, form = 'method') {
  const words = t(`${form}_${method}`);
  return words === `${form}_${method}` ? method : words;
}
