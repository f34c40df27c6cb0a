// Room that is kept for saving: a file of the size that saving this guest may take at most, whose blocks are reserved and
// never written, beside the generations while the guest runs. It goes when saving begins, so that a guest which filled the
// vault can still be suspended (docs/decisions/0012-room-for-saving-is-reserved.md). It must never take the last room of
// the guest itself: where there is too little for both, there is none, and the person is told (space-watch.ts).
import { lstat, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { leastSpaceBytes } from '../fit/fit';
import { freeSpace, reserveFile } from '../fit/this-pc';
import { run } from '../process/run';

const stage = 'keeper.reserve';
/** Only tables are written; a slow stick needs a moment for it. */
const withinMs = 30_000;

/** Bytes that are reserved now: `bytes` or more, or 0 where it is not possible. Never faults. */
export async function holdReserve(folder: string, bytes: number): Promise<number> {
  const path = join(folder, reserveFile);
  const there = await heldBytes(path);
  if (there >= bytes) return there;
  await releaseReserve(folder);
  const free = await freeSpace(folder);
  if (free === null || free < bytes + leastSpaceBytes) return 0;
  const made = await open(path, 'wx', 0o600).catch(() => null);
  if (made === null) return 0;
  await made.close();
  // Blocks without a length: nothing reads or copies them. Not every file system can: then the file stays empty.
  const args = ['--keep-size', '--length', String(bytes), path];
  await run({ program: 'fallocate', args, stage, timeoutMs: withinMs });
  const held = await heldBytes(path);
  if (held >= bytes) return held;
  await releaseReserve(folder);
  return 0;
}

export async function releaseReserve(folder: string): Promise<void> {
  await rm(join(folder, reserveFile), { force: true }).catch(() => {});
}

async function heldBytes(path: string): Promise<number> {
  const seen = await lstat(path).catch(() => null);
  return seen?.isFile() ? seen.blocks * 512 : 0;
}
