// ram-merged.json: the same RAM as a generation's manifest tells, in fewer files. It lies beside the manifest, which
// stays as it is: a guest that runs on the longer chain goes on on it, and the generation after it stands on the
// shorter one. It must never be believed further than its files prove: whatever is wrong, the manifest's chain counts.
import { join } from 'node:path';
import { z } from 'zod';
import { guestIdSchema } from '../../preload/contract/keeper';
import type { Result } from '../../preload/contract/result';
import { readRecord } from '../files/bounded';
import { writeDurably } from '../files/durable';
import { chainRamSchema, generationNumberSchema, type Manifest, type RamChain } from './manifest';
import { viewOf } from './ram-chain';
import { openParts, type RamChainPart, readChain } from './ram-files';
import { pageBytes } from './ram-index';
import { type GuestPlace, generationPath } from './read';

const stage = 'generation.mergeRam';

export const mergedRecord = 'ram-merged.json';

const mergedSchema = z.strictObject({
  format: z.literal('soulpad-ram-merged'),
  version: z.literal(1),
  guest: guestIdSchema,
  guestUuid: z.uuid(),
  number: generationNumberSchema,
  ram: chainRamSchema,
});

/** Faults: full, denied, io. */
export function writeMergedRecord(about: {
  readonly place: GuestPlace;
  readonly number: number;
  readonly ram: RamChain;
}): Promise<Result<void>> {
  const { place, number, ram } = about;
  const record = {
    format: 'soulpad-ram-merged',
    version: 1,
    guest: place.id,
    guestUuid: place.uuid,
    number,
    ram,
  };
  const path = join(generationPath(place, number), mergedRecord);
  return writeDurably(path, `${JSON.stringify(record)}\n`, stage);
}

/** The record of that generation, or null where there is none or it is another's. Proves nothing of the files. */
export async function readMergedRecord(place: GuestPlace, number: number): Promise<RamChain | null> {
  const path = join(generationPath(place, number), mergedRecord);
  const read = await readRecord({ path, schema: mergedSchema, damaged: 'damagedManifest', stage });
  if (!read.ok) return null;
  const { guestUuid, guest } = read.value;
  return guestUuid === place.uuid && guest === place.id && read.value.number === number
    ? read.value.ram
    : null;
}

/**
 * The shorter chain with its parts, where it was merged, all its files are there in their sizes, and they have content
 * for exactly the pages that the manifest's own `parts` have; else null. Reads indexes, no pages.
 */
export async function shorterChain(about: {
  readonly place: GuestPlace;
  readonly manifest: Manifest;
  readonly parts: readonly RamChainPart[];
}): Promise<{ readonly ram: RamChain; readonly parts: readonly RamChainPart[] } | null> {
  const { place, manifest } = about;
  const ram = await readMergedRecord(place, manifest.number);
  if (ram === null) return null;
  const parts = await readChain(place, { ...manifest, ram });
  if (!parts.ok || parts.value.at(-1)?.index.stateSha256 !== about.parts.at(-1)?.index.stateSha256)
    return null;
  const opened = await openParts(parts.value);
  if (!opened.ok) return null;
  for (const file of opened.value) await file.close();
  const pages = manifest.ramBytes / pageBytes;
  const [long, short] = [about.parts, parts.value].map((chain) =>
    viewOf(
      pages,
      chain.map((part) => part.index),
    ),
  );
  const same = long?.source.every((source, page) => source < 0 === (short?.source[page] ?? -1) < 0) ?? false;
  return same ? { ram, parts: parts.value } : null;
}

/** What a generation after `loads` stands on; null: nothing that a delta could be laid over. */
export async function chainBelow(about: {
  readonly place: GuestPlace;
  readonly loads: Manifest | null;
  /** Of `loads`. */
  readonly parts: readonly RamChainPart[];
}): Promise<RamChain | null> {
  const { place, loads, parts } = about;
  if (loads === null || loads.ram === null || loads.ram.base === 'state') return null;
  return (await shorterChain({ place, manifest: loads, parts }))?.ram ?? loads.ram;
}
