import { getJson } from '../shared/api.js';
import { $, h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { valueOf } from '../shared/palettes.js';
import { clockTime } from '../shared/time.js';
import { chartHeight, drawChart } from './chart.js';
import { amount, expected, openEnd, sentence } from './rainstory.js';

const degrees = (value, positive, negative) => `${Math.abs(value).toFixed(3)}° ${value >= 0 ? positive : negative}`;

/** The panel of a place: a sentence, the chart, the numbers. */
export class PlacePanel {
  #request = new AbortController();
  #shown = null;
  #chart = null;

  constructor(onClose) {
    $('place-close').addEventListener('click', () => {
      this.close();
      onClose();
    });
    new ResizeObserver(() => this.#chart?.setSize({ width: $('chart').clientWidth, height: chartHeight })).observe($('chart'));
  }

  close() {
    this.#request.abort();
    this.#shown = null;
    $('place').hidden = true;
  }

  /**
   * @param isInside the radar's grid holds the place
   * @param past gives [{time, rate}, …] of the scans that are loaded
   */
  async show([lon, lat], run, isInside, past, name = null) {
    this.#request.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    $('place').hidden = false;
    $('place').dataset.state = 'loading';
    $('place-title').textContent = t('place', { place: name ?? `${degrees(lat, 'N', 'S')}, ${degrees(lon, t('east'), 'W')}` });
    try {
      const point = await getJson(`/api/point?lon=${lon}&lat=${lat}${run ? `&run=${run}` : ''}`, signal);
      this.#shown = { point, past };
      this.redraw();
      $('place').dataset.state = 'ready';
    } catch (error) {
      if (signal.aborted) return;
      this.#shown = null;
      $('sentence').textContent = error.status === 404 ? t(isInside ? 'noForecastPlace' : 'outsidePlace') : error.message;
      $('amount').textContent = '';
      $('chart').replaceChildren();
      $('numbers').replaceChildren();
      $('place').dataset.state = 'failed';
    }
  }

  redraw() {
    if (!this.#shown) return;
    const { point, past } = this.#shown;
    $('sentence').textContent = sentence(point);
    $('amount').textContent = [amount(point), openEnd(point)].filter(Boolean).join(' ');
    this.#chart = drawChart($('chart'), point, past());
    $('numbers').replaceChildren(table(point));
  }
}

/** What the scans that are loaded say of a pixel. */
export function pastOf(frames, loader, pixel) {
  return frames.filter((frame) => frame.kind === 'observation').flatMap((frame) => {
    const loaded = loader.get(frame.url);
    return loaded && pixel >= 0 ? [{ time: frame.time, rate: valueOf(loaded, loaded.codes[pixel]) }] : [];
  });
}

function table({ leads, thresholds }) {
  const number = (value, digits) => (value === null ? t('nothing') : value.toFixed(digits));
  return h('table', {},
    h('thead', {}, h('tr', {}, h('th', {}, t('time')), h('th', {}, t('expectedRate')), h('th', {}, t('mapRate')), ...thresholds.map((threshold) => h('th', {}, t('chanceOver', { threshold }))))),
    h('tbody', {}, ...leads.map((lead) => h('tr', { 'data-time': lead.validTime },
      h('th', {}, clockTime(lead.validTime)), h('td', {}, number(expected(lead, thresholds), 2)), h('td', {}, number(lead.rainMmH, 2)),
      ...lead.probabilities.map((p) => h('td', {}, p === null ? t('nothing') : `${Math.round(100 * p)} %`))))));
}
