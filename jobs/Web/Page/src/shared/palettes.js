import palettes from '../../../Frames/palettes.json';

// The codes of a frame, as RainCode.cs has them, and their colours, as Palettes.cs.
const unknown = 0;
const firstRain = 2;
const fromOutside = 255;
const unseen = [128, 128, 128, 110];
const outside = [150, 110, 190, 70];

const parse = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** The steps of a palette, [[from, '#rrggbb'], …], rising; on dark ground little rain is dark, and much is bright. */
export function steps(kind, name, isDark) {
  return palettes[kind][isDark ? `${name}-dark` : name];
}

/** The colour of each code as the pixels of an ImageData want it; frame tells how codes and rates belong together. */
export function colourTable(frame, name, isDark) {
  const table = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(table.buffer);
  const put = (code, colour) => bytes.set(colour, 4 * code);
  put(unknown, unseen);
  put(fromOutside, outside);
  for (let code = 1; code < fromOutside; code++) {
    const value = frame.kind === 'percent' ? code - 1 : valueOf(frame, code) * Math.sqrt(frame.factor);
    const step = steps(frame.kind, name, isDark).findLast(([from]) => value >= from);
    if (step && (frame.kind === 'percent' || code >= firstRain)) put(code, [...parse(step[1]), 255]);
  }
  return table;
}

/** mm/h, mm, or 0 to 1; null where nothing is known. */
export function valueOf(frame, code) {
  if (code === unknown || code === fromOutside) return null;
  if (frame.kind === 'percent') return (code - 1) / 100;
  return code < firstRain ? 0 : frame.lowest * frame.factor ** (code - firstRain);
}
