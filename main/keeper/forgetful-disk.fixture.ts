// A disk that forgets: what a guest's folder may be after a power cut, made from what was fsynced (recorded by
// forgetful-durable.fixture.ts) and chance. Of every name that was changed since its folder's last fsync either the old
// or the new is found, each by itself; of every file written since its last fsync the old bytes, the new ones, or only
// a part. That is more than a journalling file system would lose, and never less. Tests only.

import type { BigIntStats } from 'node:fs';
import { appendFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, rename, rm, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface Memory {
  /** The bytes as of each fsync. */
  readonly folder: string;
  readonly log: string;
}

/** Beside the vault, in the world's own folder. */
export function memoryOf(runtimeFolder: string): Memory {
  const folder = join(runtimeFolder, '../remembered');
  return { folder, log: join(folder, 'log') };
}

/** Files that nobody writes to once they were fsynced: a second name is as good as a copy. */
export function isFrozen(path: string): boolean {
  return /^(state|ram\.(base|delta))$/.test(basename(path));
}

/** One inode for as long as it lives: its number may be used again. */
export function keyOf(facts: BigIntStats): string {
  return `${facts.ino}-${facts.birthtimeNs}`;
}

interface Remembered {
  readonly files: Map<string, string>;
  readonly folders: Map<string, ReadonlyMap<string, string>>;
}

function readMemory(memory: Memory): Remembered {
  const files = new Map<string, string>();
  const folders = new Map<string, ReadonlyMap<string, string>>();
  const lines = readFileSync(memory.log, 'utf8').split('\n').slice(0, -1);
  for (const line of lines) {
    const said = JSON.parse(line) as {
      file?: string;
      copy?: string;
      folder?: string;
      names?: [string, string][];
    };
    if (said.file !== undefined && said.copy !== undefined) files.set(said.file, said.copy);
    if (said.folder !== undefined) folders.set(said.folder, new Map(said.names));
  }
  return { files, folders };
}

/** From now on the disk knows all of the folder, as after a long quiet time. */
export async function rememberAll(memory: Memory, root: string): Promise<void> {
  rmSync(memory.folder, { recursive: true, force: true });
  mkdirSync(memory.folder, { mode: 0o700 });
  let copies = 0;
  const walk = async (folder: string): Promise<void> => {
    const names: [string, string][] = [];
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const facts = await lstat(path, { bigint: true });
      names.push([name, keyOf(facts)]);
      if (facts.isDirectory()) {
        await walk(path);
        continue;
      }
      const copy = `all-${copies}`;
      copies += 1;
      // Frozen files and states are never written again: a second name is as good as a copy.
      linkSync(path, join(memory.folder, copy));
      appendFileSync(memory.log, `${JSON.stringify({ file: keyOf(facts), copy })}\n`);
    }
    const folderKey = keyOf(await lstat(folder, { bigint: true }));
    appendFileSync(memory.log, `${JSON.stringify({ folder: folderKey, names })}\n`);
  };
  writeFileSync(memory.log, '', { mode: 0o600 });
  await walk(root);
}

/** Numbers from 0 up to 1 that a seed decides, so that a failure can be run again (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The power goes: `root` becomes what a disk may give back. Nothing of ours runs any more. */
export async function cutPower(about: {
  readonly memory: Memory;
  readonly root: string;
  readonly random: () => number;
}): Promise<void> {
  const { memory, root, random } = about;
  const known = readMemory(memory);
  const after = `${root}.after`;
  await rm(after, { recursive: true, force: true });
  const rootKey = keyOf(await lstat(root, { bigint: true }));
  await survive({ known, memory, random, live: root, key: rootKey, into: after });
  await rm(root, { recursive: true });
  await rename(after, root);
}

interface Surviving {
  readonly known: Remembered;
  readonly memory: Memory;
  readonly random: () => number;
  /** The folder as the kernel knew it; null for one that only the disk still knows. */
  readonly live: string | null;
  readonly key: string;
  readonly into: string;
}

async function survive(about: Surviving): Promise<void> {
  const { known, live, random } = about;
  await mkdir(about.into, { mode: 0o700 });
  const old = known.folders.get(about.key) ?? new Map<string, string>();
  const now = new Map<string, string>();
  const liveNames = live === null ? [] : await readdir(live);
  for (const name of liveNames) now.set(name, keyOf(await lstat(join(live ?? '', name), { bigint: true })));
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const key = random() < 0.5 ? old.get(name) : (live === null ? old : now).get(name);
    if (key === undefined) continue;
    const livePath = await findLive({ about, name, key, now });
    const into = join(about.into, name);
    if (known.folders.has(key) || (livePath !== null && (await lstat(livePath)).isDirectory())) {
      await survive({ ...about, live: livePath, key, into });
    } else await surviveFile({ about, key, livePath, into });
  }
}

/** Where the kernel had that inode: under this name, or under another one in the same folder (a rename not kept). */
async function findLive(at: {
  readonly about: Surviving;
  readonly name: string;
  readonly key: string;
  readonly now: ReadonlyMap<string, string>;
}): Promise<string | null> {
  const { live } = at.about;
  if (live === null) return null;
  const found = [...at.now].find(([, key]) => key === at.key)?.[0];
  return found === undefined ? null : join(live, found);
}

async function surviveFile(at: {
  readonly about: Surviving;
  readonly key: string;
  readonly livePath: string | null;
  readonly into: string;
}): Promise<void> {
  const { known, memory, random } = at.about;
  const copy = known.files.get(at.key);
  const copied = copy === undefined ? null : join(memory.folder, copy);
  const isNew = at.livePath !== null && random() < 0.5;
  if (copied !== null && !isNew) return giveBack(copied, at.into);
  if (at.livePath === null) {
    // Its name reached the disk, its bytes never did.
    writeFileSync(at.into, '', { mode: 0o600 });
    return;
  }
  if (copied !== null) return giveBack(at.livePath, at.into);
  await copyFile(at.livePath, at.into);
  const { size } = await lstat(at.into);
  // Nobody fsynced it: nothing of it, a part of it. All of it would hide what this test looks for.
  await truncate(at.into, isNew ? Math.floor(random() * size) : 0);
}

/** Saved memory is never written to again; the rest may be. */
async function giveBack(from: string, into: string): Promise<void> {
  if (isFrozen(into)) return linkSync(from, into);
  await copyFile(from, into);
}
