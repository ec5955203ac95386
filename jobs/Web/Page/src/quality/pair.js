import { getJson } from '../shared/api.js';
import { $, h } from '../shared/dom.js';
import { methodName, t } from '../shared/i18n.js';
import { theme } from '../shared/theme.js';
import { clockTime, timeToken } from '../shared/time.js';

/** Truth and every method's forecast of one issue time, side by side. */
export class Pair {
  #groups = [];
  #grid = '';

  constructor() {
    $('run').addEventListener('change', () => this.#chooseRun());
    $('pair-lead').addEventListener('input', () => this.draw());
  }

  async load(grid, from, to) {
    this.#grid = grid;
    const runs = await getJson(`/api/runs?grid=${encodeURIComponent(grid)}&limit=1000${from ? `&from=${from}` : ''}${to ? `&to=${to}` : ''}`);
    const byTime = Map.groupBy?.(runs.filter((run) => run.hasMaps), (run) => run.issueTime) ?? new Map();
    this.#groups = [...byTime.values()];
    $('run').replaceChildren(...this.#groups.map(([run], i) => new Option(clockTime(run.issueTime, true), i)));
    // The newest run that can be compared has an hour of scans behind it.
    $('run').selectedIndex = Math.min(this.#groups.length - 1, 2);
    this.#chooseRun();
  }

  #chooseRun() {
    const group = this.#groups[$('run').selectedIndex];
    if (group) {
      const slider = $('pair-lead');
      slider.max = group[0].leadMinutes.length - 1;
      slider.value = Math.min(slider.max, Math.floor(slider.max / 2));
    }
    this.draw();
  }

  draw() {
    const group = this.#groups[$('run').selectedIndex];
    if (!group) {
      $('pair').replaceChildren();
      return;
    }
    const minutes = group[0].leadMinutes[$('pair-lead').value];
    const valid = new Date(new Date(group[0].issueTime).getTime() + minutes * 60e3);
    const palette = theme() === 'dark' ? '?palette=standard-dark' : '';
    const time = clockTime(valid, true);
    const picture = (src, caption) => h('figure', {}, h('img', { src, alt: caption, loading: 'lazy', onerror: (event) => event.target.replaceWith(h('p', { class: 'absent' }, t('noTruth', { time }))) }), h('figcaption', {}, caption));
    $('pair').replaceChildren(
      picture(`/api/grids/${encodeURIComponent(this.#grid)}/observations/${timeToken(valid)}.png${palette}`, t('truth', { time })),
      ...[...group].reverse().sort((a) => (a.method === 'model' ? -1 : 0)).map((run) => picture(
        `/api/runs/${run.runId}/frames/${minutes}.png${palette}`, t('forecastOf', { method: methodName(run.method, 'short'), time, minutes }))));
  }
}
