import uPlot from 'uplot';

const colours = { light: { model: '#1768b3', extrapolation: '#c2570c', persistence: '#6b7785' }, dark: { model: '#5cb3ff', extrapolation: '#ffa45c', persistence: '#9fb0c0' } };
const dashes = { model: [], extrapolation: [7, 4], persistence: [2, 3] };

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A method's colour and stroke; never its colour alone. */
export function lookOf(method) {
  const theme = document.documentElement.dataset.theme;
  return { stroke: colours[theme][method] ?? css('--ink'), dash: dashes[method] ?? [10, 3, 2, 3] };
}

/**
 * Lines over a common axis.
 * @param series [{ label, look, points: [[x, y], …] }, …]
 */
export function drawLines(target, { series, xLabel, xRange, yRange, diagonal = false, width = target.clientWidth || 340, height = 230 }) {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const columns = series.map(({ points }) => {
    const at = new Map(points);
    return xs.map((x) => at.get(x) ?? null);
  });
  const ink = css('--ink-soft');
  const grid = { stroke: css('--line'), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid, font: '11px system-ui, sans-serif', labelFont: '11px system-ui, sans-serif' };
  const number = (value) => String(+value.toPrecision(4));
  return new uPlot({
    width, height, legend: { show: false }, cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false, ...(xRange && { range: xRange }) }, y: yRange ? { range: yRange } : {} },
    axes: [{ ...axis, label: xLabel, size: 30, labelSize: 20, values: (plot, splits) => splits.map(number) }, { ...axis, size: 46, values: (plot, splits) => splits.map(number) }],
    series: [{}, ...series.map(({ label, look }) => ({ label, ...look, width: 2.2, spanGaps: true, points: { show: true, size: 5, fill: look.stroke } }))],
    hooks: { draw: diagonal ? [(plot) => drawDiagonal(plot, ink)] : [] },
  }, [xs, ...columns], target);
}

function drawDiagonal(plot, colour) {
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([3, 4]);
  ctx.beginPath();
  ctx.moveTo(plot.valToPos(0, 'x', true), plot.valToPos(0, 'y', true));
  ctx.lineTo(plot.valToPos(1, 'x', true), plot.valToPos(1, 'y', true));
  ctx.stroke();
  ctx.restore();
}
