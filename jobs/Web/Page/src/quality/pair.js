import { getJson } from '../shared/api.js';
import { $, h } from '../shared/dom.js';
import { methodName, t } from '../shared/i18n.js';
import { theme } from '../shared/theme.js';
import { clockTime, timeToken } from '../shared/time.js';

const order = ['model', 'extrapolation', 'persistence'];
const inOrder = (group) => [...group].sort((a, b) => (order.indexOf(a.method) + 1 || 99) - (order.indexOf(b.method) + 1 || 99));

/** Truth and every method's forecast of one issue time, side by side. */
export class Pair {
  #groups = [];
  #grid = '';
  #newestScan = null;

  constructor() {
    $('run').addEventListener('change', () => this.#chooseRun());
    $('pair-lead').addEventListener('input', () => this.draw());
  }

  async load({ name: grid, newestScan }, from, to) {
    this.#grid = grid;
    this.#newestScan = newestScan && new Date(newestScan);
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
    const absent = () => h('p', { class: 'absent' }, t('noTruth', { time }));
    const figure = (picture, caption) => h('figure', {}, picture, h('figcaption', {}, caption));
    const picture = (src, caption) => figure(h('img', { src, alt: caption, loading: 'lazy', onerror: (event) => event.target.replaceWith(absent()) }), caption);
    const truth = valid <= this.#newestScan;
    $('pair').replaceChildren(
      truth ? picture(`/api/grids/${encodeURIComponent(this.#grid)}/observations/${timeToken(valid)}.png${palette}`, t('truth', { time })) : figure(absent(), t('truth', { time })),
      ...inOrder(group).map((run) => picture(
        `/api/runs/${run.runId}/frames/${minutes}.png${palette}`, t('forecastOf', { method: methodName(run.method, 'short'), time, minutes }))));
  }
}
