/** The milliseconds of an interval, in any IntervalStyle of the server's. NaN where it is none, or infinite. */
export function intervalMs(text) {
  if (text === null) return NaN;
  const iso = /^P(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?)?$/.exec(text);
  if (iso) return toMs(iso.slice(1));
  const verbose = /^@ (?:(-?\d+) days? ?)?(?:(-?\d+) hours? ?)?(?:(-?\d+) mins? ?)?(?:(-?[\d.]+) secs? ?)?(ago)?$/.exec(
    text,
  );
  if (verbose) return toMs(verbose.slice(1, 5)) * (verbose[5] ? -1 : 1);
  if (text === '0' || text === '@ 0') return 0;
  const plain = /^(?:([-+]?\d+) (?:days? ?)?)?(?:([-+]?)(\d+):(\d+):([\d.]+))?$/.exec(text);
  if (!plain || text === '') return NaN;
  return toMs([plain[1]]) + toMs([0, plain[3], plain[4], plain[5]]) * (plain[2] === '-' ? -1 : 1);
}

const toMs = ([days = 0, hours = 0, minutes = 0, seconds = 0]) =>
  Math.round((((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000);
