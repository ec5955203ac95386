import { language, t } from './i18n.js';

// The language of the page, as the country of whoever looks writes it.
const locale = navigator.languages.find((name) => name.startsWith(language)) ?? language;
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const zoneName = new Intl.DateTimeFormat('en', { timeZoneName: 'short' });

export const zone = () => zoneName.formatToParts(new Date()).find((part) => part.type === 'timeZoneName').value;

/** 14:25, in the time of whoever looks; with the day where it is not today. */
export function clockTime(time, withDay = false) {
  const date = new Date(time);
  return withDay && date.toDateString() !== new Date().toDateString() ? `${day.format(date)}, ${clock.format(date)}` : clock.format(date);
}

/** 4 min, 3 h, 2 days. */
export function duration(milliseconds) {
  const minutes = Math.max(0, Math.round(milliseconds / 60000));
  if (minutes < 120) return t('minutes', { n: minutes });
  return minutes < 48 * 60 ? t('hours', { n: Math.round(minutes / 60) }) : t('days', { n: Math.round(minutes / 1440) });
}

/** 20240601T120000Z, as addresses have it. */
export const timeToken = (time) => `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

export function parseToken(token) {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)?Z$/.exec(token ?? '');
  return match ? Date.UTC(+match[1], match[2] - 1, +match[3], +match[4], +match[5], +(match[6] ?? 0)) : null;
}
