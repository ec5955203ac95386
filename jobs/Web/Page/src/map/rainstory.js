import { number, t } from '../shared/i18n.js';
import { clockTime } from '../shared/time.js';

const wet = 0.1;
const worthTelling = 0.1;

/**
 * The rate that is not exceeded with a chance, from the probabilities of exceeding the thresholds: log-linear between thresholds, as a member is
 * drawn in DrawnMember.cs. null where they are not known.
 */
export function quantile(lead, thresholds, chance) {
  if (lead.rainMmH === null) return null;
  const exceedance = 1 - chance;
  let [lowerP, lowerRate] = [1, 0];
  for (let i = 0; i < thresholds.length; i++) {
    const p = lead.probabilities[i];
    if (p === null || p === undefined) return null;
    if (exceedance >= p) {
      if (i === 0) return 0;
      return lowerRate * (thresholds[i] / lowerRate) ** (lowerP > p ? (lowerP - exceedance) / (lowerP - p) : 0);
    }
    [lowerP, lowerRate] = [p, thresholds[i]];
  }
  return thresholds.length === 0 ? null : Math.min(200, lowerRate * 2 ** Math.log10(lowerP / Math.max(exceedance, 1e-4)));
}

/** The band of the chart and of the sentence: eight times of ten the rate is within. */
export const [lowChance, highChance] = [0.1, 0.9];

const pieces = 40;

/**
 * The rate to be expected: the mean over all that it may be, which is what sums of rain are made of. The map's own rate is drawn so that areas of
 * rain are as large as they are seen, and is nothing where rain is less likely than not. The map's where there are no probabilities.
 */
export function expected(lead, thresholds) {
  if (lead.rainMmH === null || thresholds.length === 0 || lead.probabilities.some((p) => p === null)) return lead.rainMmH;
  if (lead.expectedMmH !== undefined && lead.expectedMmH !== null) return lead.expectedMmH;
  let sum = 0;
  for (let i = 0; i < pieces; i++) sum += quantile(lead, thresholds, (i + 0.5) / pieces);
  return sum / pieces;
}

/** What the next hours bring to a place, in a sentence, by the curve of the chart. */
export function sentence({ leads, thresholds }) {
  const known = leads.filter((lead) => lead.rainMmH !== null).map((lead) => ({ ...lead, rate: expected(lead, thresholds) }));
  if (known.length === 0) return t('unseenPlace');
  const end = clockTime(known.at(-1).validTime);
  const spells = spellsOf(known);
  if (spells.length === 0) return drySentence(known, thresholds, end);
  const [first, next] = spells;
  const heaviest = first.reduce((a, b) => (b.rate > a.rate ? b : a));
  const values = { start: clockTime(first[0].validTime), stop: clockTime(first.at(-1).validTime), peak: clockTime(heaviest.validTime), end, rates: rates(heaviest, thresholds) };
  const goesOn = first.at(-1) === known.at(-1);
  const isNow = first[0] === known[0];
  const words = t(isNow ? (goesOn ? 'rainOn' : 'rainUntil') : (goesOn ? 'rainFrom' : 'rainFromUntil'), values);
  return next ? `${words} ${t('rainAgain', { start: clockTime(next[0].validTime) })}` : words;
}

/** Where the forecast of a place ends before its time, because the air comes from where the radar sees nothing. */
export function openEnd({ leads }) {
  const known = leads.filter((lead) => lead.rainMmH !== null);
  return known.length > 0 && known.length < leads.length ? t('thenOutside', { end: clockTime(known.at(-1).validTime) }) : '';
}

/** How much falls in the first hour, or as far as the forecast goes. */
export function amount({ leads, thresholds, issueTime }) {
  let [depth, before, minutes] = [0, 0, 0];
  for (const lead of leads) {
    if (lead.leadMinutes > 60 || lead.rainMmH === null) break;
    depth += (expected(lead, thresholds) * (lead.leadMinutes - before)) / 60;
    before = lead.leadMinutes;
    minutes = lead.leadMinutes;
  }
  return minutes === 0 ? '' : t('amount', { depth: number(depth, 1), minutes, start: clockTime(issueTime) });
}

/** Stretches of rain; one dry map within does not part them. */
function spellsOf(known) {
  const spells = [];
  let lastWet = -2;
  known.forEach((lead, i) => {
    if (lead.rate < wet) return;
    if (i - lastWet <= 2 && spells.length > 0) spells.at(-1).push(lead);
    else spells.push([lead]);
    lastWet = i;
  });
  return spells;
}

function drySentence(known, thresholds, end) {
  const lowest = thresholds.indexOf(Math.min(...thresholds));
  const chances = known.map((lead) => lead.probabilities[lowest] ?? 0);
  const highest = Math.max(0, ...chances);
  if (highest < worthTelling) return t('dry', { end });
  return t('maybe', { end, chance: Math.round(100 * highest), time: clockTime(known[chances.indexOf(highest)].validTime) });
}

/** The band of the chart at a lead. */
function rates(lead, thresholds) {
  const low = round(quantile(lead, thresholds, lowChance) ?? lead.rate);
  const high = round(Math.max(lead.rate, quantile(lead, thresholds, highChance) ?? lead.rate));
  if (low === high) return t('rateOne', { rate: text(low) });
  return low === 0 ? t('rateUpTo', { high: text(high) }) : t('rateRange', { low: text(low), high: text(high) });
}

/** Whole from 2 mm/h on, else one digit. */
const text = (rate) => number(rate, rate >= 2 ? 0 : 1);
const round = (rate) => (rate >= 2 ? Math.round(rate) : Math.round(rate * 10) / 10);
