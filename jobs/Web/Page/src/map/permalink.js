import { parseToken, timeToken } from '../shared/time.js';

/** What a link says: #grid=…&t=20240601T120000Z&view=lon,lat,zoom&place=lon,lat&layer=…&palette=… */
export function readLink() {
  const words = new URLSearchParams(location.hash.slice(1));
  const numbers = (name, count) => {
    const list = (words.get(name) ?? '').split(',').map(Number);
    return list.length === count && words.get(name) && list.every(Number.isFinite) ? list : null;
  };
  return {
    grid: words.get('grid'), time: parseToken(words.get('t')), view: numbers('view', 3), place: numbers('place', 2),
    layer: words.get('layer'), threshold: words.get('threshold'), member: words.get('member'), palette: words.get('palette'),
  };
}

export function writeLink({ grid, time, view, place, layer, threshold, member, palette }) {
  const words = new URLSearchParams({ grid });
  // A view of the newest moment stays one of the newest when the link is opened later.
  if (time) words.set('t', timeToken(time));
  words.set('view', [view[0].toFixed(4), view[1].toFixed(4), view[2].toFixed(2)].join(','));
  if (place) words.set('place', place.map((value) => value.toFixed(5)).join(','));
  if (layer !== 'rate') words.set('layer', layer);
  if (layer === 'probability') words.set('threshold', threshold);
  if (layer === 'member') words.set('member', member);
  if (palette !== 'standard') words.set('palette', palette);
  const link = `#${words.toString().replaceAll('%2C', ',')}`;
  if (link !== location.hash) history.replaceState(null, '', link);
}
