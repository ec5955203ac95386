import uPlot from 'uplot';
import { t } from '../shared/i18n.js';
import { clockTime } from '../shared/time.js';
import { expected, highChance, lowChance, quantile } from './rainstory.js';

export const chartHeight = 180;

const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Rain at a place through time: the past hour as it was seen, the forecast with its band, and the chance of rain. */
export function drawChart(target, point, past) {
  target.replaceChildren();
  const seconds = (time) => new Date(time).getTime() / 1000;
  const rows = [
    ...past.map(({ time, rate }) => ({ x: seconds(time), observed: rate })),
    ...point.leads.map((lead) => ({
      x: seconds(lead.validTime), rate: expected(lead, point.thresholds), low: quantile(lead, point.thresholds, lowChance), high: quantile(lead, point.thresholds, highChance),
      chance: point.thresholds.length > 0 && lead.probabilities[0] !== null && lead.rainMmH !== null ? 100 * lead.probabilities[0] : null,
    })),
  ];
  const column = (name) => rows.map((row) => row[name] ?? null);
  const ink = cssColour('--ink-soft');
  const rain = cssColour('--rain');
  const chance = cssColour('--chance');
  const grid = { stroke: cssColour('--line'), width: 1 };
  const highest = Math.max(1, ...['observed', 'rate', 'high'].flatMap(column).filter((value) => value !== null));
  const axis = { stroke: ink, grid, ticks: grid, font: '11px system-ui, sans-serif', labelFont: '11px system-ui, sans-serif', labelSize: 16 };
  return new uPlot({
    width: target.clientWidth, height: chartHeight, padding: [10, 4, 0, 0],
    legend: { show: false }, cursor: { drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: [0, highest * 1.08] }, chance: { range: [0, 100] } },
    axes: [
      { ...axis, values: (plot, splits) => splits.map((split) => clockTime(split * 1000)), space: 46, size: 28 },
      { ...axis, label: t('rainAxis'), size: 34 },
      { ...axis, scale: 'chance', side: 1, label: t('chanceAxis'), size: 42, labelSize: 18, grid: { show: false }, values: (plot, splits) => splits.map((split) => `${split} %`) },
    ],
    series: [
      {},
      { label: t('seriesObserved'), stroke: ink, width: 2, points: { size: 4, fill: ink } },
      { label: t('seriesRate'), stroke: rain, width: 2.5, points: { size: 5, fill: rain } },
      { label: 'low', stroke: 'transparent', points: { show: false } },
      { label: 'high', stroke: 'transparent', points: { show: false } },
      { label: t('seriesChance'), scale: 'chance', stroke: chance, width: 1.5, dash: [4, 4], points: { show: false } },
    ],
    bands: [{ series: [4, 3], fill: cssColour('--rain-band') }],
    hooks: { draw: [(plot) => nowLine(plot, seconds(point.issueTime), ink)] },
  }, [rows.map((row) => row.x), column('observed'), column('rate'), column('low'), column('high'), column('chance')], target);
}

function nowLine(plot, x, colour) {
  const at = Math.round(plot.valToPos(x, 'x', true)) + 0.5;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  ctx.moveTo(at, bbox.top);
  ctx.lineTo(at, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
