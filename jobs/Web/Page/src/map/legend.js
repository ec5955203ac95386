import { $, h } from '../shared/dom.js';
import { number, t } from '../shared/i18n.js';
import { steps } from '../shared/palettes.js';

const units = { rate: 'mmh', percent: 'percent', depth: 'mm' };

/** The colours and what they stand for; each number stands at the lower edge of its colour. */
export function drawLegend(kind, palette, isDark) {
  const all = steps(kind, palette, isDark);
  $('legend').replaceChildren(
    h('div', { class: 'legend-title' }, t(units[kind])),
    h('div', { class: 'legend-bar' }, ...all.map(([, colour]) => h('span', { style: `background:${colour}` }))),
    h('div', { class: 'legend-numbers' }, ...all.map(([from]) => h('span', {}, number(from)))),
    h('div', { class: 'legend-unseen' }, h('i'), t('notSeen'), h('i', { class: 'outside' }), t('fromOutside')));
}
