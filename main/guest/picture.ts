// screen.png: the guest's last screen, kept in its generation for the screen where one chooses. QEMU draws it; nothing
// depends on it: what fails leaves a generation without a picture. It must never hold up a suspend for long, and what
// is read back is checked before the app is given it: a vault may have been tampered with.
//
// Not scaled down: a desktop of 3840x2160 is 1 to 4 MiB as PNG, and decoding is left to the sandboxed renderer. A larger
// one (a photo over the whole screen) is not kept.
import { chmod, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { maxPictureBytes } from '../../preload/contract/setup';
import { readBounded } from '../files/bounded';
import { fsyncFile } from '../files/durable';
import { type GuestPlace, generationPath } from '../generation/store';
import type { Qmp } from '../qmp/commands';

export const pictureFile = 'screen.png';
const stage = 'guest.picture';
const drawWithinMs = 3_000;

/** Draws the guest's screen into the folder, 0600 and on disk. Faults: timeout, io, full, damagedState (no PNG of ours). */
export async function takePicture(about: {
  readonly qmp: Qmp;
  readonly folder: string;
}): Promise<Result<void>> {
  const path = join(about.folder, pictureFile);
  const drawn = await about.qmp.execute(
    'screendump',
    { filename: path, format: 'png' },
    { timeoutMs: drawWithinMs },
  );
  const closed = drawn.ok
    ? await chmod(path, 0o600).then(
        () => true,
        () => false,
      )
    : false;
  const read = closed ? await readFile(path) : null;
  const kept = read?.ok ? await fsyncFile(path, stage) : read;
  read?.ok && read.value.fill(0);
  if (kept?.ok) return ok(undefined);
  await unlink(path).catch(() => {});
  if (!drawn.ok) return drawn;
  return kept ?? fail({ code: 'io', stage, message: `${path} was not written` });
}

/** The generation's picture: a whole PNG of at most 4 MiB, null where there is none. Faults: damagedState, denied, io. */
export async function readPicture(place: GuestPlace, number: number): Promise<Result<Uint8Array | null>> {
  const read = await readFile(join(generationPath(place, number), pictureFile));
  return !read.ok && read.fault.code === 'missingFile' ? ok(null) : read;
}

async function readFile(path: string): Promise<Result<Uint8Array>> {
  const read = await readBounded({ path, maxBytes: maxPictureBytes, damaged: 'damagedState', stage });
  if (!read.ok || isWholePng(read.value)) return read;
  return fail({ code: 'damagedState', stage, message: `${path} is no whole PNG of a screen` });
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
/** The last chunk, which is always the same (PNG specification, 11.2.5). */
const ending = Buffer.from('0000000049454e44ae426082', 'hex');
const maxSide = 16_384;

/** Signature, an IHDR of a possible screen, and the IEND: cut or other files are none. The renderer decodes the rest. */
export function isWholePng(png: Buffer): boolean {
  if (png.length < 45 || !png.subarray(0, 8).equals(signature) || !png.subarray(-12).equals(ending))
    return false;
  if (png.readUInt32BE(8) !== 13 || png.toString('latin1', 12, 16) !== 'IHDR') return false;
  const sides = [png.readUInt32BE(16), png.readUInt32BE(20)];
  return sides.every((side) => side >= 1 && side <= maxSide);
}
