// The three guests a person can get: our Debian desktop, a system from an image of theirs, one to be installed from a
// disc. Each becomes a definition and is made under a temporary name (new-guest.ts); a failure or a cancel at any stage
// leaves nothing. Sizes are asked of sizes.ts first, so that nothing is begun that this PC cannot hold.
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { defaultCpuModel, findCpuModel, runsHere } from './cpu-models';
import type { GuestDefinition } from './definition';
import { buildDesktop, type DesktopBuild, type DesktopLanguage } from './desktop/build';
import type { DiscImage } from './disc';
import { drawIdentity, newSerial } from './identity';
import { type DiskImage, measureImage } from './import-disk';
import { chooseMachine } from './machine-choice';
import { addGuest } from './new-guest';
import { guestDevices } from './savable';
import { processorsFor, type SizesAsked, sizesFor } from './sizes';

const stage = 'guest.add';

export interface Adding {
  /** Of an open vault, absolute. */
  readonly guestsFolder: string;
  /** What people see; the id is made from it. */
  readonly name: string;
  /** Bytes; default: what sizes.ts finds sensible here. */
  readonly ramBytes?: number | undefined;
  readonly diskBytes?: number | undefined;
  /** Of cpu-models.ts; default: the one with the longest reach. */
  readonly cpuModel?: string | undefined;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** Faults: usage, alreadyThere, full (memory or disk, with need and have), toolMissing, cancelled, and the builder's. */
export async function addDesktop(
  about: Adding & {
    readonly language: DesktopLanguage;
    /** The building script's own words, for the details. */
    readonly onOutput: (text: string) => void;
    /** Another builder of the disk, for tests. */
    readonly build?: (about: DesktopBuild) => Promise<Result<void>>;
  },
): Promise<Result<GuestDefinition>> {
  const { guestsFolder, language, onProgress, onOutput, signal } = about;
  const definition = await define(about, { kind: 'desktop' });
  if (!definition.ok) return definition;
  const added = await addGuest({
    ...{ guestsFolder, definition: definition.value, boot: null, onProgress, signal },
    buildDisk: ({ file, bytes }) =>
      (about.build ?? buildDesktop)({ file, diskBytes: bytes, language, onProgress, onOutput, signal }),
  });
  return added.ok ? definition : added;
}

/** Faults: as addDesktop, and unusableFile for an image that does not hold what its header says. */
export async function addImage(
  about: Adding & { readonly image: DiskImage },
): Promise<Result<GuestDefinition>> {
  const { guestsFolder, image, onProgress, signal } = about;
  const content = await measureImage(image, signal);
  if (!content.ok) return content;
  const definition = await define(about, {
    kind: 'image',
    imageBytes: image.bytes,
    firstBytes: content.value,
  });
  if (!definition.ok) return definition;
  const added = await addGuest({
    ...{ guestsFolder, definition: definition.value, boot: null, image, onProgress, signal },
  });
  return added.ok ? definition : added;
}

/** The guest has an empty disk and boots from the disc until a system is on it. Faults: as addDesktop. */
export async function addIso(about: Adding & { readonly disc: DiscImage }): Promise<Result<GuestDefinition>> {
  const { guestsFolder, disc, onProgress, signal } = about;
  const drawn = await define(about, { kind: 'iso' }, disc.bytes);
  if (!drawn.ok) return drawn;
  const definition: GuestDefinition = { ...drawn.value, disc: { file: 'disc.iso', bytes: disc.bytes } };
  const added = await addGuest({ guestsFolder, definition, boot: null, disc, onProgress, signal });
  return added.ok ? ok(definition) : added;
}

type Room = Pick<SizesAsked, 'kind' | 'imageBytes' | 'firstBytes'>;

/** `besides`: bytes on the vault's disk that are taken beside what sizes.ts counts. */
async function define(about: Adding, room: Room, besides = 0): Promise<Result<GuestDefinition>> {
  const cpu = findCpuModel(about.cpuModel ?? defaultCpuModel);
  if (!cpu.ok) return cpu;
  const { model } = cpu.value;
  const machine = await chooseMachine();
  if (!machine.ok) return machine;
  if (!(await runsHere({ machine: machine.value, cpuModel: model }))) {
    const message = `this PC cannot run ${model}, not even in software`;
    return fail({ code: 'kernelLacks', stage, message, hint: `take ${defaultCpuModel}` });
  }
  const sizes = await sizesHere(about, room, besides);
  if (!sizes.ok) return sizes;
  const identity = drawIdentity(about.name);
  if (!identity.ok) return identity;
  // A system from outside may know no virtio: SATA and Intel's network card are known to all, Windows too.
  const fromOutside = { diskDevice: 'ide-hd', networkDevice: 'e1000e' } as const;
  return ok({
    ...identity.value,
    version: 2,
    machine: machine.value,
    cpuModel: model,
    cpus: processorsFor(availableParallelism()),
    ramBytes: sizes.value.ramBytes,
    disks: [{ serial: newSerial(), bytes: sizes.value.diskBytes }],
    boot: { from: 'disk' },
    video: 'virtio',
    network: true,
    serial: true,
    devices: guestDevices,
    ...(room.kind === 'desktop' ? {} : fromOutside),
  });
}

async function sizesHere(
  about: Adding,
  room: Room,
  besides: number,
): Promise<Result<{ ramBytes: number; diskBytes: number }>> {
  const space = await statfs(about.guestsFolder).catch(() => null);
  const free = space === null ? Number.MAX_SAFE_INTEGER : space.bavail * space.bsize;
  const wanted = {
    ...(about.ramBytes === undefined ? {} : { ramBytes: about.ramBytes }),
    ...(about.diskBytes === undefined ? {} : { diskBytes: about.diskBytes }),
  };
  const memoryBytes = totalmem();
  const sizes = sizesFor({ ...room, memoryBytes, freeDiskBytes: Math.max(0, free - besides), wanted });
  if (sizes.fits) return ok(sizes);
  const what = sizes.what === 'memory' ? "of the PC's memory" : 'free in the vault';
  const message = `${sizes.needBytes} bytes ${what} are needed, ${sizes.haveBytes} are there`;
  return fail({ code: 'full', stage, message });
}
