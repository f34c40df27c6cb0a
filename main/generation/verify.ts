// Is a generation whole? Asked before the guest goes on, and by the timeline. A damaged one is refused by the name of
// the file that is wrong, and the newest intact one before it is what can be offered instead.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { regularFileBytes } from '../files/bounded';
import { chainOf, contradictionIn } from './chain';
import { generationFolder, isMergedRam, type Manifest } from './manifest';
import { checkPart } from './ram-check';
import { openParts, readChain } from './ram-files';
import { type GuestPlace, generationPath, listGenerations, manifestPath, readManifest } from './read';
import { verifySums, type Watch } from './sums';

const stage = 'generation.verify';

/** First bytes of a qcow2 file: "QFI\xfb", then the version as big-endian (qemu docs/interop/qcow2.rst). */
const qcow2Magic = Buffer.from([0x51, 0x46, 0x49, 0xfb]);

/**
 * Everything that must be true before QEMU sees the generation: manifest, the size of state and of every layer, the
 * layers' headers, and the state's sum where it was recorded (that part reads the whole state once).
 * Faults: missingGeneration, damagedManifest, damagedState, cancelled, denied, io; the message names the file.
 */
export async function verifyBeforeResume(
  place: GuestPlace,
  number: number,
  watch: Watch = {},
): Promise<Result<Manifest>> {
  const whole = await verifyShape(place, number);
  if (!whole.ok) return whole;
  const sums = await verifySums({ place, manifest: whole.value, only: ['state'] }, watch);
  return sums.ok ? whole : sums;
}

/** The same with every recorded sum of the generation's own files. `false`: no sums are recorded. */
export async function verifyGeneration(
  place: GuestPlace,
  number: number,
  watch: Watch = {},
): Promise<Result<boolean>> {
  const whole = await verifyShape(place, number);
  if (!whole.ok) return whole;
  const ram = await verifyOwnRam(place, whole.value, watch);
  if (!ram.ok) return ram;
  const sums = await verifySums({ place, manifest: whole.value }, watch);
  return sums.ok ? ok(sums.value || ram.value) : sums;
}

/** The RAM files that this generation wrote or that were merged for it, page for page. `false`: it has none. */
async function verifyOwnRam(place: GuestPlace, manifest: Manifest, watch: Watch): Promise<Result<boolean>> {
  const chain = await readChain(place, manifest);
  if (!chain.ok) return chain;
  const parts = chain.value.filter(
    ({ index }) => index.number === manifest.number || isMergedRam(index.file),
  );
  for (const part of parts) {
    const opened = await openParts([part]);
    if (!opened.ok) return opened;
    const [file] = opened.value;
    if (file === undefined) continue;
    const checked = await checkPart({ part, file, signal: watch.signal });
    await file.close();
    if (!checked.ok) return checked;
  }
  return ok(parts.length > 0);
}

/** The newest intact generation before `number`, null when there is none. Reads no big file. */
export async function olderGeneration(place: GuestPlace, number: number): Promise<Manifest | null> {
  const listed = await listGenerations(place);
  if (!listed.ok) return null;
  for (const entry of [...listed.value].reverse()) {
    if (entry.number >= number || entry.kind !== 'whole') continue;
    const whole = await verifyShape(place, entry.number);
    if (whole.ok) return whole.value;
  }
  return null;
}

async function verifyShape(place: GuestPlace, number: number): Promise<Result<Manifest>> {
  const read = await readManifest(place, number);
  if (!read.ok) return read;
  const manifest = read.value;
  // The parent may have been thinned out; what can be read of it must agree.
  const parent = manifest.parent === null ? null : await readManifest(place, manifest.parent);
  const wrong = contradictionIn(manifest, parent?.ok ? parent.value : null);
  if (wrong !== null) {
    const message = `${manifestPath(place, number)}: ${wrong}`;
    return fail({ code: 'damagedManifest', stage, message });
  }
  if (manifest.state !== null) {
    const path = join(generationPath(place, number), manifest.state.file);
    const fault = await sizeFault(path, manifest.state.bytes);
    if (fault !== null) return fail(fault);
  }
  const ram = await readChain(place, manifest);
  if (!ram.ok) return ram;
  for (const part of ram.value) {
    const fault = await sizeFault(part.path, part.bytes);
    if (fault !== null) return fail(fault);
  }
  for (const layer of chainOf(manifest)) {
    const path = join(place.folder, generationFolder(layer.generation), layer.file);
    const fault = (await sizeFault(path, layer.bytes)) ?? (await headerFault(path));
    if (fault !== null) return fail(fault);
  }
  return ok(manifest);
}

async function sizeFault(path: string, bytes: number): Promise<Fault | null> {
  const found = await regularFileBytes(path);
  if (found === bytes) return null;
  const what = found === null ? 'is missing' : `has ${found} bytes, not ${bytes}`;
  return { code: 'damagedState', stage, message: `${path} ${what}` };
}

async function headerFault(path: string): Promise<Fault | null> {
  const damaged = (what: string): Fault => ({ code: 'damagedState', stage, message: `${path} ${what}` });
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
      const good =
        bytesRead === 8 && buffer.subarray(0, 4).equals(qcow2Magic) && buffer.readUInt32BE(4) === 3;
      return good ? null : damaged('is not a qcow2 file');
    } finally {
      await file.close();
    }
  } catch (error) {
    return damaged(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
