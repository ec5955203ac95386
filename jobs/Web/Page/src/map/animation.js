import { GIFEncoder, applyPalette, quantize } from 'gifenc';

const widest = 720;
const delay = 220;
const rest = 1500;
const bar = 26;

/** The map as it is on the screen, in one canvas: every layer that is drawn, one over the other. */
function picture(target, width, height) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.fillStyle = getComputedStyle(target).backgroundColor;
  context.fillRect(0, 0, width, height);
  const box = target.getBoundingClientRect();
  for (const layer of target.querySelectorAll('.ol-layers canvas')) {
    const at = layer.getBoundingClientRect();
    if (layer.width === 0 || at.width === 0) continue;
    const scale = width / box.width;
    context.drawImage(layer, (at.left - box.left) * scale, (at.top - box.top) * scale, at.width * scale, at.height * scale);
  }
  return [canvas, context];
}

/**
 * An animated GIF of all frames.
 * @param show draws a frame and gives its label
 */
export async function animate(target, frames, show, credits) {
  const box = target.getBoundingClientRect();
  const width = Math.min(widest, Math.round(box.width));
  const height = Math.round((box.height * width) / box.width);
  const gif = GIFEncoder();
  for (const [i, frame] of frames.entries()) {
    const label = await show(frame);
    const [, context] = picture(target, width, height);
    context.fillStyle = 'rgba(16, 22, 28, 0.78)';
    context.fillRect(0, height - bar, width, bar);
    context.fillStyle = '#ffffff';
    context.font = '600 14px system-ui, "DejaVu Sans", sans-serif';
    context.fillText(label, 10, height - 8);
    context.font = '10px system-ui, "DejaVu Sans", sans-serif';
    context.textAlign = 'right';
    context.fillText(credits, width - 8, height - 9);
    const { data } = context.getImageData(0, 0, width, height);
    const palette = quantize(data, 256);
    gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay: i === frames.length - 1 ? rest : delay });
    await new Promise(requestAnimationFrame);
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: 'image/gif' });
}
