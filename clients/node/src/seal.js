// What a bot logs in with, sealed by a key that the database does not have.

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Failure } from './errors.js';

/**
 * 32 bytes as base64; or several, the newest first: it seals, the others open what they sealed, and null accepts plain
 * text.
 * @typedef {string | (string|null)[]} SealKey
 */

/**
 * Where a value stands. It opens nowhere else.
 * @typedef {[session_id: string, kind: string, key: string]} Place
 */

/**
 * @typedef {object} Sealer
 * @property {(place: Place, value: string) => string} seal
 * @property {(place: Place, stored: string) => string} open throws where that is not to be had; never shows a value
 * @property {string} newest how everything begins that the first key has sealed
 */

const sealedForm = /^v1\.([0-9a-f]{8})\./;
const ivLength = 12;
const tagLength = 16;

/** @type {Sealer} */
const plain = { seal: (_, value) => value, open: (_, stored) => stored, newest: '' };

/**
 * Throws a TypeError where that is no key.
 * @param {unknown} sealKey undefined: nothing is sealed
 * @returns {Sealer}
 */
export function createSealer(sealKey) {
  if (sealKey === undefined) return plain;
  const list = Array.isArray(sealKey) ? sealKey : [sealKey];
  const keys = list.filter((key) => key !== null).map(parseKey);
  if (list.length === 0 || list[0] === null) throw notAKey();
  const [newest] = keys;

  return {
    seal(place, value) {
      const iv = randomBytes(ivLength);
      const cipher = createCipheriv('aes-256-gcm', newest.secret, iv).setAAD(associated(place));
      const sealed = Buffer.concat([iv, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${this.newest}${sealed.toString('base64')}`;
    },

    open(place, stored) {
      const match = sealedForm.exec(stored);
      if (!match) {
        if (list.includes(null)) return stored;
        throw failure('unsealed', 'a stored value is not sealed', 'Add null to sealKey to accept it: it is sealed when it is next saved.');
      }
      const candidates = keys.filter(({ name }) => name === match[1]);
      if (candidates.length === 0) throw failure('wrongKey', 'a stored value is sealed with a key that is not in sealKey');
      const bytes = Buffer.from(stored.slice(match[0].length), 'base64');
      for (const { secret } of candidates) {
        const opened = decrypt(secret, bytes, associated(place));
        if (opened !== null) return opened;
      }
      throw failure('damaged', 'a stored value is damaged, or belongs elsewhere', 'What was sealed for a session under another name has to be sealed anew: reseal with from.');
    },

    newest: `v1.${newest.name}.`,
  };
}

/** @param {unknown} key */
function parseKey(key) {
  if (typeof key !== 'string') throw notAKey();
  const secret = Buffer.from(key, 'base64');
  if (secret.length !== 32 || secret.toString('base64').replace(/=+$/, '') !== key.replace(/=+$/, '')) throw notAKey();
  return { secret, name: createHash('sha256').update(secret).digest('hex').slice(0, 8) };
}

const notAKey = () =>
  new TypeError('sealKey must be 32 bytes as base64, or a list that begins with such a key and may hold null');

/**
 * @param {Buffer} secret
 * @param {Buffer} bytes
 * @param {Buffer} aad
 */
function decrypt(secret, bytes, aad) {
  if (bytes.length < ivLength + tagLength) return null;
  const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, ivLength), { authTagLength: tagLength });
  decipher.setAAD(aad).setAuthTag(bytes.subarray(-tagLength));
  const text = decipher.update(bytes.subarray(ivLength, -tagLength));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

/**
 * Each part with its length before it, or "a" and "bc" would be as good as "ab" and "c".
 * @param {Place} place
 */
function associated(place) {
  return Buffer.concat(
    place.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/**
 * @param {string} code
 * @param {string} message
 * @param {string} [hint]
 */
const failure = (code, message, hint) => new Failure({ code, message, hint });
