import { h } from '../shared/dom.js';
import { methodName, t } from '../shared/i18n.js';
import { drawLines, lookOf } from './lines.js';

const order = ['model', 'extrapolation', 'persistence'];

/** The methods that have scores, the model first. */
export function methodsOf(scores) {
  const found = [...new Set(scores.leads.map((row) => row.method))];
  return found.sort((a, b) => (order.indexOf(a) + 1 || 99) - (order.indexOf(b) + 1 || 99));
}

/** All charts for a threshold and a lead. */
export function drawScores(target, scores, threshold, lead) {
  const methods = methodsOf(scores);
  const lines = (rows, x, y) => methods.map((method) => ({
    label: methodName(method, 'short'), look: lookOf(method), points: rows.filter((row) => row.method === method && row[y] !== null).map((row) => [row[x], row[y]]),
  })).filter(({ points }) => points.length > 0);
  const at = (rows) => rows.filter((row) => row.threshold === threshold);
  const charts = [
    { id: 'csi', series: lines(at(scores.thresholds), 'leadMinutes', 'csi'), xLabel: t('leadMinutes'), yRange: [0, 1] },
    { id: 'fss', series: lines(at(scores.fss).filter((row) => row.leadMinutes === lead), 'scaleKm', 'fss'), xLabel: t('scaleKm'), yRange: [0, 1] },
    { id: 'reliability', series: lines(at(scores.reliability).filter((row) => row.leadMinutes === lead && row.pixels > 0), 'meanProbability', 'observedFrequency'),
      xLabel: t('forecastProbability'), xRange: [0, 1], yRange: [0, 1], diagonal: true },
    { id: 'bias', series: lines(at(scores.thresholds), 'leadMinutes', 'bias'), xLabel: t('leadMinutes'), yRange: (plot, low, high) => [0, Math.max(1.5, high * 1.05)] },
    { id: 'crps', series: lines(scores.leads, 'leadMinutes', 'crps'), xLabel: t('leadMinutes'), yRange: (plot, low, high) => [0, high * 1.08] },
  ];
  target.replaceChildren(...charts.map(({ id }) => h('figure', { id: `chart-${id}` },
    h('figcaption', {}, h('b', {}, t(id)), h('span', {}, t(`${id}Help`))), h('div', { class: 'plot' }))));
  for (const chart of charts) drawLines(target.querySelector(`#chart-${chart.id} .plot`), chart);
}

/** Which line is which method, and of how many maps. */
export function drawKey(target, scores) {
  target.replaceChildren(...methodsOf(scores).map((method) => {
    const { stroke, dash } = lookOf(method);
    const maps = scores.leads.filter((row) => row.method === method).reduce((sum, row) => sum + row.maps, 0);
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    line.setAttribute('viewBox', '0 0 34 8');
    line.innerHTML = `<line x1="1" y1="4" x2="33" y2="4" stroke="${stroke}" stroke-width="2.6" stroke-dasharray="${dash.join(' ')}"/>`;
    return h('span', { class: 'method' }, line, h('b', {}, methodName(method, 'short')), ` ${t('maps', { n: maps })}`);
  }));
}
