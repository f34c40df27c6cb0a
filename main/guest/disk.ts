// A guest's disk layers as files: making them with qemu-img, and looking at them before anything opens them. It must
// never follow what a header names, write to a frozen layer, or leave a half-made file behind.
import { constants } from 'node:fs';
import { chmod, open, unlink } from 'node:fs/promises';
import { dirname, isAbsolute, relative } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFile, fsyncFolder } from '../files/durable';
import { attempt, errnoOf, faultOfErrno } from '../files/errno';
import { run } from '../process/run';
import { type Qcow2Facts, qcow2HeadBytes, readQcow2Head } from './qcow2';

const stage = 'guest.disk';

/** An empty disk of `bytes`; the file itself stays small. Faults: toolMissing, alreadyThere, full, denied, io. */
export async function createBase(about: { file: string; bytes: number }): Promise<Result<void>> {
  return create(about.file, ['-f', 'qcow2', about.file, String(about.bytes)]);
}

/**
 * A new layer on top of a frozen one. Its header names the backing relative to itself, so that a vault can move; when
 * the guest runs, the chain comes from the manifest all the same. Faults: as createBase, and damagedGuest.
 */
export async function createLayer(about: {
  file: string;
  backing: string;
  /** QEMU writes to the backing: it is not opened, its header says the size. */
  inUse?: true;
}): Promise<Result<void>> {
  const below = await inspectLayer(about.backing);
  if (!below.ok) return below;
  const name = relative(dirname(about.file), about.backing);
  const size = about.inUse === true ? ['-u', about.file, String(below.value.virtualBytes)] : [about.file];
  return create(about.file, ['-f', 'qcow2', '-b', name, '-F', 'qcow2', ...size]);
}

async function create(file: string, args: readonly string[]): Promise<Result<void>> {
  // Absolute: qemu-img takes `nbd:...` and `json:...` as addresses.
  if (!isAbsolute(file)) throw new Error('a layer is named by its absolute path');
  try {
    await (await open(file, 'wx', 0o600)).close();
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
  const made = await run({ program: 'qemu-img', args: ['create', '-q', ...args], stage });
  const synced = made.ok ? await fsyncNew(file) : made;
  if (synced.ok) return ok(undefined);
  await unlink(file).catch(() => {});
  return synced;
}

async function fsyncNew(file: string): Promise<Result<void>> {
  const closed = await attempt(stage, () => chmod(file, 0o600));
  if (!closed.ok) return closed;
  const synced = await fsyncFile(file, stage);
  return synced.ok ? fsyncFolder(dirname(file), stage) : synced;
}

/** Reads the header alone. Faults: damagedGuest (says what is wrong), missingFile, denied, io. */
export async function inspectLayer(file: string): Promise<Result<Qcow2Facts>> {
  const damaged = (what: string): Result<never> =>
    fail({ code: 'damagedGuest', stage, message: `${file} ${what}` });
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const opened = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      if (!(await opened.stat()).isFile()) return damaged('is not a regular file');
      const head = Buffer.alloc(qcow2HeadBytes);
      const { bytesRead } = await opened.read(head, 0, head.length, 0);
      const facts = readQcow2Head(head.subarray(0, bytesRead));
      return typeof facts === 'string' ? damaged(facts) : ok(facts);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') return damaged('is a link');
    return fail(faultOfErrno(error, stage));
  }
}

/** All of its tables (qemu-img check). Slow on a big layer, not for a running one. Faults: damagedGuest, toolMissing, ... */
export async function checkLayer(file: string, signal?: AbortSignal): Promise<Result<void>> {
  const head = await inspectLayer(file);
  if (!head.ok) return head;
  const checked = await run({
    program: 'qemu-img',
    // Alone, without its backing: the chain's other layers are checked on their own, named by the manifest.
    args: ['check', '-q', '--image-opts', checkOptions(file)],
    stage,
    timeoutMs: 600_000,
    // qemu-img(1): 2 corrupt, 3 leaked clusters only, which cost space but no data.
    expected: [0, 2, 3],
    ...(signal === undefined ? {} : { signal }),
  });
  if (!checked.ok) return checked;
  if (checked.value.status === 2)
    return fail({ code: 'damagedGuest', stage, message: `${file} has damaged tables` });
  return ok(undefined);
}

function checkOptions(file: string): string {
  return `driver=qcow2,file.driver=file,file.filename=${file.replaceAll(',', ',,')},read-only=on`;
}
