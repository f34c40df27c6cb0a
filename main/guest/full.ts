// The full engine: all of RAM and the device state in one mapped-ram file, each page at its own place in it, zero
// pages as holes. QEMU writes and reads it over two channels, past the page cache where the file system lets it.
// It must never end QEMU, never `cont`, and after any failure leave a guest that can `cont` and no file.
// Recipe: QEMU docs/devel/migration/mapped-ram.rst; measured on a 30 MiB/s disk at 1.00 of dd of the same bytes.
import { constants } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFolder } from '../files/durable';
import { attempt, faultOfErrno } from '../files/errno';
import type { Engine, EngineStart, RamGround, RestoreOrder, SavedState, SaveOrder } from './engine';
import { asDamage, nameFullDisk, prepareMigration, startIncoming, watchMigration } from './migration';
import { rateOf } from './rate';

const stateFile = 'state';
const saving = 'guest.saveState';
const restoring = 'guest.restoreState';
const { O_CREAT, O_DIRECT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/** It saves and restores under any memory backend, also one of the lazy engine. */
export const fullEngine = {
  name: 'full',
  start: async ({ ramBytes }: Pick<RamGround, 'ramBytes'>): Promise<Result<EngineStart>> =>
    ok({
      argv: ['-object', `memory-backend-ram,id=ram0,size=${ramBytes}`],
      environment: {},
      descriptors: [],
      close: async () => {},
    }),
  saveState,
  restoreState,
  proveMapping: async (): Promise<Result<void>> => ok(undefined), // nothing of it is mapped
} as const satisfies Engine;

type Save = Pick<SaveOrder, 'qmp' | 'folder' | 'ramBytes' | 'onProgress' | 'signal'>;
type Restore = Pick<RestoreOrder, 'qmp' | 'folder' | 'state' | 'onProgress' | 'signal'>;

/** Faults: cancelled, alreadyThere, full, guestDied, denied, timeout, io. */
async function saveState(about: Save): Promise<Result<SavedState>> {
  const path = join(about.folder, stateFile);
  const made = await makeStateFile(path);
  if (!made.ok) return made;
  const saved = await writeState({ ...about, path, directIo: made.value });
  if (saved.ok) return saved;
  const fault = await nameFullDisk(saved.fault, about.folder); // asked while the file still fills it
  await unlink(path).catch(() => {});
  return fail(fault);
}

/** Ours and 0600 before QEMU opens it (it would make it 0660). Tells whether the file system takes O_DIRECT. */
async function makeStateFile(path: string): Promise<Result<boolean>> {
  try {
    await (await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)).close();
    return ok(await takesDirectIo(path));
  } catch (error) {
    return fail(faultOfErrno(error, saving));
  }
}

/** open(2): EINVAL where the file system does not support O_DIRECT. */
async function takesDirectIo(path: string): Promise<boolean> {
  try {
    await (await open(path, O_RDONLY | O_DIRECT | O_NOFOLLOW)).close();
    return true;
  } catch {
    return false;
  }
}

