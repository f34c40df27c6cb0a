// The facts that fit.ts judges, asked of this PC. Bounded and cheap enough for every wake: QEMU is started to be asked
// about CPU and machine only where they can differ from the PC on which the state was saved. It changes nothing.
import { createHash } from 'node:crypto';
import { lstat, readFile, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Fit } from '../../preload/contract/fit';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type GuestPlace, readCurrent, readManifest, type SavedOn } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import { probeKvm, probeMachine, queryQemu } from '../guest/qemu';
import { judgeFit, type PcFacts } from './fit';

/**
 * The fit of the guest as that generation would wake it; `number` null: the one that CURRENT names. A generation that cannot be read is judged as a switched-off guest:
 * what is wrong with it is the check's news, not this one's. Faults: toolMissing, timeout, io.
 */
export async function fitHere(
  place: GuestPlace,
  definition: GuestDefinition,
  number: number | null = null,
): Promise<Result<Fit>> {
  const current = number === null ? await readCurrent(place) : ok(number);
  const saved = current.ok ? await readManifest(place, current.value) : current;
  const manifest = saved.ok && saved.value.state !== null ? saved.value : null;
  const savedOn = manifest?.savedOn ?? null;
  const qemu = await queryQemu();
  if (!qemu.ok) return fail({ ...qemu.fault, stage: 'guest.fit' });
  const here = (await probeKvm(definition)) === 'usable' ? 'kvm' : 'tcg';
  const same = await isLike({ savedOn, qemu: qemu.value.version, accelerator: here });
  const machine = same ? null : await probeMachine({ ...definition, accelerator: here });
  const pc: PcFacts = {
    qemu: qemu.value,
    accelerator: here,
    hasMachine: machine?.hasMachine ?? null,
    missingFeatures: machine?.missingFeatures ?? null,
    memoryBytes: await freeMemory(),
    spaceBytes: await freeSpace(place.folder),
  };
  const state =
    manifest === null
      ? null
      : { accelerator: savedOn?.accelerator ?? null, isMapped: manifest.engine === 'lazy' };
  return ok(judgeFit({ pc, guest: definition, state }));
}

/** Saved by this QEMU with a CPU that can do the same: then there is nothing new to ask. */
async function isLike(about: {
  readonly savedOn: SavedOn | null;
  readonly qemu: string | null;
  readonly accelerator: 'kvm' | 'tcg';
}): Promise<boolean> {
  const { savedOn } = about;
  if (savedOn === null || savedOn.qemu !== about.qemu || savedOn.accelerator !== about.accelerator)
    return false;
  // Software emulation has the same CPU everywhere.
  return about.accelerator === 'tcg' || (savedOn.cpu !== null && savedOn.cpu === (await cpuSum()));
}

/** A short sum of what /proc/cpuinfo says the first CPU can do; null where it says nothing. */
export async function cpuSum(): Promise<string | null> {
  const text = await readShort('/proc/cpuinfo');
  const told = ['vendor_id', 'cpu family', 'model', 'flags'].map(
    (name) => new RegExp(`^${name}\\s*:(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '',
  );
  if (told.every((value) => value === '')) return null;
  return createHash('sha256').update(told.join('\n')).digest('hex').slice(0, 16);
}

/** The PC's name for people, at most 60 characters: its maker's product name, else the host's name. */
export async function pcName(): Promise<string | null> {
  const product = (await readShort('/sys/class/dmi/id/product_name')).trim();
  const name = product === '' ? hostname() : product;
  const plain = name
    .replaceAll(/[^\p{L}\p{N} ._()+-]/gu, '')
    .trim()
    .slice(0, 60);
  return plain === '' ? null : plain;
}

/** proc_meminfo(5), bytes: what programs can have without the PC swapping, and free swap. Null: the kernel does not say. */
export async function memoryHere(): Promise<{
  readonly available: number | null;
  readonly swap: number | null;
}> {
  const text = await readShort('/proc/meminfo');
  const read = (name: string): number | null => {
    const found = new RegExp(`^${name}:\\s+(\\d{1,15}) kB$`, 'm').exec(text)?.[1];
    return found === undefined ? null : Number(found) * 1024;
  };
  return { available: read('MemAvailable'), swap: read('SwapFree') };
}

async function freeMemory(): Promise<number | null> {
  const { available, swap } = await memoryHere();
  return available === null ? null : available + (swap ?? 0);
}

/** Beside the generations: blocks that are kept for saving (keeper/reserve.ts). */
export const reserveFile = 'reserve';

/** Bytes that we may still write in the vault; what is reserved for saving in a guest's folder is ours too. */
export async function freeSpace(folder: string): Promise<number | null> {
  const space = await statfs(folder).catch(() => null);
  const reserved = await lstat(join(folder, reserveFile)).catch(() => null);
  return space === null ? null : space.bavail * space.bsize + (reserved?.blocks ?? 0) * 512;
}

async function readShort(path: string): Promise<string> {
  return readFile(path, 'utf8').then(
    (text) => text.slice(0, 65_536),
    () => '',
  );
}
