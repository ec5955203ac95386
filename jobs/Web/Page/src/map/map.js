import { getJson } from '../shared/api.js';
import { $, h } from '../shared/dom.js';
import { startPage } from '../shared/header.js';
import { t } from '../shared/i18n.js';
import { onTheme, theme } from '../shared/theme.js';
import { fieldTime, timeToken } from '../shared/time.js';
import { animate } from './animation.js';
import { FrameLoader } from './frames.js';
import { LayerChoice } from './layers.js';
import { drawLegend } from './legend.js';
import { listen } from './live.js';
import { MapView } from './mapview.js';
import { readLink, writeLink } from './permalink.js';
import { PlacePanel, pastOf } from './place.js';
import { Player } from './player.js';
import { PlaceSearch } from './search.js';
import { showStatus } from './status.js';
import { Timeline, labelOf } from './timeline.js';

/** The map page: which grid, which time, which layer, and what follows from them. */
class MapPage {
  #loader = new FrameLoader();
  #loading = new AbortController();
  #timeline = new Timeline((index) => this.#seek(index));
  #player = new Player(() => this.#frames.length, () => this.#step(1));
  #panel = new PlacePanel(() => this.#choosePlace(null));
  #view = null;
  #answer = null;
  #frames = [];
  #index = 0;
  #place = null;
  #clockOffset = 0;