async function writeState(
  about: Save & { readonly path: string; readonly directIo: boolean },
): Promise<Result<SavedState>> {
  const { qmp, signal, onProgress, path } = about;
  if (signal.aborted) return fail({ code: 'cancelled', stage: saving, message: 'cancelled before it began' });
  const began = performance.now();
  const prepared = await prepareMigration(qmp, { all: about.directIo ? 'direct' : 'cached' });
  if (!prepared.ok) return fail({ ...prepared.fault, stage: saving });
  const started = await qmp.execute('migrate', { uri: `file:${path}` });
  if (!started.ok) return fail({ ...started.fault, stage: saving });
  const rate = rateOf(began);
  const whole = await watchMigration({
    qmp,
    stage: saving,
    signal,
    onAbort: () => qmp.execute('migrate_cancel', {}),
    onBytes: (done, total) => {
      const secondsLeft = rate({ done, total, nowMs: performance.now() });
      onProgress({ stage: 'ram', done, total, unit: 'bytes', secondsLeft, reversible: true });
    },
  });
  if (!whole.ok) return whole;
  const written = performance.now();
  onProgress({ stage: 'fsync', done: 0, total: 1, unit: 'steps', secondsLeft: null, reversible: true });
  const sizes = await fsyncState(path, about.folder);
  if (!sizes.ok) return sizes;
  if (signal.aborted) return fail({ code: 'cancelled', stage: saving, message: 'cancelled after writing' });
  const { bytes, storedBytes } = sizes.value;
  return ok({
    state: { file: stateFile, bytes, format: 'mapped-ram' },
    ram: { base: stateFile, deltas: [] },
    nonZeroBytes: Math.min(storedBytes, about.ramBytes),
    changedBytes: null,
    writtenBytes: storedBytes,
    // One file holds both; QEMU does not tell them apart. The device state is less than a MiB of it.
    seconds: { state: 0, ram: (written - began) / 1000, fsync: (performance.now() - written) / 1000 },
  });
}

async function fsyncState(
  path: string,
  folder: string,
): Promise<Result<{ bytes: number; storedBytes: number }>> {
  let sizes = { bytes: 0, storedBytes: 0 };
  const synced = await attempt(saving, async () => {
    const file = await open(path, O_RDWR | O_NOFOLLOW);
    try {
      await file.sync();
      const { size, blocks } = await file.stat();
      sizes = { bytes: size, storedBytes: blocks * 512 }; // stat(2): blocks of 512 bytes, holes are none
    } finally {
      await file.close();
    }
  });
  if (!synced.ok) return synced;
  const named = await fsyncFolder(folder, saving);
  return named.ok ? ok(sizes) : named;
}

/** Faults: damagedState (size, header or content), missingFile, cancelled, guestDied, denied, timeout. */
async function restoreState(about: Restore): Promise<Result<void>> {
  const { qmp, signal, onProgress } = about;
  const path = join(about.folder, about.state.file);
  const looked = await attemptHeader(path, about.state.bytes);
  if (!looked.ok) return looked;
  const began = performance.now();
  // Not past the page cache: the check before has just read the file through it, and a slow stick is read once.
  const prepared = await prepareMigration(qmp, { all: 'cached' });
  if (!prepared.ok) return fail({ ...prepared.fault, stage: restoring });
  const started = await startIncoming(qmp, `file:${path}`);
  if (!started.ok) return fail({ ...asDamage(started.fault), stage: restoring });
  const rate = rateOf(began);
  const loaded = await watchMigration({
    qmp,
    stage: restoring,
    signal,
    // An incoming migration cannot be taken back; nothing but this new QEMU is lost by ending it.
    onAbort: () => qmp.execute('quit', {}),
    onBytes: (done, total) => {
      const secondsLeft = rate({ done, total, nowMs: performance.now() });
      onProgress({ stage: 'load', done, total, unit: 'bytes', secondsLeft, reversible: true });
    },
  });
  if (loaded.ok) return ok(undefined);
  if (signal.aborted)
    return fail({ code: 'cancelled', stage: restoring, message: 'cancelled while loading' });
  return fail({ ...asDamage(loaded.fault), stage: restoring });
}

/** migration/savevm.h: QEMU_VM_FILE_MAGIC, QEMU_VM_FILE_VERSION, both big-endian. */
const header = Buffer.from('5145564d00000003', 'hex');

async function attemptHeader(path: string, bytes: number): Promise<Result<void>> {
  const damaged = (message: string): Result<never> =>
    fail({ code: 'damagedState', stage: restoring, message: `${path}: ${message}` });
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return damaged('not a file');
      if (facts.size !== bytes) return damaged(`has ${facts.size} bytes, the manifest says ${bytes}`);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(header.length), 0, header.length, 0);
      if (bytesRead !== header.length || !buffer.equals(header)) return damaged('not a saved state of QEMU');
      return ok(undefined);
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(faultOfErrno(error, restoring));
  }
}
