import { $, h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { clockTime, zone } from '../shared/time.js';

/** What a frame shows, in words. */
export const labelOf = (frame) => (frame.kind === 'forecast'
  ? t('forecastFor', { time: clockTime(frame.time, true), minutes: frame.leadMinutes }) : t('observedAt', { time: clockTime(frame.time, true) }));

/** The bar of times: observed ones solid, forecast ones hatched; click, drag, and the keys of a slider. */
export class Timeline {
  #track = $('track');
  #thumb = $('thumb');
  #frames = [];
  #onSeek;

  constructor(onSeek) {
    this.#onSeek = onSeek;
    this.#track.addEventListener('pointerdown', (event) => this.#drag(event));
    this.#track.addEventListener('keydown', (event) => this.#key(event));
  }

  /** @param frames [{time, kind}, …] */
  set(frames) {
    this.#frames = frames;
    const first = frames.findIndex((frame) => frame.kind === 'forecast');
    this.#track.querySelectorAll('.cell, .tick').forEach((element) => element.remove());
    frames.forEach((frame, i) => {
      this.#track.append(h('span', { class: `cell ${frame.kind}`, style: `left:${this.#left(i)}%;width:${100 / frames.length}%` }));
      if (new Date(frame.time).getUTCMinutes() % this.#tickMinutes() === 0) {
        this.#track.append(h('span', { class: 'tick', style: `left:${this.#left(i) + 50 / frames.length}%` }, clockTime(frame.time)));
      }
    });
    $('nowline').style.left = `${first < 0 ? 100 : this.#left(first)}%`;
    this.#track.setAttribute('aria-valuemax', frames.length - 1);
  }

  show(index) {
    const frame = this.#frames[index];
    this.#thumb.style.left = `${this.#left(index) + 50 / this.#frames.length}%`;
    const text = labelOf(frame);
    this.#track.setAttribute('aria-valuenow', index);
    this.#track.setAttribute('aria-valuetext', text);
    const label = $('timelabel');
    label.textContent = text;
    label.dataset.kind = frame.kind;
    $('zone').textContent = t('localTime', { zone: zone(frame.time) });
  }

  loaded(isLoaded) {
    this.#track.querySelectorAll('.cell').forEach((cell, i) => cell.classList.toggle('loaded', isLoaded(i)));
  }

  #left = (index) => (100 * index) / this.#frames.length;

  #tickMinutes() {
    const span = new Date(this.#frames.at(-1).time) - new Date(this.#frames[0].time);
    return span > 3 * 3600e3 || innerWidth < 560 ? 30 : 15;
  }

  #drag(event) {
    const seek = (at) => {
      const box = this.#track.getBoundingClientRect();
      const index = Math.floor(((at.clientX - box.left) / box.width) * this.#frames.length);
      this.#onSeek(Math.min(this.#frames.length - 1, Math.max(0, index)));
    };
    this.#track.setPointerCapture(event.pointerId);
    this.#track.addEventListener('pointermove', seek);
    this.#track.addEventListener('pointerup', () => this.#track.removeEventListener('pointermove', seek), { once: true });
    this.#track.addEventListener('pointercancel', () => this.#track.removeEventListener('pointermove', seek), { once: true });
    seek(event);
  }

  #key(event) {
    const index = { Home: 0, End: this.#frames.length - 1 }[event.key];
    if (index === undefined) return;
    event.preventDefault();
    this.#onSeek(index);
  }
}
