const key = 'nowcast.theme';
const listeners = new Set();
const wish = matchMedia('(prefers-color-scheme: dark)');

export const theme = () => document.documentElement.dataset.theme;

/** Sets dark or light; without a name as it was chosen before, else as the system has it. */
export function applyTheme(name = localStorage.getItem(key) ?? (wish.matches ? 'dark' : 'light')) {
  document.documentElement.dataset.theme = name;
  for (const listener of listeners) listener(name);
}

export function toggleTheme() {
  const name = theme() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(key, name);
  applyTheme(name);
}

export const onTheme = (listener) => listeners.add(listener);

wish.addEventListener('change', () => applyTheme());