  async start() {
    const link = readLink();
    this.#layers = new LayerChoice(link, () => this.#changeLayer());
    const grids = await getJson('/api/grids');
    if (grids.length === 0) throw Object.assign(new Error(t('noGrids')), { help: t('noGridsHelp') });
    for (const grid of grids) $('grid').add(new Option(grid.name, grid.name, false, grid.name === link.grid));
    $('grid').closest('label').hidden = grids.length < 2;
    this.#place = link.place;
    const known = grids.find((grid) => grid.name === link.grid);
    new PlaceSearch(() => this.#view.lonLatBox(), (place, name) => this.#goTo(place, name), (error) => this.#fail(error));
    this.#listenToPeople();
    await this.#openLink(known ?? grids[0], link, !known && link.grid);
    listen(() => this.#answer.grid.name, (news) => this.#hear(news));
    setInterval(() => showStatus(this.#answer, this.#clockOffset), 10_000);
  }

  #layers;

  /** What a link shows; where it is older than what is kept, the newest, and why. */
  async #openLink(grid, link, unknownGrid) {
    try {
      await this.#open(grid.name, link.time, unknownGrid ? null : link.view);
      if (unknownGrid) this.#fail(new Error(t('unknownGrid', { grid: link.grid })));
    } catch (error) {
      if (link.time === null) throw error;
      await this.#open(grid.name, null, link.view);
      this.#fail(new Error(t('oldLink', { reason: error.message })));
    }
  }

  /** Shows a grid; at a time, or the newest. */
  async #open(grid, time = null, position = null, asOf = false) {
    const answer = await this.#ask(grid, time, asOf);
    if (answer.frames.length === 0) throw new Error(t('noScan'));
    $('message').hidden = true;
    const before = this.#view;
    const isOther = before?.grid.name !== answer.grid.name;
    this.#answer = answer;
    if (isOther) {
      before?.dispose();
      this.#view = new MapView($('map'), answer.grid, { onClick: (place) => this.#choosePlace(place), onMove: () => this.#remember() });
      $('grid').value = answer.grid.name;
      if (position) this.#view.goTo(position);
      this.#view.theme(theme());
      this.#view.rain.colour(this.#layers.palette, theme() === 'dark');
    }
    this.#layers.offer(answer.run, answer.outcome);
    $('when').value = fieldTime(answer.run?.issueTime ?? answer.frames.at(-1).time);
    $('credits').textContent = [answer.attribution ? t('radarData', { by: answer.attribution }) : null, t('baseMap')].filter(Boolean).join(' · ');
    const last = answer.run?.leadMinutes.at(-1);
    $('help').textContent = last ? t('help', { minutes: last }) : t('helpNoForecast');
    $('download').hidden = !answer.run;
    if (answer.run) $('download').href = answer.run.download;
    showStatus(answer, this.#clockOffset);
    await this.#setFrames(time);
    if (isOther) {
      if (!position) this.#view.fitSeen(await this.#loader.load(answer.frames.find((frame) => frame.kind === 'observation')?.url ?? answer.frames[0].url));
      this.#view.showBase();
      // The place of another radar stays behind with it.
      if (before && this.#place && this.#view.pixelAt(this.#place) < 0) $('place-close').click();
    }
    if (this.#place) this.#choosePlace(this.#place, this.#placeName);
    this.#remember();
  }

  #placeName = null;

  #goTo(place, name) {
    this.#view.approach(place);
    this.#choosePlace(place, name);
  }

  /** The frames of now where they hold the time and are not to be as of then; else those of the run that answered then. */
  async #ask(grid, time, asOf) {
    const address = `/api/grids/${encodeURIComponent(grid)}/timeline`;
    const newest = await getJson(address);
    this.#clockOffset = new Date(newest.now) - Date.now();
    const holds = newest.frames.some((frame) => new Date(frame.time).getTime() === time);
    return time === null || (holds && !asOf) ? newest : getJson(`${address}?at=${timeToken(time)}`);
  }

  /** @param time the frame to begin with; null for the newest scan */
  async #setFrames(time) {
    this.#loading.abort();
    this.#loading = new AbortController();
    this.#frames = this.#layers.framesOf(this.#answer.frames, this.#answer.outcome);
    if (this.#frames.length === 0) throw new Error(t('noScan'));
    this.#timeline.set(this.#frames);
    const issued = this.#answer.frames.findLast((frame) => frame.kind === 'observation')?.time;
    const lastScan = this.#frames.findIndex((frame) => frame.time === issued);
    const wanted = time === null ? -1 : this.#frames.findIndex((frame) => new Date(frame.time).getTime() === time);
    // What has fallen by the end is what is asked of a depth.
    this.#index = wanted >= 0 ? wanted : this.#layers.layer === 'depth' ? this.#frames.length - 1 : Math.max(0, lastScan);
    await this.#loader.load(this.#frames[this.#index].url);
    this.#show();
    this.#loadAll(this.#loading.signal);
  }

  async #loadAll(signal) {
    const urls = this.#frames.map((frame) => frame.url);
    this.#loader.keepOnly([...this.#answer.frames, ...this.#answer.outcome].map((frame) => frame.url).concat(urls));
    const inTurn = [...urls.slice(this.#index), ...urls.slice(0, this.#index).reverse()];
    try {
      await this.#loader.loadAll(inTurn, signal, () => this.#tellLoaded());
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
      return;
    }
    if (signal.aborted) return;
    // Coloured ahead, one between two beats, so that playing finds them ready.
    for (const url of inTurn) {
      await new Promise(requestAnimationFrame);
      if (signal.aborted) return;
      this.#view.rain.prepare(this.#loader.get(url));
    }
    document.body.dataset.loaded = 'all';
    if (this.#place) this.#panel.redraw();
  }

  #tellLoaded() {
    const done = this.#frames.filter((frame) => this.#loader.get(frame.url)).length;
    document.body.dataset.loaded = done;
    this.#timeline.loaded((i) => this.#loader.get(this.#frames[i].url));
    $('loading').textContent = done < this.#frames.length ? t('loadingFrames', { done, all: this.#frames.length }) : '';
  }

  #seek(index) {
    this.#player.toggle(false);
    this.#showPlaying();
    this.#index = index;
    this.#show();
    this.#remember();
  }

  #step(by) {
    this.#index = (this.#index + by + this.#frames.length) % this.#frames.length;
    this.#show();
    return this.#index;
  }

  #show() {
    const frame = this.#frames[this.#index];
    this.#timeline.show(this.#index);
    document.body.dataset.kind = frame.kind;
    const loaded = this.#loader.get(frame.url);
    if (!loaded) {
      this.#loader.load(frame.url).then(() => this.#frames[this.#index] === frame && this.#show()).catch((error) => this.#fail(error));
      return;
    }
    this.#view.rain.show(loaded);
    this.#drawLegend(loaded.kind);
    if (!document.body.dataset.frame) performance.mark('first-frame');
    document.body.dataset.frame = frame.time;
  }

  #legendOf = '';

  #drawLegend(kind) {
    const key = [kind, this.#layers.palette, theme()].join();
    if (key === this.#legendOf) return;
    this.#legendOf = key;
    drawLegend(kind, this.#layers.palette, theme() === 'dark');
  }

  async #changeLayer() {
    this.#view.rain.colour(this.#layers.palette, theme() === 'dark');
    await this.#guard(this.#setFrames(new Date(this.#frames[this.#index].time).getTime()));
    this.#remember();
  }

  #choosePlace(place, name = null) {
    this.#place = place;
    this.#placeName = name;
    this.#view.mark(place);
    document.body.classList.toggle('place-open', place !== null);
    if (place) {
      document.body.classList.remove('layers-open');
      $('layers-toggle').setAttribute('aria-expanded', 'false');
      const pixel = this.#view.pixelAt(place);
      const reveal = () => this.#place === place && this.#view.reveal(place, [$('place')]);
      this.#panel.show(place, this.#answer.run?.runId, pixel >= 0, () => pastOf(this.#answer.frames, this.#loader, pixel), name).then(reveal);
      reveal();
    }
    this.#remember();
  }

  #hear(news) {
    const isNew = news.runId !== (this.#answer.run?.runId ?? null) || news.newestScan !== this.#answer.newestScan;
    if (!this.#answer.isNewest || !isNew) return;
    const frame = this.#frames[this.#index];
    const atScan = frame.kind === 'observation' && this.#frames[this.#index + 1]?.kind !== 'observation';
    this.#guard(this.#open(this.#answer.grid.name, atScan ? null : new Date(frame.time).getTime()));
  }

  #remember() {
    const frame = this.#frames[this.#index];
    if (!this.#answer || !frame || this.#view?.grid.name !== this.#answer.grid.name || this.#player.playing) return;
    const isNow = this.#answer.isNewest && frame.kind === 'observation' && this.#frames[this.#index + 1]?.kind !== 'observation';
    writeLink({ grid: this.#answer.grid.name, time: isNow ? null : frame.time, view: this.#view.position(), place: this.#place, ...this.#layers });
  }

  #listenToPeople() {
    const toggle = () => {
      this.#player.toggle();
      this.#showPlaying();
      this.#remember();
    };
    const step = (by) => {
      this.#player.toggle(false);
      this.#showPlaying();
      this.#step(by);
      this.#remember();
    };
    $('play').addEventListener('click', toggle);
    $('back').addEventListener('click', () => step(-1));
    $('forward').addEventListener('click', () => step(1));
    $('to-now').addEventListener('click', () => this.#guard(this.#open(this.#answer.grid.name)).then(() => this.#remember()));
    $('grid').addEventListener('change', () => this.#guard(this.#open($('grid').value)));
    $('when').addEventListener('change', () => $('when').value && this.#guard(this.#open(this.#answer.grid.name, new Date($('when').value).getTime(), null, true)));
    $('animation').addEventListener('click', () => this.#guard(this.#saveAnimation()));
    $('layers-toggle').addEventListener('click', () => {
      const isOpen = document.body.classList.toggle('layers-open');
      if (isOpen && this.#place) $('place-close').click();
      $('layers-toggle').setAttribute('aria-expanded', isOpen);
    });
    $('link').addEventListener('click', async () => {
      await navigator.clipboard?.writeText(location.href);
      $('loading').textContent = t('linkCopied');
    });
    document.addEventListener('keydown', (event) => {
      if (event.target.closest('select, input, textarea') || event.ctrlKey || event.metaKey || event.altKey) return;
      const action = { ' ': toggle, ArrowLeft: () => step(-1), ArrowRight: () => step(1), Escape: () => $('place-close').click() }[event.key];
      if (!action || (event.key === ' ' && event.target.closest('button, a, summary'))) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    }, { capture: true });
    addEventListener('hashchange', () => location.reload());
    onTheme((name) => {
      this.#view.theme(name);
      this.#view.rain.colour(this.#layers.palette, name === 'dark');
      this.#show();
      this.#panel.redraw();
    });
  }

  async #saveAnimation() {
    this.#player.toggle(false);
    this.#showPlaying();
    const frames = this.#frames;
    $('animation').disabled = true;
    $('loading').textContent = t('drawing');
    try {
      const blob = await animate($('map'), frames, async (frame) => {
        this.#view.rain.show(await this.#loader.load(frame.url));
        return labelOf(frame);
      }, $('credits').textContent);
      const link = h('a', { href: URL.createObjectURL(blob), download: `${this.#answer.grid.name}-${timeToken(frames.at(-1).time)}.gif` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } finally {
      $('animation').disabled = false;
      $('loading').textContent = '';
      this.#show();
    }
  }

  #showPlaying() {
    const name = this.#player.playing ? 'pause' : 'play';
    $('play').dataset.state = name;
    $('play').title = t(name);
    $('play').setAttribute('aria-label', t(name));
  }

  async #guard(work) {
    try {
      await work;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    tell(t('failed', { reason: error.message }));
  }
}

/** A sentence over the map, and what to do; a button takes it away. */
function tell(text, help = null) {
  const close = h('button', { type: 'button', class: 'text', onclick: () => { $('message').hidden = true; } }, t('close'));
  $('message').replaceChildren(h('span', {}, text), ...(help ? [h('small', {}, help)] : []), close);
  $('message').hidden = false;
}

startPage();
new MapPage().start().catch((error) => {
  document.body.dataset.empty = 'yes';
  tell(error.message, error.help);
});
