import Feature from 'ol/Feature.js';
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { defaults as defaultControls } from 'ol/control/defaults.js';
import ScaleLine from 'ol/control/ScaleLine.js';
import { defaults as defaultInteractions } from 'ol/interaction/defaults.js';
import Zoom from 'ol/control/Zoom.js';
import { buffer } from 'ol/extent.js';
import Point from 'ol/geom/Point.js';
import { fromExtent } from 'ol/geom/Polygon.js';
import VectorLayer from 'ol/layer/Vector.js';
import { get as projectionOf, transform } from 'ol/proj.js';
import { register } from 'ol/proj/proj4.js';
import VectorSource from 'ol/source/Vector.js';
import { Circle, Fill, Stroke, Style } from 'ol/style.js';
import proj4 from 'proj4';
import { t } from '../shared/i18n.js';
import { Basemap } from './basemap.js';
import { RainLayer } from './rainlayer.js';
import { lonLatBox } from './towns.js';

const lonLat = 'EPSG:4326';

/** The map of one grid, in the grid's own projection. */
export class MapView {
  #marker = new Feature();
  #marked = null;
  #outline;

  constructor(target, grid, { onClick, onMove }) {
    this.grid = grid;
    this.code = `GRID:${grid.name}`;
    proj4.defs(this.code, grid.proj);
    register(proj4);
    const projection = projectionOf(this.code);
    const [left, bottom, right, top] = grid.extent;
    this.rain = new RainLayer(grid.extent);
    this.base = new Basemap(this.code);
    this.#outline = new Style({ stroke: new Stroke({ color: '#8a97a4', width: 1, lineDash: [2, 4] }) });
    const marks = new VectorLayer({ source: new VectorSource({ features: [this.#marker] }), zIndex: 4, style: markerStyle });
    const frame = new VectorLayer({ source: new VectorSource({ features: [new Feature(fromExtent(grid.extent))] }), zIndex: 3, style: this.#outline });
    const margin = Math.max(right - left, top - bottom);
    this.map = new OlMap({
      target, layers: [this.base.landLayer, this.rain.layer, this.base.lineLayer, frame, this.base.townLayer, marks],
      // A map that can be focused would otherwise wait for that before it is moved.
      interactions: defaultInteractions({ onFocusOnly: false, altShiftDragRotate: false, pinchRotate: false }),
      controls: defaultControls({ zoom: false, attribution: false, rotate: false }).extend([
        new Zoom({ zoomInTipLabel: t('zoomIn'), zoomOutTipLabel: t('zoomOut') }),
        ...(grid.isGeographic ? [] : [new ScaleLine()]),
      ]),
      view: new View({ projection, center: [(left + right) / 2, (bottom + top) / 2], extent: buffer(grid.extent, margin), showFullExtent: true, resolution: 1,
        minResolution: Math.min(grid.pixelX, grid.pixelY) / 24, enableRotation: false }),
    });
    this.fit();
    this.map.on('singleclick', (event) => onClick(this.lonLatOf(event.coordinate)));
    // Where the marked place is on the screen, for those who cannot see into the canvas.
    this.map.on('postrender', () => {
      const at = this.#marked && this.map.getPixelFromCoordinate(this.#marked);
      target.dataset.marker = at ? at.map(Math.round).join() : '';
    });
    this.map.on('moveend', () => {
      this.showBase();
      onMove();
    });
    this.map.setTarget(target);
  }

  /** Coasts, borders and towns of what is in view. */
  showBase() {
    const size = this.map.getSize();
    if (size) this.base.show(this.map.getView().calculateExtent(size), this.map.getView().getResolution()).catch((error) => console.warn(error.message));
  }

  fit(extent = this.grid.extent) {
    this.map.getView().fit(extent, { padding: [8, 8, 8, 8], size: this.map.getSize() });
  }

  /** What the radar sees of its rectangle, by a frame. */
  fitSeen({ width, height, codes }) {
    const [left, , , top] = this.grid.extent;
    let [west, north, east, south] = [width, height, -1, -1];
    for (let row = 0, i = 0; row < height; row++) {
      for (let column = 0; column < width; column++, i++) {
        if (codes[i] === 0) continue;
        [west, east, north, south] = [Math.min(west, column), Math.max(east, column), Math.min(north, row), Math.max(south, row)];
      }
    }
    if (east < 0) return;
    this.fit([left + west * this.grid.pixelX, top - (south + 1) * this.grid.pixelY, left + (east + 1) * this.grid.pixelX, top - north * this.grid.pixelY]);
  }

  /** West, south, east and north of the grid in degrees. */
  lonLatBox() {
    return lonLatBox(this.grid.extent, this.code);
  }

  /** Moves the map so that a place is in sight, beside the panels that cover it. */
  reveal(place, panels) {
    const size = this.map.getSize();
    const at = this.map.getPixelFromCoordinate(this.placeOf(place));
    if (!size || !at) return;
    const around = this.map.getTargetElement().getBoundingClientRect();
    const margin = 24;
    const hides = (box) => at[0] > box.left - around.left - margin && at[0] < box.right - around.left + margin && at[1] > box.top - around.top - margin && at[1] < box.bottom - around.top + margin;
    const boxes = panels.map((panel) => panel.getBoundingClientRect()).filter((box) => box.width > 0);
    if (at[0] >= margin && at[0] <= size[0] - margin && at[1] >= margin && at[1] <= size[1] - margin && !boxes.some(hides)) return;
    // The middle of the widest room that the panel leaves: above it, or beside it.
    const box = boxes[0] ?? { left: around.left, right: around.left, top: around.bottom };
    const isBelow = box.width > size[0] * 0.7;
    const [before, after] = [box.left - around.left, size[0] - (box.right - around.left)];
    const room = isBelow ? [size[0] / 2, (box.top - around.top) / 2] : [after >= before ? size[0] - after / 2 : before / 2, size[1] / 2];
    const view = this.map.getView();
    const [x, y] = view.getCenter();
    const resolution = view.getResolution();
    view.setCenter([x + (at[0] - room[0]) * resolution, y - (at[1] - room[1]) * resolution]);
    this.map.renderSync();
  }

  /** The zoom at which a town is a town, unless the map is nearer already. */
  approach(place) {
    const view = this.map.getView();
    const metres = view.getProjection().getMetersPerUnit() ?? 1;
    view.setCenter(this.placeOf(place));
    if (view.getResolution() * metres > 250) view.setResolution(250 / metres);
  }

  lonLatOf(place) {
    return transform(place, this.code, lonLat);
  }

  placeOf(lonLatPlace) {
    return transform(lonLatPlace, lonLat, this.code);
  }

  /** The index of the pixel that holds a place; −1 outside. */
  pixelAt(lonLatPlace) {
    const [x, y] = this.placeOf(lonLatPlace);
    const column = Math.floor((x - this.grid.extent[0]) / this.grid.pixelX);
    const row = Math.floor((this.grid.extent[3] - y) / this.grid.pixelY);
    return column >= 0 && column < this.grid.width && row >= 0 && row < this.grid.height ? row * this.grid.width + column : -1;
  }

  mark(lonLatPlace) {
    const at = lonLatPlace ? this.placeOf(lonLatPlace) : null;
    this.#marker.setGeometry(at ? new Point(at) : undefined);
    this.#marked = at;
  }

  /** Longitude, latitude and zoom, for a link. */
  position() {
    const view = this.map.getView();
    return [...this.lonLatOf(view.getCenter()), view.getZoom()];
  }

  goTo([lon, lat, zoom]) {
    const view = this.map.getView();
    view.setCenter(this.placeOf([lon, lat]));
    view.setZoom(zoom);
  }

  theme(name) {
    this.base.theme(name);
  }

  dispose() {
    this.map.setTarget(null);
    this.map.dispose();
  }
}

const markerStyle = [
  new Style({ image: new Circle({ radius: 9, fill: new Fill({ color: 'rgba(255,255,255,0.35)' }), stroke: new Stroke({ color: '#101418', width: 3 }) }) }),
  new Style({ image: new Circle({ radius: 9, stroke: new Stroke({ color: '#ffffff', width: 1.2 }) }) }),
];
