import { $, h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { cellsOf, placesOf } from './towns.js';

const mostShown = 8;
const plain = (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Latitude and longitude as people write them: 52.1, 5.2 or 52,1 5,2 or 27.5 S 153 E; null where it is none. */
export function parsePlace(text) {
  const numbers = [...text.replaceAll(/(\d),(\d)/g, '$1.$2').matchAll(/(-?\d+(?:\.\d+)?)\s*°?\s*([NSEWO]?)/gi)];
  if (numbers.length !== 2 || /[a-z]{2}/i.test(text)) return null;
  const value = ([, number, letter]) => Number(number) * (/[SW]/i.test(letter) ? -1 : 1);
  const [a, b] = numbers;
  const lonFirst = /[EWO]/i.test(a[2]);
  const place = lonFirst ? [value(a), value(b)] : [value(b), value(a)];
  return Math.abs(place[0]) <= 180 && Math.abs(place[1]) <= 90 ? place : null;
}

/** The field for a town or coordinates, and the button for where one is. */
export class PlaceSearch {
  #box;
  #onChoose;
  #found = [];
  #active = -1;

  /** @param box gives west, south, east and north of the radar  @param onChoose is told [lon, lat] and the name */
  constructor(box, onChoose, onFail) {
    this.#box = box;
    this.#onChoose = onChoose;
    const field = $('search');
    field.placeholder = t('search');
    field.addEventListener('input', () => this.#suggest(field.value));
    field.addEventListener('keydown', (event) => this.#key(event));
    field.addEventListener('blur', () => setTimeout(() => this.#close(), 200));
    $('locate').hidden = !navigator.geolocation || !isSecureContext;
    // Asked only when the button is pressed, and told to nobody but this page.
    $('locate').addEventListener('click', () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.#onChoose([coords.longitude, coords.latitude], t('here')), (error) => onFail(new Error(t('noPosition', { reason: error.message })))));
  }

  async #suggest(text) {
    const wanted = plain(text.trim());
    const place = parsePlace(text);
    if (place) return this.#show([{ name: `${place[1]}, ${place[0]}`, lon: place[0], lat: place[1] }]);
    if (wanted.length < 2) return this.#close();
    const [west, south, east, north] = this.#box();
    const towns = (await Promise.all(cellsOf([west, south, east, north]).flatMap((key) => [placesOf('towns', key), placesOf('villages', key)]))).flat()
      .filter(({ lon, lat }) => lon >= west && lon <= east && lat >= south && lat <= north);
    if (plain($('search').value.trim()) !== wanted) return undefined;
    const matches = (test) => towns.filter(({ name }) => test(plain(name))).sort((a, b) => b.people - a.people);
    return this.#show([...new Set([...matches((name) => name.startsWith(wanted)), ...matches((name) => name.includes(wanted))])].slice(0, mostShown));
  }

  #show(found) {
    this.#found = found;
    this.#active = found.length > 0 ? 0 : -1;
    $('found').replaceChildren(...(found.length > 0
      ? found.map(({ name }, i) => h('li', { id: `found-${i}`, role: 'option', 'aria-selected': String(i === 0), onmousedown: () => this.#choose(i) }, name))
      : [h('li', { class: 'quiet', role: 'option', 'aria-disabled': 'true' }, t('notFound'))]));
    $('found').hidden = false;
    $('search').setAttribute('aria-expanded', 'true');
  }

  #close() {
    this.#found = [];
    $('found').hidden = true;
    $('search').setAttribute('aria-expanded', 'false');
    $('search').removeAttribute('aria-activedescendant');
  }

  #choose(index) {
    const { name, lon, lat } = this.#found[index];
    $('search').value = name;
    this.#close();
    this.#onChoose([lon, lat], name);
  }

  #key(event) {
    if (event.key === 'Escape') this.#close();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && this.#found.length > 0) {
      event.preventDefault();
      this.#active = (this.#active + by + this.#found.length) % this.#found.length;
      [...$('found').children].forEach((item, i) => item.setAttribute('aria-selected', String(i === this.#active)));
      $('search').setAttribute('aria-activedescendant', `found-${this.#active}`);
    }
    if (event.key === 'Enter' && this.#active >= 0 && this.#found.length > 0) this.#choose(this.#active);
  }
}
