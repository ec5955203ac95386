import Layer from 'ol/layer/Layer.js';
import { colourTable } from '../shared/palettes.js';

/**
 * Draws frames on their own projection: a pixel of the radar is a pixel of a small canvas, which is laid onto the map in one go. A new frame
 * is drawn without asking the map to draw itself anew, so playing costs one picture a step.
 */
export class RainLayer {
  #extent;
  #canvas = document.createElement('canvas');
  #holder = document.createElement('div');
  #view = null;
  #frame = null;
  #colours = { palette: 'standard', isDark: false, version: 0 };
  #pictures = new WeakMap();

  constructor(extent) {
    this.#extent = extent;
    this.#canvas.className = 'rain';
    // Around the canvas, as layers above would draw into a bare one, to be wiped away by the next frame.
    this.#holder.className = 'rain-layer';
    this.#holder.append(this.#canvas);
    this.layer = new Layer({ zIndex: 1, render: (state) => this.#place(state) });
  }

  show(frame) {
    if (frame === this.#frame) return;
    this.#frame = frame;
    this.#draw();
  }

  colour(palette, isDark) {
    this.#colours = { palette, isDark, version: this.#colours.version + 1 };
    this.#draw();
  }

  /** Colours a frame ahead of its turn. */
  prepare(frame) {
    const known = this.#pictures.get(frame);
    if (known?.version === this.#colours.version) return known.canvas;
    const canvas = known?.canvas ?? Object.assign(document.createElement('canvas'), { width: frame.width, height: frame.height });
    const context = canvas.getContext('2d');
    const image = context.createImageData(frame.width, frame.height);
    const table = colourTable(frame, this.#colours.palette, this.#colours.isDark);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < pixels.length; i++) pixels[i] = table[frame.codes[i]];
    context.putImageData(image, 0, 0);
    this.#pictures.set(frame, { canvas, version: this.#colours.version });
    return canvas;
  }

  #place(state) {
    const { size, pixelRatio, viewState } = state;
    const [width, height] = size.map((length) => Math.round(length * pixelRatio));
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    const scale = pixelRatio / viewState.resolution;
    this.#view = {
      x: (this.#extent[0] - viewState.center[0]) * scale + width / 2, y: (viewState.center[1] - this.#extent[3]) * scale + height / 2,
      width: (this.#extent[2] - this.#extent[0]) * scale, height: (this.#extent[3] - this.#extent[1]) * scale,
    };
    this.#draw();
    return this.#holder;
  }

  #draw() {
    if (!this.#view) return;
    const context = this.#canvas.getContext('2d');
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    if (!this.#frame) return;
    const { x, y, width, height } = this.#view;
    // Pixels that are larger on the screen stay square: no rain is drawn that was not measured.
    context.imageSmoothingEnabled = width < this.#frame.width;
    context.drawImage(this.prepare(this.#frame), x, y, width, height);
  }
}
