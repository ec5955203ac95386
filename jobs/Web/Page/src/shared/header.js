import { $ } from './dom.js';
import { chooseLanguage, language, languages, translatePage } from './i18n.js';
import { applyTheme, toggleTheme } from './theme.js';

/** What every page has: words, theme, language. */
export function startPage() {
  applyTheme();
  translatePage();
  $('theme').addEventListener('click', toggleTheme);
  const select = $('language');
  for (const name of languages) select.add(new Option(name.toUpperCase(), name, false, name === language));
  select.addEventListener('change', () => chooseLanguage(select.value));
}
