// The disks of this PC and the image, for the page that writes a stick. It gives each disk an id of its own, so that no path
// comes from a page, and remembers what was listed under it: what is written is what the person saw, or nothing
// (stick/write.ts compares once more).
import { statSync } from 'node:fs';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type DiskCard, type FoundDisks, type StickDone, shownDisks } from '../../preload/contract/sticks';
import { type Disk, fileAsDisk, isNamed, nameOf, readDisks } from '../stick/disks';
import { type Image, readImage, writeStick } from '../stick/write';

export interface StickDesk {
  /** What is here now. Faults: unusableFile (the image), toolMissing, timeout, io. */
  look(): Promise<Result<FoundDisks>>;
  /** Whether `typed` is the name of that disk. False for an id that was never given. */
  isNamed(id: string, typed: string): boolean;
  /** Everything on that disk is lost. Faults: missingDisk, unusableFile, and those of `writeStick`. */
  write(about: {
    readonly id: string;
    readonly onProgress: OnProgress;
    readonly signal: AbortSignal;
  }): Promise<Result<StickDone>>;
}

export function stickDesk(about: {
  /** Where the image lies; null: there is none. Asked each time, since one may be built meanwhile. */
  readonly image: () => string | null;
  /** Regular files that stand for disks (virtual machines, tests). */
  readonly files: readonly string[];
}): StickDesk {
  const read = imageReader();
  const known = new Map<string, Disk>();
  const ids = new Map<string, string>();

  const idOf = (disk: Disk): string => {
    const same = JSON.stringify([disk.path, disk.model, disk.serial, disk.bytes, disk.sequence]);
    const id = ids.get(same) ?? `disk-${ids.size + 1}`;
    ids.set(same, id);
    known.set(id, disk);
    return id;
  };

  const cardOf = (disk: Disk): DiskCard => ({
    id: idOf(disk),
    name: nameOf(disk),
    serial: disk.serial,
    bytes: disk.bytes,
    refused: disk.refused,
  });

  return {
    look: async () => {
      const image = await read(about.image());
      if (!image.ok) return image;
      const needBytes = image.value?.leastDiskBytes ?? 0;
      const listed = await readDisks(needBytes);
      if (!listed.ok) return listed;
      const files = about.files.flatMap((path) => fileAsDisk(path, needBytes) ?? []);
      const shown =
        image.value === null
          ? null
          : { copyBytes: image.value.copyBytes, leastDiskBytes: image.value.leastDiskBytes };
      return ok({ image: shown, disks: [...files, ...listed.value].slice(0, shownDisks).map(cardOf) });
    },
    isNamed: (id, typed) => {
      const disk = known.get(id);
      return disk !== undefined && isNamed(disk, typed);
    },
    write: async ({ id, onProgress, signal }) => {
      const disk = known.get(id);
      if (disk === undefined)
        return fail({ code: 'missingDisk', stage: 'stick.write', message: `no disk was listed as ${id}` });
      const image = await read(about.image());
      if (!image.ok) return image;
      if (image.value === null)
        return fail({ code: 'unusableFile', stage: 'stick.write', message: 'the image of a stick is gone' });
      const written = await writeStick({ image: image.value, disk, onProgress, signal });
      if (!written.ok) return written;
      const { writtenBytes, vaultBytes, swapBytes, seconds } = written.value;
      const bytesPerSecond = seconds.write > 0 ? writtenBytes / seconds.write : null;
      return ok({ name: nameOf(disk), writtenBytes, bytesPerSecond, vaultBytes, swapBytes });
    },
  };
}

/** Its table is read by a program: once, and again when the file is another one. Null for no file. */
function imageReader(): (file: string | null) => Promise<Result<Image | null>> {
  let seen: { readonly as: string; readonly read: Result<Image> } | null = null;
  return async (file) => {
    const found = file === null ? undefined : statSync(file, { throwIfNoEntry: false });
    if (file === null || found === undefined) return ok(null);
    const as = JSON.stringify([file, found.ino, found.size, found.mtimeMs]);
    if (seen?.as !== as) seen = { as, read: await readImage(file) };
    return seen.read;
  };
}
