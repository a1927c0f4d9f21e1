import { language } from './words.js';

/** A length of time in its largest unit; ∞ where a time is infinite. */
export function duration(ms) {
  if (!Number.isFinite(ms)) return '∞';
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${count(Math.floor(seconds / 86_400))} d`;
}

const formats = {};
const number = (options) => format(Intl.NumberFormat, options);
const dateTime = (options) => format(Intl.DateTimeFormat, options);

function format(Kind, options) {
  const name = `${language()} ${Kind.name} ${JSON.stringify(options)}`;
  return (formats[name] ??= new Kind(language(), options));
}

export const count = (value) => number().format(value);

export function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB'];
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${number({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)} ${units[unit]}`;
}

const times = (options) => (ms) => (Number.isFinite(ms) ? dateTime(options).format(ms) : '∞');

export const clock = times({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
export const date = times({ dateStyle: 'medium' });
export const moment = times({ dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
