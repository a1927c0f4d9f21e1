// What comes from the database may hold characters that move the cursor, turn the text around or cannot be seen.
// They are shown as escapes. The two joiners stay: emoji and several scripts are written with them.

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const joiners = '\u200c\u200d';
const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(character) {
  if (joiners.includes(character)) return character;
  if (short[character]) return short[character];
  const code = character.codePointAt(0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`;
}

/** One line of text in which every character can be seen. */
export const visible = (text) => String(text).replace(unseen, escape);

/** The same in JSON: what JSON.stringify leaves as it is gets an escape that JSON.parse reads back. */
export const visibleJson = (json) =>
  json.replace(unseen, (character) => {
    if (joiners.includes(character) || character === '\n') return character;
    return Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join('');
  });

/** Pieces of a text, [piece, whether it is an escape]; line breaks and tabs stay as they are. */
export function pieces(text) {
  const found = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(unseen)) {
    if (joiners.includes(character) || character === '\n' || character === '\t') continue;
    if (index > end) found.push([text.slice(end, index), false]);
    found.push([escape(character), true]);
    end = index + character.length;
  }
  if (end < text.length) found.push([text.slice(end), false]);
  return found;
}
