import { transform } from 'ol/proj.js';
import { getJson } from '../shared/api.js';

const cellSize = 10;
let known = null;
const cells = new Map();

/** The names of the cells of 10 degrees that a box of [west, south, east, north] touches. */
export function cellsOf(box) {
  const keys = [];
  for (let x = Math.floor(box[0] / cellSize); x <= Math.floor(box[2] / cellSize); x++) {
    for (let y = Math.floor(box[1] / cellSize); y <= Math.floor(box[3] / cellSize); y++) keys.push(`${x}_${y}`);
  }
  return keys;
}

/** [{ name, lon, lat, people }, …] of a cell, the largest first. @param kind towns or villages */
export async function placesOf(kind, key) {
  known ??= getJson('/assets/places.json').then((index) => new Set(index.cells));
  if (!(await known).has(key)) return [];
  const name = `${kind}-${key}`;
  if (!cells.has(name)) {
    cells.set(name, getJson(`/assets/${name}.json`).then((places) =>
      places.map(([place, lon, lat, people]) => ({ name: place, lon: lon / 1000, lat: lat / 1000, people }))));
  }
  return cells.get(name);
}

/** West, south, east and north in degrees of an extent of a projection. */
export function lonLatBox([left, bottom, right, top], projection) {
  const pieces = 12;
  const box = [180, 90, -180, -90];
  for (let i = 0; i <= pieces; i++) {
    for (let j = 0; j <= pieces; j++) {
      const [lon, lat] = transform([left + ((right - left) * i) / pieces, bottom + ((top - bottom) * j) / pieces], projection, 'EPSG:4326');
      if (!Number.isFinite(lon) || !Number.isFinite(lat)) continue;
      [box[0], box[1], box[2], box[3]] = [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)];
    }
  }
  return box;
}
