import Feature from 'ol/Feature.js';
import LineString from 'ol/geom/LineString.js';
import Polygon from 'ol/geom/Polygon.js';
import VectorLayer from 'ol/layer/Vector.js';
import { transform } from 'ol/proj.js';
import VectorSource from 'ol/source/Vector.js';
import { Fill, Stroke, Style } from 'ol/style.js';
import { getJson } from '../shared/api.js';

const cellSize = 10;
const wideFrom = 30;
const colours = {
  light: { land: '#f4f2ec', coast: '#5d6b78', border: '#7b8794' },
  dark: { land: '#252e38', coast: '#a9b8c7', border: '#8696a6' },
};

/** Land below the rain, coasts and borders above it, in the projection of the grid; cells are loaded as they come into view. */
export class Basemap {
  #projection;
  #scales = new Map();
  #style;

  constructor(projection) {
    this.#projection = projection;
    this.landLayer = new VectorLayer({ source: new VectorSource(), zIndex: 0, style: (f) => this.#style[f.get('kind')], updateWhileInteracting: true });
    this.lineLayer = new VectorLayer({ source: new VectorSource(), zIndex: 2, style: (f) => this.#style[f.get('kind')], updateWhileInteracting: true });
    this.theme('light');
  }

  theme(name) {
    const { land, coast, border } = colours[name];
    this.#style = {
      land: new Style({ fill: new Fill({ color: land }) }),
      coast: new Style({ stroke: new Stroke({ color: coast, width: 1.2 }) }),
      border: new Style({ stroke: new Stroke({ color: border, width: 1, lineDash: [5, 3] }) }),
    };
    this.landLayer.changed();
    this.lineLayer.changed();
  }

  /** Loads what an extent of the map shows. */
  async show(extent) {
    const box = this.#lonLatBox(extent);
    const scale = await this.#scale(box[2] - box[0] > wideFrom ? '50m' : '10m');
    this.landLayer.setSource(scale.land);
    this.lineLayer.setSource(scale.lines);
    const loading = [];
    for (let x = Math.floor(box[0] / cellSize); x <= Math.floor(box[2] / cellSize); x++) {
      for (let y = Math.floor(box[1] / cellSize); y <= Math.floor(box[3] / cellSize); y++) {
        const key = `${x}_${y}`;
        if (scale.cells.delete(key)) loading.push(this.#loadCell(scale, key));
      }
    }
    await Promise.all(loading);
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
    for (const kind of ['coast', 'border']) scale.lines.addFeatures(cell[kind].map((line) => this.#feature(kind, LineString, this.#places(line))));
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

  #lonLatBox([left, bottom, right, top]) {
    const pieces = 12;
    const box = [180, 90, -180, -90];
    for (let i = 0; i <= pieces; i++) {
      for (let j = 0; j <= pieces; j++) {
        const [lon, lat] = transform([left + ((right - left) * i) / pieces, bottom + ((top - bottom) * j) / pieces], this.#projection, 'EPSG:4326');
        if (!Number.isFinite(lon) || !Number.isFinite(lat)) continue;
        [box[0], box[1], box[2], box[3]] = [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)];
      }
    }
    return box;
  }
}
