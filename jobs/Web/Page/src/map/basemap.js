import Feature from 'ol/Feature.js';
import LineString from 'ol/geom/LineString.js';
import Point from 'ol/geom/Point.js';
import Polygon from 'ol/geom/Polygon.js';
import VectorLayer from 'ol/layer/Vector.js';
import { get as projectionOf, transform } from 'ol/proj.js';
import VectorSource from 'ol/source/Vector.js';
import { Circle, Fill, Stroke, Style, Text } from 'ol/style.js';
import { getJson } from '../shared/api.js';
import { cellsOf, lonLatBox, placesOf } from './towns.js';

const wideFrom = 30;
const villagesFrom = 60;
const colours = {
  light: { land: '#f4f2ec', water: '#dfe8ef', coast: '#5d6b78', border: '#7b8794', river: '#8fb0cc', ink: '#16212c', halo: 'rgba(255, 255, 255, 0.85)' },
  dark: { land: '#252e38', water: '#10161d', coast: '#a9b8c7', border: '#8696a6', river: '#4a6a86', ink: '#f2f6fa', halo: 'rgba(10, 15, 20, 0.85)' },
};

/** Land and waters below the rain, coasts, borders, rivers and the names of towns above it, in the projection of the grid; cells are loaded as they come into view. */
export class Basemap {
  #projection;
  #scales = new Map();
  #style;
  #towns = new VectorSource();
  #townCells = new Set();
  #townStyles = new Map();

  #metresPerUnit;

  constructor(projection) {
    this.#projection = projection;
    this.#metresPerUnit = projectionOf(projection).getMetersPerUnit() ?? 1;
    this.landLayer = new VectorLayer({ source: new VectorSource(), zIndex: 0, style: (f) => this.#style[f.get('kind')], updateWhileInteracting: true });
    this.lineLayer = new VectorLayer({ source: new VectorSource(), zIndex: 2, style: (f) => this.#style[f.get('kind')], updateWhileInteracting: true });
    // Where names would lie over each other the larger town keeps its own.
    this.townLayer = new VectorLayer({ source: this.#towns, zIndex: 3, declutter: true, renderOrder: (a, b) => b.get('people') - a.get('people'), style: (f, resolution) => this.#townStyle(f, resolution) });
    this.theme('light');
  }

  theme(name) {
    const { land, water, coast, border, river } = colours[name];
    this.#colours = colours[name];
    this.#townStyles.clear();
    this.#style = {
      lake: new Style({ fill: new Fill({ color: water }), stroke: new Stroke({ color: coast, width: 0.7 }) }),
      river: new Style({ stroke: new Stroke({ color: river, width: 1.1 }) }),
      land: new Style({ fill: new Fill({ color: land }) }),
      coast: new Style({ stroke: new Stroke({ color: coast, width: 1.2 }) }),
      border: new Style({ stroke: new Stroke({ color: border, width: 1, lineDash: [5, 3] }) }),
    };
    this.landLayer.changed();
    this.lineLayer.changed();
    this.townLayer.changed();
  }

  #colours;

  /** A dot and a name, from as many people on as fit the scale: ten times the scale is some ten times the town. */
  #townStyle(town, resolution) {
    const metres = resolution * this.#metresPerUnit;
    const people = town.get('people');
    if (people < 400 * metres && !(metres < villagesFrom)) return undefined;
    const isLarge = people >= 4000 * metres;
    const key = `${town.get('name')}|${isLarge}`;
    if (!this.#townStyles.has(key)) {
      const { ink, halo } = this.#colours;
      this.#townStyles.set(key, new Style({
        image: new Circle({ radius: 2, fill: new Fill({ color: ink }), stroke: new Stroke({ color: halo, width: 1.5 }) }),
        text: new Text({
          text: town.get('name'), font: `${isLarge ? '600 13px' : '12px'} system-ui, "Noto Sans", "DejaVu Sans", sans-serif`, offsetY: -9,
          fill: new Fill({ color: ink }), stroke: new Stroke({ color: halo, width: 3 }),
        }),
      }));
    }
    return this.#townStyles.get(key);
  }

  /** Loads what an extent of the map shows. */
  async show(extent, resolution) {
    const box = lonLatBox(extent, this.#projection);
    const scale = await this.#scale(box[2] - box[0] > wideFrom ? '50m' : '10m');
    this.landLayer.setSource(scale.land);
    this.lineLayer.setSource(scale.lines);
    await Promise.all(cellsOf(box).flatMap((key) => [
      ...(scale.cells.delete(key) ? [this.#loadCell(scale, key)] : []),
      this.#loadPlaces('towns', key),
      ...(resolution * this.#metresPerUnit < villagesFrom ? [this.#loadPlaces('villages', key)] : []),
    ]));
  }

  async #loadPlaces(kind, key) {
    if (this.#townCells.has(`${kind}-${key}`)) return;
    this.#townCells.add(`${kind}-${key}`);
    this.#towns.addFeatures((await placesOf(kind, key)).map(({ name, lon, lat, people }) => {
      const town = new Feature(new Point(transform([lon, lat], 'EPSG:4326', this.#projection)));
      town.setProperties({ name, people }, true);
      return town;
    }));
  }

  async #scale(name) {
    if (!this.#scales.has(name)) {
      this.#scales.set(name, getJson(`/assets/atlas-${name}.json`).then(({ cells }) =>
        ({ name, cells: new Set(cells), land: new VectorSource(), lines: new VectorSource() })));
    }
    return this.#scales.get(name);
  }

  async #loadCell(scale, key) {
    const cell = await getJson(`/assets/atlas-${scale.name}-${key}.json`);
    scale.land.addFeatures(cell.land.map((rings) => this.#feature('land', Polygon, rings.map((ring) => this.#places(ring)))));
    scale.land.addFeatures(cell.lake.map((rings) => this.#feature('lake', Polygon, rings.map((ring) => this.#places(ring)))));
    for (const kind of ['coast', 'border', 'river']) scale.lines.addFeatures(cell[kind].map((line) => this.#feature(kind, LineString, this.#places(line))));
  }

  #feature(kind, Geometry, coordinates) {
    const feature = new Feature(new Geometry(coordinates));
    feature.set('kind', kind, true);
    return feature;
  }

  /** Thousandths of a degree, each the difference from the one before, to places on the map. */
  #places(deltas) {
    const places = [];
    let [x, y] = [0, 0];
    for (let i = 0; i < deltas.length; i += 2) {
      x += deltas[i];
      y += deltas[i + 1];
      places.push(transform([x / 1000, y / 1000], 'EPSG:4326', this.#projection));
    }
    return places;
  }
}
