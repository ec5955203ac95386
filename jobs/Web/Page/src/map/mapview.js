import Feature from 'ol/Feature.js';
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { defaults as defaultControls } from 'ol/control/defaults.js';
import ScaleLine from 'ol/control/ScaleLine.js';
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

const lonLat = 'EPSG:4326';

/** The map of one grid, in the grid's own projection. */
export class MapView {
  #marker = new Feature();
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
      target, layers: [this.base.landLayer, this.rain.layer, this.base.lineLayer, frame, marks],
      controls: defaultControls({ zoom: false, attribution: false, rotate: false }).extend([
        new Zoom({ zoomInTipLabel: t('zoomIn'), zoomOutTipLabel: t('zoomOut') }),
        ...(grid.isGeographic ? [] : [new ScaleLine()]),
      ]),
      view: new View({ projection, center: [(left + right) / 2, (bottom + top) / 2], extent: buffer(grid.extent, margin), showFullExtent: true, resolution: 1,
        minResolution: Math.min(grid.pixelX, grid.pixelY) / 24, enableRotation: false }),
    });
    this.fit();
    this.map.on('singleclick', (event) => onClick(this.lonLatOf(event.coordinate)));
    this.map.on('moveend', () => {
      this.base.show(this.map.getView().calculateExtent(this.map.getSize())).catch((error) => console.warn(error.message));
      onMove();
    });
    this.map.setTarget(target);
  }

  fit() {
    this.map.getView().fit(this.grid.extent, { padding: [8, 8, 8, 8], size: this.map.getSize() });
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
    this.#marker.setGeometry(lonLatPlace ? new Point(this.placeOf(lonLatPlace)) : undefined);
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
