import { language, t } from './i18n.js';

// The language of the page, as the country of whoever looks writes it.
const locale = navigator.languages.find((name) => name.startsWith(language)) ?? language;
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const zoneName = new Intl.DateTimeFormat('en', { timeZoneName: 'short' });
const longAgo = 48 * 3600e3;

/** The zone of whoever looks as it is at a time: summer time of a day in summer, whatever the season now. */
export const zone = (time) => zoneName.formatToParts(new Date(time)).find((part) => part.type === 'timeZoneName').value;

/** 14:25, in the time of whoever looks; with the day and its year where it is not today. */
export function clockTime(time, withDay = false) {
  const date = new Date(time);
  return withDay && date.toDateString() !== new Date().toDateString() ? `${day.format(date)}, ${clock.format(date)}` : clock.format(date);
}

/** 4 min, 3 h; null from two days on, where a date says more. */
export function duration(milliseconds) {
  if (milliseconds >= longAgo) return null;
  const minutes = Math.max(0, Math.round(milliseconds / 60000));
  return minutes < 120 ? t('minutes', { n: minutes }) : t('hours', { n: Math.round(minutes / 60) });
}

/** As a field for date and time wants it: 2024-06-01T14:25 in the time of whoever looks. */
export function fieldTime(time) {
  const local = new Date(time);
  return new Date(local - local.getTimezoneOffset() * 60e3).toISOString().slice(0, 16);
}

/** 20240601T120000Z, as addresses have it. */
export const timeToken = (time) => `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

export function parseToken(token) {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)?Z$/.exec(token ?? '');
  return match ? Date.UTC(+match[1], match[2] - 1, +match[3], +match[4], +match[5], +(match[6] ?? 0)) : null;
}
