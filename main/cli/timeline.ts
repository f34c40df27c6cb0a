// `soulpad timeline ...`: the saved moments of a guest. `list` reads the small files only; `verify` reads every byte of
// every generation once and compares it with what was recorded when it was saved.
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import {
  type GenerationEntry,
  type GuestPlace,
  generationFolder,
  listGenerations,
  type Manifest,
  readCurrent,
  readSums,
  type Sums,
  verifyGeneration,
} from '../generation/store';
import { guestPlace, readGuest } from '../guest/store';
import { findKeepers } from '../keeper/handle';
import { inOpenVault } from './open-vault';
import { secretOptions } from './options';
import { sayTimeline } from './sentences';
import type { DataOf } from './surface';
import { type Asked, verb } from './verb';

type Timeline = DataOf<'timeline.list'>;
type Generation = Timeline['generations'][number];

/** What reading a generation through came to: `verified` null where nothing was recorded to compare with. */
interface Finding {
  readonly verified: boolean | null;
  readonly damage: string | null;
}

const unseen: Finding = { verified: null, damage: null };

const listVerb = verb({
  topic: 'timeline.list',
  words: ['timeline', 'list'],
  operand: 'ID',
  options: secretOptions,
  help: 'List the saved moments of a guest.',
  run: (asked) => readTimeline(asked, async () => ok(unseen)),
  say: sayTimeline,
});

const verifyVerb = verb({
  topic: 'timeline.verify',
  words: ['timeline', 'verify'],
  operand: 'ID',
  options: secretOptions,
  help: 'Read every saved moment of a guest through and compare it with what was written.',
  run: (asked) => readTimeline(asked, (place, manifest) => readThrough({ asked, place, manifest })),
  say: sayTimeline,
  judge: (timeline) => {
    const damaged = timeline.generations.filter((generation) => generation.verified === false);
    if (damaged.length === 0) return null;
    return {
      code: 'damagedState',
      stage: 'timeline.verify',
      message: `damaged: ${damaged.map((generation) => generationFolder(generation.number)).join(', ')}`,
      hint: 'the other generations are whole; the data tells which file is wrong',
    };
  },
});

type Look = (place: GuestPlace, manifest: Manifest) => Promise<Result<Finding>>;

function readTimeline(asked: Asked, look: Look): Promise<Result<Timeline>> {
  return inOpenVault(asked, async (vault) => {
    const definition = await readGuest(vault.guestsFolder, asked.operand);
    if (!definition.ok) return definition;
    const place = guestPlace(vault.guestsFolder, definition.value);
    const current = await readCurrent(place);
    const listed = await listGenerations(place);
    if (!listed.ok) return listed;
    const generations: Generation[] = [];
    const spoilt = new Set<number>(); // generations whose own disk layer is not what was saved
    for (const entry of listed.value) {
      if (entry.kind === 'damaged') generations.push(damagedGeneration(entry.number, entry.fault));
      if (entry.kind !== 'whole') continue;
      const found = await look(place, entry.manifest);
      if (!found.ok) return found;
      if (found.value.damage?.includes('disk.qcow2')) spoilt.add(entry.number);
      generations.push(await generationOf({ place, manifest: entry.manifest, found: found.value, spoilt }));
    }
    const number = current.ok ? current.value : null;
    const alive = await findKeepers(vault);
    const isAwake = alive.some((found) => found.guestId === asked.operand);
    const unsavedSession = unsavedAfter({ entries: listed.value, current: number, isAwake });
    return ok({ current: number, unsavedSession, generations });
  });
}

/** Reads each of its own files once. Damage is an answer; only being stopped or refused is a fault. */
async function readThrough(about: {
  readonly asked: Asked;
  readonly place: GuestPlace;
  readonly manifest: Manifest;
}): Promise<Result<Finding>> {
  const { place, manifest, asked } = about;
  const watch = { onProgress: asked.onProgress, signal: asked.signal };
  const read = await verifyGeneration(place, manifest.number, watch);
  if (!read.ok) return findingOf(read.fault);
  return ok({ verified: read.value ? true : null, damage: null });
}

function findingOf(fault: Fault): Result<Finding> {
  const isDamage = fault.code.startsWith('damaged') || fault.code === 'missingGeneration';
  return isDamage ? ok({ verified: false, damage: fault.message }) : fail(fault);
}

async function generationOf(about: {
  readonly place: GuestPlace;
  readonly manifest: Manifest;
  readonly found: Finding;
  readonly spoilt: ReadonlySet<number>;
}): Promise<Generation> {
  const { place, manifest, found } = about;
  const below = manifest.layers.find(
    (layer) => layer.generation !== manifest.number && about.spoilt.has(layer.generation),
  );
  const damage =
    found.damage ?? (below === undefined ? null : `it stands on a damaged layer, ${nameOf(below)}`);
  const layers: Generation['layers'] = [];
  for (const layer of manifest.layers) {
    const sums = await sumsOf(place, layer.generation);
    layers.push({ file: nameOf(layer), bytes: layer.bytes, sha256: sums?.['disk.qcow2'] ?? null });
  }
  return {
    number: manifest.number,
    parent: manifest.parent,
    createdAt: manifest.createdAt,
    engine: manifest.engine,
    layers,
    ram: manifest.ram,
    verified: damage === null ? found.verified : false,
    damage,
  };
}

async function sumsOf(place: GuestPlace, number: number): Promise<Sums | null> {
  const sums = await readSums(place, number);
  return sums.ok ? sums.value : null;
}

function nameOf(layer: Manifest['layers'][number]): string {
  return `${generationFolder(layer.generation)}/${layer.file}`;
}

/** Its manifest cannot be read: nothing is known of it but that it is damaged. */
function damagedGeneration(number: number, fault: Fault): Generation {
  const nothing = { parent: null, createdAt: null, engine: null, layers: [], ram: null };
  return { number, ...nothing, verified: false, damage: fault.message };
}

/**
 * The newest session after CURRENT's that was never saved: its disk layer is kept. While the guest is awake the newest
 * of all is the one that runs, and that is not lost.
 */
function unsavedAfter(about: {
  readonly entries: readonly GenerationEntry[];
  readonly current: number | null;
  readonly isAwake: boolean;
}): Timeline['unsavedSession'] {
  const sessions = about.entries.filter(
    (entry) => entry.kind === 'interrupted' && entry.number > (about.current ?? -1),
  );
  const newest = sessions.at(about.isAwake ? -2 : -1);
  if (newest?.kind !== 'interrupted') return null;
  return { generation: newest.number, since: newest.since, layerBytes: newest.layerBytes ?? 0 };
}

export const timelineVerbs = [listVerb, verifyVerb];
