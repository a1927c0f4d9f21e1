import { Problem, USAGE } from './problem.js';

/** A number of seconds, as milliseconds. */
export function milliseconds(text, name) {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400)) throw new Problem(`${name} takes a number of seconds`, { exitCode: USAGE });
  return seconds * 1000;
}

/** A whole number within bounds. */
export function whole(text, name, least, most) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most) {
    throw new Problem(`${name} takes a whole number from ${least} to ${most}`, { exitCode: USAGE });
  }
  return number;
}
