import { getJson } from '../shared/api.js';
import { $ } from '../shared/dom.js';
import { startPage } from '../shared/header.js';
import { t } from '../shared/i18n.js';
import { onTheme } from '../shared/theme.js';
import { fieldTime, timeToken } from '../shared/time.js';
import { drawModels } from './models.js';
import { Pair } from './pair.js';
import { drawKey, drawScores } from './scores.js';

const wantedThreshold = 1;
const wantedLead = 30;
const pair = new Pair();
let grids = [];
let scores = null;

const token = (id) => ($(id).value ? timeToken(new Date($(id).value)) : '');

async function load() {
  const [from, to] = [token('from'), token('to')];
  const period = `${from ? `&from=${from}` : ''}${to ? `&to=${to}` : ''}`;
  scores = await getJson(`/api/quality?grid=${encodeURIComponent($('grid').value)}${period}`);
  fill($('threshold'), [...new Set(scores.thresholds.map((row) => row.threshold))].sort((a, b) => a - b), wantedThreshold);
  fill($('lead'), [...new Set(scores.leads.map((row) => row.leadMinutes))].sort((a, b) => a - b), wantedLead);
  if (scores.from && !from) $('from').value = fieldTime(scores.from);
  if (scores.to && !to) $('to').value = fieldTime(scores.to);
  draw();
  await pair.load(grids.find(({ name }) => name === $('grid').value), from, to);
}

/** The choices, keeping what was chosen where it is still there. */
function fill(select, values, wanted) {
  const kept = values.includes(Number(select.value)) ? Number(select.value) : values.includes(wanted) ? wanted : values[Math.floor(values.length / 2)];
  select.replaceChildren(...values.map((value) => new Option(String(value), value, false, value === kept)));
}

function draw() {
  const isEmpty = scores.leads.length === 0;
  $('message').textContent = isEmpty ? t('noScores') : '';
  drawKey($('key'), scores);
  if (isEmpty) $('charts').replaceChildren();
  else drawScores($('charts'), scores, Number($('threshold').value), Number($('lead').value));
}

function lastDays(days) {
  const end = scores?.lastVerified;
  $('to').value = days && end ? fieldTime(end) : '';
  $('from').value = days && end ? fieldTime(new Date(end) - days * 86400e3) : '';
  show(load());
}

/** A failure is told where people look. */
function show(work) {
  work.then(() => { document.body.dataset.ready = 'yes'; }).catch((error) => { $('message').textContent = error.message; });
}

async function start() {
  startPage();
  grids = await getJson('/api/grids');
  if (grids.length === 0) throw new Error(t('noGrids'));
  for (const grid of grids) $('grid').add(new Option(grid.name, grid.name));
  $('grid').closest('label').hidden = grids.length < 2;
  for (const id of ['grid', 'from', 'to']) $(id).addEventListener('change', () => show(load()));
  for (const id of ['threshold', 'lead']) $(id).addEventListener('change', draw);
  for (const button of document.querySelectorAll('[data-days]')) button.addEventListener('click', () => lastDays(Number(button.dataset.days)));
  for (const form of document.forms) form.addEventListener('submit', (event) => event.preventDefault());
  const redraw = () => {
    if (!scores) return;
    draw();
    pair.draw();
    show(drawModels());
  };
  onTheme(redraw);
  let timer = 0;
  addEventListener('resize', () => { clearTimeout(timer); timer = setTimeout(redraw, 200); });
  await load();
  await drawModels();
}

show(start());
