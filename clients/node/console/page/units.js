import { language } from './words.js';

/** A length of time in its largest unit. */
export function duration(ms) {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${count(Math.floor(seconds / 86_400))} d`;
}

const formats = {};
const format = (name, make) => (formats[`${language()} ${name}`] ??= make(language()));

export const count = (number) => format('count', (tag) => new Intl.NumberFormat(tag)).format(number);

export function bytes(number) {
  const units = ['B', 'kB', 'MB', 'GB'];
  let unit = 0;
  while (number >= 999.5 && unit < units.length - 1) {
    number /= 1000;
    unit++;
  }
  const digits = unit > 0 && number < 9.95 ? 1 : 0;
  return `${format(`bytes ${digits}`, (tag) => new Intl.NumberFormat(tag, { minimumFractionDigits: digits, maximumFractionDigits: digits })).format(number)} ${units[unit]}`;
}

export const clock = (ms) => format('clock', (tag) => new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })).format(ms);

export const date = (ms) => format('date', (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' })).format(ms);

export const moment = (ms) => format('moment', (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })).format(ms);
