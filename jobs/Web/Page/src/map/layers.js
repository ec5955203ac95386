import { $ } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

/** Which layer, threshold, member and colours: the choices of the panel. */
export class LayerChoice {
  constructor(start, onChange) {
    this.layer = ['rate', 'probability', 'member', 'depth', 'observation', 'outcome'].includes(start.layer) ? start.layer : 'rate';
    this.palette = start.palette === 'safe' ? 'safe' : 'standard';
    this.threshold = start.threshold ?? '1';
    this.member = start.member ?? '1';
    for (const radio of document.querySelectorAll('input[name=layer]')) {
      radio.checked = radio.value === this.layer;
      radio.addEventListener('change', () => this.#set('layer', radio.value, onChange));
    }
    for (const name of ['threshold', 'member', 'palette']) {
      $(name).addEventListener('change', () => {
        // To choose a threshold is to want its layer.
        if (name !== 'palette') this.#check(name === 'threshold' ? 'probability' : 'member');
        this.#set(name, $(name).value, onChange);
      });
    }
    $('palette').value = this.palette;
  }

  /** What the run can show. */
  offer(run, outcome) {
    $('outcome').hidden = outcome.length === 0;
    if (this.layer === 'outcome' && outcome.length === 0) this.#check('rate');
    document.querySelector('input[name=layer][value=depth]').disabled = !run;
    if (this.layer === 'depth' && !run) this.#check('rate');
    const thresholds = (run?.thresholds ?? []).map(String);
    if (!thresholds.includes(this.threshold) && thresholds.length > 0) this.threshold = thresholds.includes('1') ? '1' : thresholds[0];
    $('threshold').replaceChildren(...thresholds.map((value) => new Option(`${value} ${t('mmh')}`, value, false, value === this.threshold)));
    const members = Array.from({ length: run?.members ?? 0 }, (_, i) => String(i + 1));
    $('member').replaceChildren(...members.map((value) => new Option(t('memberNumber', { n: value }), value, false, value === this.member)));
    for (const name of ['probability', 'member']) document.querySelector(`input[name=layer][value=${name}]`).disabled = thresholds.length === 0;
  }

  /** The frames of the timeline for this layer, by their times: where the forecast is older than the newest scan, that shows what came. */
  framesOf(all, outcome) {
    const scan = new Date(all.findLast((frame) => frame.kind === 'observation')?.time ?? 0);
    const frames = this.layer === 'depth' ? all : all.filter((frame) => frame.kind === 'observation' || new Date(frame.time) > scan);
    if (this.layer === 'outcome') return [...frames.filter((frame) => frame.kind === 'observation'), ...outcome];
    // What falls from the issue time on: there is nothing of it before.
    if (this.layer === 'depth') return frames.filter((frame) => frame.kind === 'forecast').map((frame) => ({ ...frame, url: `${frame.url}&layer=depth` }));
    const more = { probability: `&layer=probability&threshold=${this.threshold}`, member: `&layer=member&member=${this.member}` }[this.layer] ?? '';
    return frames.filter((frame) => this.layer !== 'observation' || frame.kind === 'observation')
      .map((frame) => (frame.kind === 'forecast' ? { ...frame, url: frame.url + more } : frame));
  }

  #check(layer) {
    this.layer = layer;
    document.querySelector(`input[name=layer][value=${layer}]`).checked = true;
  }

  #set(name, value, onChange) {
    this[name] = value;
    onChange();
  }
}
