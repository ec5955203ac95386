import { getJson } from '../shared/api.js';
import { $, h } from '../shared/dom.js';
import { startPage } from '../shared/header.js';
import { t } from '../shared/i18n.js';
import { onTheme, theme } from '../shared/theme.js';
import { timeToken, zone } from '../shared/time.js';
import { FrameLoader } from './frames.js';
import { LayerChoice } from './layers.js';
import { drawLegend } from './legend.js';
import { listen } from './live.js';
import { MapView } from './mapview.js';
import { readLink, writeLink } from './permalink.js';
import { PlacePanel, pastOf } from './place.js';
import { Player } from './player.js';
import { showStatus } from './status.js';
import { Timeline } from './timeline.js';

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
    if (grids.length === 0) throw new Error(t('noGrids'));
    for (const grid of grids) $('grid').add(new Option(grid.name, grid.name, false, grid.name === link.grid));
    $('grid').closest('label').hidden = grids.length < 2;
    this.#place = link.place;
    await this.#open((grids.find((grid) => grid.name === link.grid) ?? grids[0]).name, link.time, link.view);
    this.#listenToPeople();
    listen(() => this.#answer.grid.name, (news) => this.#hear(news));
    setInterval(() => showStatus(this.#answer, this.#clockOffset), 10_000);
  }

  #layers;

  /** Shows a grid; at a time, or the newest. */
  async #open(grid, time = null, position = null) {
    const answer = await this.#ask(grid, time);
    const isOther = this.#view?.grid.name !== answer.grid.name;
    this.#answer = answer;
    if (isOther) {
      this.#view?.dispose();
      this.#view = new MapView($('map'), answer.grid, { onClick: (place) => this.#choosePlace(place), onMove: () => this.#remember() });
      if (position) this.#view.goTo(position);
      this.#view.theme(theme());
      this.#view.rain.colour(this.#layers.palette, theme() === 'dark');
    }
    this.#layers.offer(answer.run);
    $('download').hidden = !answer.run;
    if (answer.run) $('download').href = answer.run.download;
    showStatus(answer, this.#clockOffset);
    await this.#setFrames(time);
    if (this.#place) this.#choosePlace(this.#place);
  }

  /** The frames of now where they hold the time; else those of the run that answered then. */
  async #ask(grid, time) {
    const address = `/api/grids/${encodeURIComponent(grid)}/timeline`;
    const newest = await getJson(address);
    this.#clockOffset = new Date(newest.now) - Date.now();
    const holds = newest.frames.some((frame) => new Date(frame.time).getTime() === time);
    return time === null || holds ? newest : getJson(`${address}?at=${timeToken(time)}`);
  }

  /** @param time the frame to begin with; null for the newest scan */
  async #setFrames(time) {
    this.#loading.abort();
    this.#loading = new AbortController();
    this.#frames = this.#layers.framesOf(this.#answer.frames);
    if (this.#frames.length === 0) throw new Error(t('noScan'));
    this.#timeline.set(this.#frames);
    const lastScan = this.#frames.findLastIndex((frame) => frame.kind === 'observation');
    const wanted = time === null ? -1 : this.#frames.findIndex((frame) => new Date(frame.time).getTime() === time);
    this.#index = wanted >= 0 ? wanted : Math.max(0, lastScan);
    await this.#loader.load(this.#frames[this.#index].url);
    this.#show();
    this.#loadAll(this.#loading.signal);
  }

  async #loadAll(signal) {
    const urls = this.#frames.map((frame) => frame.url);
    this.#loader.keepOnly(this.#answer.frames.map((frame) => frame.url).concat(urls));
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

  #choosePlace(place) {
    this.#place = place;
    this.#view.mark(place);
    if (place) {
      const pixel = this.#view.pixelAt(place);
      this.#panel.show(place, this.#answer.run?.runId, () => pastOf(this.#answer.frames, this.#loader, pixel));
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
    if (!this.#answer || this.#player.playing) return;
    const frame = this.#frames[this.#index];
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
    $('layers-toggle').addEventListener('click', () => {
      const isOpen = document.body.classList.toggle('layers-open');
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
    $('message').replaceChildren(h('span', {}, t('failed', { reason: error.message })));
    $('message').hidden = false;
  }
}

startPage();
$('zone').textContent = t('localTime', { zone: zone() });
new MapPage().start().catch((error) => {
  $('message').textContent = error.message;
  $('message').hidden = false;
});
