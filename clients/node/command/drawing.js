// A QR code in a terminal: two modules in a character, one above the other.

// By number, as themes give the sixteen named colours other values.
const blackOnWhite = '\x1b[38;5;16;48;5;231m';
const halves = [' ', '▄', '▀', '█'];

const width = (code, quiet) => code.size + 2 * quiet;
const height = (code, quiet) => Math.ceil(width(code, quiet) / 2) + 1; // and a line below

/** What a code needs at least: a margin of one module, and a line for what is said of it. */
export const leastSize = (code) => ({ columns: width(code, 1), rows: height(code, 1) });

/** The widest margin, in modules, that a window has room for, the standard's four at most; 0 where none fits. */
export const fittingMargin = (code, { columns, rows }) =>
  [4, 3, 2, 1].find((quiet) => width(code, quiet) <= columns && height(code, quiet) <= rows) ?? 0;

/** The lines of the drawing. */
export function draw(code, quiet = 4) {
  const lines = [];
  for (let y = -quiet; y < code.size + quiet; y += 2) {
    let line = '';
    for (let x = -quiet; x < code.size + quiet; x++) line += halves[2 * code.get(x, y) + code.get(x, y + 1)];
    lines.push(`${blackOnWhite}${line}\x1b[0m`);
  }
  return lines;
}
