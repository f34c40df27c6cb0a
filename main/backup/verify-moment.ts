// Is a restored moment what was saved? Everything of it is read and compared with the sums of that time: its own state,
// disk layer and RAM, and the layers and RAM of older moments that it stands on. Where no sums were recorded (the PC was
// switched off before they were), restic's own sums are the only ones, and those it has checked while restoring.
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { checkPart } from '../generation/ram-check';
import { openParts, readChain } from '../generation/ram-files';
import {
  chainOf,
  type GuestPlace,
  type Manifest,
  readManifest,
  readSums,
  verifyBeforeResume,
  verifyGeneration,
} from '../generation/store';
import { fileSum, type Watch } from '../generation/sums';

const stage = 'backup.verify';

/** Faults: damagedState or damagedManifest (names the file), cancelled, io. */
export async function verifyWholeMoment(
  place: GuestPlace,
  number: number,
  watch: Watch,
): Promise<Result<Manifest>> {
  const shape = await verifyBeforeResume(place, number, { signal: watch.signal });
  if (!shape.ok) return shape;
  const own = await verifyGeneration(place, number, watch);
  if (!own.ok) return own;
  const manifest = await readManifest(place, number);
  if (!manifest.ok) return manifest;
  const layers = await verifyLayersBelow(place, manifest.value, watch);
  if (!layers.ok) return layers;
  const ram = await verifyWholeRam(place, manifest.value, watch);
  return ram.ok ? manifest : ram;
}

async function verifyLayersBelow(place: GuestPlace, manifest: Manifest, watch: Watch): Promise<Result<void>> {
  for (const layer of chainOf(manifest)) {
    if (layer.generation === manifest.number) continue;
    const sums = await readSums(place, layer.generation);
    if (!sums.ok) return sums;
    const recorded = sums.value?.[layer.file];
    if (recorded === undefined) continue;
    const path = join(place.folder, layer.folder, layer.file);
    const sum = await fileSum(path, watch.signal);
    if (!sum.ok) return sum;
    if (sum.value !== recorded)
      return fail({ code: 'damagedState', stage, message: `${path} is not what was saved` });
  }
  return ok(undefined);
}

/** Page for page, every file of the chain: a base that rotted is a rotten moment. */
async function verifyWholeRam(place: GuestPlace, manifest: Manifest, watch: Watch): Promise<Result<void>> {
  const chain = await readChain(place, manifest);
  if (!chain.ok) return chain;
  for (const part of chain.value) {
    const opened = await openParts([part]);
    if (!opened.ok) return opened;
    const [file] = opened.value;
    if (file === undefined) continue;
    const checked = await checkPart({ part, file, signal: watch.signal });
    await file.close();
    if (!checked.ok) return checked;
  }
  return ok(undefined);
}
