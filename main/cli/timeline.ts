// `soulpad timeline ...`: the saved moments of a guest. `list` reads the small files only; `verify` reads every byte of
// every generation once and compares it with what was recorded when it was saved.
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import {
  type GuestPlace,
  generationFolder,
  interruptedAfter,
  keepByDefault,
  listGenerations,
  type Manifest,
  type RamFile,
  readCurrent,
  readSums,
  type Sums,
  savedUntil,
  verifyGeneration,
} from '../generation/store';
import { guestPlace, readGuest } from '../guest/store';
import { findKeepers } from '../keeper/handle';
import { chainAfterThinning, goBackTo, makeRoom, type Whose } from '../timeline/acts';
import { ownFiles } from '../timeline/moments';
import { usage } from './arguments';
import { inOpenVault } from './open-vault';
import { secretOptions } from './options';
import { sayRolledBack, sayThinned, sayTimeline } from './sentences';
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
      hint: olderHint(timeline),
    };
  },
});

/** What to do about it: the newest moment that was read through and is whole. */
function olderHint(timeline: Timeline): string {
  const whole = timeline.generations.filter((generation) => generation.verified === true).at(-1);
  if (whole === undefined) return 'no generation was found whole; a backup can bring one back';
  if (whole.number === timeline.current) return 'the one that wakes next is whole';
  return `generation ${whole.number} is whole: soulpad timeline roll-back ID --to ${whole.number}`;
}

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
    const unsavedSession = await unsavedAfter(place, { entries: listed.value, current: number, isAwake });
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
    state: manifest.state === null ? 'off' : 'suspended',
    pc: manifest.savedOn?.pc ?? null,
    ...(await ownFiles(place, manifest.number)),
    layers,
    ram: ramOf(manifest),
    verified: damage === null ? found.verified : false,
    damage,
  };
}

/** The RAM's files by name: in the generation's own folder, or with the folder of another one before it. */
function ramOf({ number, ram }: Manifest): Generation['ram'] {
  if (ram === null || ram.base === 'state') return ram;
  const name = (file: RamFile): string =>
    file.generation === number ? file.file : `${generationFolder(file.generation)}/${file.file}`;
  return { base: name(ram.base), deltas: ram.deltas.map(name) };
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
  const unknown = { state: null, pc: null, bytes: 0, picture: false } as const;
  return { number, ...nothing, ...unknown, verified: false, damage: fault.message };
}

/** The session whose files would be lost by waking CURRENT; while the guest is awake the one before the running one. */
async function unsavedAfter(
  place: GuestPlace,
  about: Parameters<typeof interruptedAfter>[0],
): Promise<Timeline['unsavedSession']> {
  const found = interruptedAfter(about);
  if (found === null) return null;
  const until = await savedUntil(place, found.number);
  const { number: generation, since, layerBytes } = found;
  return { generation, since, until: until.ok ? until.value : null, layerBytes };
}

const rollBackVerb = verb({
  topic: 'timeline.roll-back',
  words: ['timeline', 'roll-back'],
  operand: 'ID',
  options: ['to', ...secretOptions],
  help: 'Wake an older moment next time. The present one is kept, and roll-back goes forward again too.',
  run: async (asked) => {
    const to = readNumber(asked, 'to', 999_999_999);
    if (!to.ok) return to;
    return withTimeline(asked, async (whose) => {
      const rolled = await goBackTo(whose, to.value);
      if (!rolled.ok) return rolled;
      const { from, to: manifest } = rolled.value;
      return ok({ id: asked.operand, from, to: manifest.number, createdAt: manifest.createdAt });
    });
  },
  say: sayRolledBack,
});

const thinVerb = verb({
  topic: 'timeline.thin',
  words: ['timeline', 'thin'],
  operand: 'ID',
  options: ['keep', ...secretOptions],
  help: 'Make room: old moments go, the last ones, one a day and one a week stay; long chains are merged.',
  run: async (asked) => {
    const last = readNumber(asked, 'keep', 10_000);
    if (!last.ok) return last;
    return withTimeline(asked, async (whose) => {
      // Who says how many wants these and no others.
      const keep = last.value === null ? keepByDefault : { last: last.value, days: 0, weeks: 0 };
      const goes = { by: 'rule', keep, now: new Date().toISOString() } as const;
      const { onProgress, signal } = asked;
      const thinned = await makeRoom(whose, { goes, longest: chainAfterThinning, onProgress, signal });
      if (!thinned.ok) return thinned;
      return ok({ id: asked.operand, ...thinned.value, removed: [...thinned.value.removed] });
    });
  },
  say: sayThinned,
});

/** A whole number from 0 up, null where the option was not given. Fault usage. */
function readNumber(asked: Asked, option: 'to' | 'keep', most: number): Result<number | null> {
  const given = asked.values[option];
  if (given === undefined) return ok(null);
  const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  return number <= most ? ok(number) : fail(usage(`--${option} takes a whole number`));
}

function withTimeline<T>(asked: Asked, work: (whose: Whose) => Promise<Result<T>>): Promise<Result<T>> {
  return inOpenVault(asked, async (vault) => {
    const definition = await readGuest(vault.guestsFolder, asked.operand);
    return definition.ok ? work({ places: vault, definition: definition.value }) : definition;
  });
}

export const timelineVerbs = [listVerb, verifyVerb, rollBackVerb, thinVerb];
