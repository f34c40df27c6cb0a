// In the place of main/files/durable.ts in a keeper under test: does the same, and writes down beside the vault what a
// disk that forgets would still know after a power cut: a file's bytes as of its last fsync, a folder's names as of its
// last fsync. What nobody fsynced is not written down, whatever the page cache of this PC remembers.
// QEMU's own flushes are not seen, so the model forgets more than any real disk may. `forget` in the guest's runtime
// folder names a file whose fsync is lost on purpose. Tests only.
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import * as real from '../files/durable';
import { isFrozen, keyOf, type Memory, memoryOf } from './forgetful-disk.fixture';

export { temporaryName } from '../files/durable';

const { values } = parseArgs({
  strict: false,
  options: { guest: { type: 'string' }, guests: { type: 'string' }, runtime: { type: 'string' } },
});
const guests = String(values.guests);
const memory: Memory = memoryOf(String(values.runtime));
const forgetFile = join(String(values.runtime), String(values.guest), 'forget');

/** Whether that file's fsync is the one that is lost on purpose. */
function isForgotten(path: string): boolean {
  return existsSync(forgetFile) && readFileSync(forgetFile, 'utf8') === basename(path).replace(/\.new$/, '');
}

let copies = 0;

function rememberFile(path: string): void {
  if (!path.startsWith(guests) || isForgotten(path)) return;
  const copy = `${process.pid}-${copies}`;
  copies += 1;
  // Nothing writes to saved memory after its fsync; everything else may be written again.
  if (isFrozen(path)) linkSync(path, join(memory.folder, copy));
  else copyFileSync(path, join(memory.folder, copy));
  appendFileSync(memory.log, `${JSON.stringify({ file: keyOf(lstatSync(path, { bigint: true })), copy })}\n`);
}

function rememberFolder(path: string): void {
  if (!path.startsWith(guests)) return;
  const names = readdirSync(path).map((name) => [name, keyOf(lstatSync(join(path, name), { bigint: true }))]);
  const folder = keyOf(lstatSync(path, { bigint: true }));
  appendFileSync(memory.log, `${JSON.stringify({ folder, names })}\n`);
}

export const stageDurably: typeof real.stageDurably = async (about) => {
  const staged = await real.stageDurably(about);
  if (staged.ok) rememberFile(real.temporaryName(about.path));
  return staged;
};

export const renameStaged = real.renameStaged;

export const fsyncFile: typeof real.fsyncFile = async (path, stage) => {
  const synced = await real.fsyncFile(path, stage);
  if (synced.ok) rememberFile(path);
  return synced;
};

export const fsyncFolder: typeof real.fsyncFolder = async (path, stage) => {
  const synced = await real.fsyncFolder(path, stage);
  if (synced.ok) rememberFolder(path);
  return synced;
};

export const writeDurably: typeof real.writeDurably = async (path, bytes, stage = 'files.write') => {
  const staged = await stageDurably({ path, bytes, stage });
  if (!staged.ok) return staged;
  const renamed = await renameStaged(path, stage);
  return renamed.ok ? fsyncFolder(dirname(path), stage) : renamed;
};

export const writeNewDurably: typeof real.writeNewDurably = async (about) => {
  const written = await real.writeNewDurably(about);
  if (!written.ok) return written;
  rememberFile(about.path);
  rememberFolder(dirname(about.path));
  return written;
};
