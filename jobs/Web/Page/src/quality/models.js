import { getJson } from '../shared/api.js';
import { $, h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { drawLines, lookOf } from './lines.js';

let models = null;

/** Each model of the database with its losses after each epoch. */
export async function drawModels() {
  models ??= await getJson('/api/models');
  $('models').replaceChildren(...(models.length === 0 ? [h('p', { class: 'quiet' }, t('noModels'))] : models.map((model) => h('figure', {},
    h('figcaption', {}, h('b', {}, model.version), model.isPromoted ? h('em', {}, t('promoted')) : '', scoresOf(model)),
    h('div', { class: 'plot', 'data-model': model.version }, model.curve.length === 0 ? h('p', { class: 'quiet' }, t('noCurve')) : '')))));
  for (const model of models.filter(({ curve }) => curve.length > 0)) {
    const points = (name) => model.curve.map((epoch, i) => [i + 1, epoch[name]]);
    drawLines(document.querySelector(`[data-model="${CSS.escape(model.version)}"]`), {
      xLabel: t('epoch'),
      series: [{ label: t('trainingLoss'), look: lookOf('persistence'), points: points('training') }, { label: t('validationLoss'), look: lookOf('model'), points: points('validation') }],
    });
  }
}

/** In sight where they are few. */
function scoresOf({ network, scores }) {
  const each = Object.entries(scores ?? {}).map(([name, value]) => `${name.replaceAll('_', ' ')} ${+value.toPrecision(3)}`);
  return each.length <= 6 ? h('span', {}, [network, ...each].join(' · '))
    : h('details', {}, h('summary', {}, `${network} · ${t('scoreCount', { n: each.length })}`), h('span', {}, each.join(' · ')));
}
