import { $ } from '../shared/dom.js';
import { methodName, t } from '../shared/i18n.js';
import { clockTime, duration } from '../shared/time.js';

const stepsUntilOld = 3;

/** The age of the newest scan and the method of the forecast, always in sight. */
export function showStatus({ newestScan, run, isNewest, frames }, clockOffset) {
  const age = newestScan ? Date.now() + clockOffset - new Date(newestScan) : null;
  const passed = newestScan ? duration(age) : null;
  $('scan').textContent = newestScan ? t('newestScan', { time: clockTime(newestScan, true) }) : t('noScan');
  $('age').textContent = newestScan ? (passed ? t('age', { age: passed }) : t('notLive')) : '';
  $('method').textContent = run ? forecastOf(run, newestScan) : t('noForecast');
  $('method').title = run ? run.modelVersion : '';
  $('archive').hidden = isNewest;
  $('status').dataset.fresh = age !== null && age < stepsUntilOld * stepOf(frames) ? 'yes' : 'no';
}

/** With its time where scans have come since. */
function forecastOf({ issueTime, method }, newestScan) {
  const isPast = newestScan && new Date(newestScan) > new Date(issueTime);
  return t(isPast ? 'forecastAsOf' : 'forecastBy', { method: methodName(method), time: clockTime(issueTime, true) });
}

function stepOf(frames) {
  const scans = frames.filter((frame) => frame.kind === 'observation').map((frame) => new Date(frame.time).getTime());
  return scans.length > 1 ? scans.at(-1) - scans.at(-2) : 5 * 60e3;
}
