import { t } from '../shared/i18n.js';
import { clockTime } from '../shared/time.js';

const wet = 0.1;
const worthTelling = 0.1;

/**
 * The rate that is not exceeded with a chance, from the probabilities of exceeding the thresholds: log-linear between thresholds, as a member is
 * drawn in DrawnMember.cs. null where they are not known.
 */
export function quantile(lead, thresholds, chance) {
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

/** What the next hours bring to a place, in a sentence. */
export function sentence({ leads, thresholds }) {
  const known = leads.filter((lead) => lead.rainMmH !== null);
  if (known.length === 0) return t('unseenPlace');
  const end = clockTime(known.at(-1).validTime);
  const rain = known.filter((lead) => lead.rainMmH >= wet);
  if (rain.length === 0) return drySentence(known, thresholds, end);
  const heaviest = rain.reduce((a, b) => (b.rainMmH > a.rainMmH ? b : a));
  const values = { start: clockTime(rain[0].validTime), peak: clockTime(heaviest.validTime), end, rates: rates(heaviest, thresholds) };
  const last = rain.at(-1);
  const after = known[known.indexOf(last) + 1];
  const stop = after && clockTime(after.validTime);
  if (rain[0] === known[0]) return t(stop ? 'rainUntil' : 'rainOn', { ...values, stop });
  return t(stop ? 'rainFromUntil' : 'rainFrom', { ...values, stop });
}

function drySentence(known, thresholds, end) {
  const lowest = thresholds.indexOf(Math.min(...thresholds));
  const chances = known.map((lead) => lead.probabilities[lowest] ?? 0);
  const highest = Math.max(0, ...chances);
  if (highest < worthTelling) return t('dry', { end });
  return t('maybe', { end, chance: Math.round(100 * highest), time: clockTime(known[chances.indexOf(highest)].validTime) });
}

/** The middle half of what the rate may be, and the rate itself always within. */
function rates(lead, thresholds) {
  const low = round(Math.min(lead.rainMmH, quantile(lead, thresholds, 0.25) ?? lead.rainMmH));
  const high = round(Math.max(lead.rainMmH, quantile(lead, thresholds, 0.75) ?? lead.rainMmH));
  if (low === 0) return t('rateUpTo', { high });
  return low === high ? t('rateOne', { rate: low }) : t('rateRange', { low, high });
}

/** Whole from 2 mm/h on, else one digit. */
const round = (rate) => (rate >= 2 ? Math.round(rate) : Math.round(rate * 10) / 10);
