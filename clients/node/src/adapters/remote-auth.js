import { createHash } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sleep } from '../time.js';
import { handled, readJson } from './json.js';

/**
 * What whatsapp-web.js takes as `store` of its RemoteAuth.
 * @typedef {object} RemoteAuthStore
 * @property {(options: { session: string }) => Promise<boolean>} sessionExists
 * @property {(options: { session: string }) => Promise<void>} save
 * @property {(options: { session: string, path: string }) => Promise<void>} extract
 * @property {(options: { session: string }) => Promise<void>} delete
 */

/**
 * Where the profile is: `profile.a` or `profile.b`.
 * @typedef {{ slot: 'a'|'b', chunks: number, bytes: number, sha256: string }} Pointer
 */

/** As base64 half a megabyte. */
const chunkBytes = 375_000;
const mostBytes = 20_000_000;
const mostChunks = Math.ceil(mostBytes / chunkBytes);

/** RemoteAuth makes a backup every minute at most, and removes the file of one as soon as it is saved. */
const longestSave = 30_000;

/**
 * The profile of the browser with which a bot is logged in, for the RemoteAuth of whatsapp-web.js. It is written into the
 * slot that is not in use, and one save under the fence makes that the one in use: an upload that was torn, or is a
 * former worker's, changes nothing.
 *
 * `save` and `delete` never reject, since the library calls them where nobody looks: `onError` gets what the store does
 * not report itself. `sessionExists` and `extract` do; once it is known whether there is one, `sessionExists` says so
 * also while the database is away.
 * @param {import('../store.js').BotSessionStore} store
 * @param {object} options
 * @param {string} options.dataPath that of RemoteAuth
 * @param {boolean} [options.deleteOnDisconnect] RemoteAuth calls `delete` for many a reason, so it does nothing by
 *   default: the login goes by `report.ended(reason, { forget: true })`
 * @param {(error: any) => unknown} [options.onError] prints by default
 * @returns {RemoteAuthStore}
 */
export function remoteAuthStore(store, { dataPath, deleteOnDisconnect = false, onError = console.error }) {
  if (typeof dataPath !== 'string') throw new TypeError('dataPath must be a string: that of RemoteAuth');
  /**
   * Whether there is one, as far as this process knows: nobody else writes.
   * @type {Map<string, boolean>}
   */
  const known = new Map();
  /**
   * Not written yet, the newest of each name.
   * @type {Map<string, Buffer>}
   */
  const waiting = new Map();
  /** @type {Promise<void>|undefined} */
  let uploading;

  /** @param {string} name */
  async function pointerOf(name) {
    const text = (await store.load({ profile: [name] })).profile?.[name];
    known.set(name, text !== undefined);
    return text === undefined ? undefined : /** @type {Pointer} */ (readJson(text));
  }

  /** @param {string} name */
  async function exists(name) {
    const before = known.get(name);
    try {
      return (await pointerOf(name)) !== undefined;
    } catch (error) {
      if (before === undefined) throw error;
      return before;
    }
  }

  async function upload() {
    for (const [name, zip] of waiting) {
      waiting.delete(name);
      await write(name, zip).catch(report);
    }
    uploading = undefined;
  }

  /**
   * @param {string} name
   * @param {Buffer} zip
   */
  async function write(name, zip) {
    const slot = (await untilAnswered(() => pointerOf(name)))?.slot === 'a' ? 'b' : 'a';
    const chunks = Math.ceil(zip.length / chunkBytes);
    for (let i = 0; i < chunks; i++) {
      const chunk = zip.subarray(i * chunkBytes, (i + 1) * chunkBytes);
      await store.save({ [`profile.${slot}`]: { [chunkKey(name, i)]: chunk.toString('base64') } });
    }
    /** @type {Pointer} */
    const pointer = { slot, chunks, bytes: zip.length, sha256: sha256(zip) };
    await store.save({
      profile: { [name]: JSON.stringify(pointer) },
      [`profile.${slot}`]: noChunks(name, chunks), // of a longer one before
    });
    known.set(name, true);
  }

  /** @param {string} name */
  async function read(name) {
    const pointer = await pointerOf(name);
    if (!pointer) throw new Error('there is no such profile');
    const kind = `profile.${pointer.slot}`;
    const parts = [];
    for (let i = 0; i < pointer.chunks; i++) {
      const key = chunkKey(name, i);
      parts.push(Buffer.from((await store.load({ [kind]: [key] }))[kind]?.[key] ?? '', 'base64'));
    }
    const zip = Buffer.concat(parts);
    if (zip.length !== pointer.bytes || sha256(zip) !== pointer.sha256) {
      throw new Error('the stored profile is damaged: forget it, and scan the QR code again');
    }
    return zip;
  }

  /** The store has told of a session that is lost. @param {any} error */
  const report = (error) => {
    if (error.conflict || error.notFound) return;
    void (async () => onError(error))().catch(() => {});
  };

  return {
    sessionExists: ({ session }) => handled(exists(basename(session))),

    async save({ session }) {
      try {
        const name = basename(session);
        const file = join(dataPath, `${name}.zip`);
        const { size } = await stat(file);
        if (size > mostBytes) {
          const mb = (/** @type {number} */ bytes) => `${Math.ceil(bytes / 1e6)} MB`;
          throw new Error(
            `the profile has ${mb(size)}, of at most ${mb(mostBytes)}: keep it in Supabase Storage or S3, with a store of your own`,
          );
        }
        waiting.set(name, await readFile(file));
        uploading ??= upload();
        const timer = new AbortController();
        await Promise.race([uploading, sleep(longestSave, timer.signal)]);
        timer.abort();
      } catch (error) {
        report(error);
      }
    },

    extract: ({ session, path }) =>
      handled(
        (async () => {
          const zip = await read(basename(session));
          await writeFile(`${path}.part`, zip, { mode: 0o600 });
          await rename(`${path}.part`, path);
        })(),
      ),

    async delete({ session }) {
      if (!deleteOnDisconnect) return;
      const name = basename(session);
      waiting.delete(name);
      try {
        await uploading;
        const none = noChunks(name, 0);
        await store.save({ profile: { [name]: null }, 'profile.a': none, 'profile.b': { ...none } });
        known.set(name, false);
      } catch (error) {
        report(error);
      }
    },
  };
}

/**
 * @param {string} name
 * @param {number} i
 */
const chunkKey = (name, i) => `${name}/${String(i).padStart(2, '0')}`;

/**
 * @param {string} name
 * @param {number} from
 * @returns {Record<string, null>}
 */
const noChunks = (name, from) =>
  Object.fromEntries(Array.from({ length: mostChunks - from }, (_, i) => [chunkKey(name, from + i), null]));

/** @param {Buffer} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * While the database is away a save is kept, and so is what it has to ask before.
 * @template Result
 * @param {() => Promise<Result>} read
 * @returns {Promise<Result>}
 */
async function untilAnswered(read) {
  for (;;) {
    try {
      return await read();
    } catch (/** @type {any} */ error) {
      if (!error.transient) throw error;
      await sleep(1000);
    }
  }
}
