// Old or new, never broken. The power goes (or only the processes) before every step that the protocol lists, and at
// random instants of saving and waking; then the guest is woken from what a disk that forgets gives back, and the
// witness checks every page of RAM and every block of its disk. Each outcome is tallied by phase. The test of the test:
// with one fsync lost on purpose the same run must find a guest that is broken.
//
// Runs as any user, without a loop device: what is lost is decided by a model that forgets more than a real file
// system may (forgetful-disk.fixture.ts). Torn sectors and caches that lie are not in it.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EngineChoice } from '../../preload/contract/keeper';
import type { Result } from '../../preload/contract/result';
import { type CheckpointStepName, checkpointSteps } from '../generation/checkpoint-protocol';
import { type StepName, suspendSteps } from '../generation/protocol';
import {
  collect,
  listGenerations,
  planThin,
  readCurrent,
  readManifest,
  thinOut,
  verifyGeneration,
} from '../generation/store';
import { argumentsOf, pids } from '../process/proc';
import { chance, cutPower, memoryOf, rememberAll } from './forgetful-disk.fixture';
import { openKeeper } from './handle';
import {
  endWorlds,
  kill,
  makeWorld,
  must,
  removeBundles,
  type Tick,
  ticks,
  until,
  type World,
  witnessIsBuilt,
  witnessMissing,
} from './keeper.fixture';
import { livesAsOurs } from './proof';

/** A cut takes about 4 seconds: 20 and the lost fsyncs were 2 minutes on two busy cores. */
const cuts = process.env.SOULPAD_FULL === '1' ? 300 : 20;
/** `auto` is the lazy engine wherever its library is built, and the one that people get: most cuts are its own. */
const lazyCuts = cuts === 20 ? 14 : cuts / 2;
/** Beside them: cuts within a live checkpoint. */
const checkpointCuts = cuts === 20 ? 6 : 60;
const seed = Number(process.env.SOULPAD_SEED ?? 20_261_123);

let program = '';
const repository = join(import.meta.dirname, '../..');

beforeAll(async () => {
  program = join(repository, 'out/test-programs', String(process.pid), 'cutting-keeper.cjs');
  const forgetful = join(import.meta.dirname, 'forgetful-durable.fixture.ts');
  await build({
    entryPoints: [join(import.meta.dirname, 'cutting-keeper.fixture.ts')],
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile: program },
    external: ['electron', 'argon2', 'node-pty'],
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'error',
    plugins: [
      {
        name: 'a disk that forgets',
        setup: (bundle) =>
          bundle.onResolve({ filter: /files\/durable$/ }, ({ importer }) =>
            importer === forgetful ? null : { path: forgetful },
          ),
      },
    ],
  });
});
afterEach(endWorlds);
afterAll(removeBundles);

interface Cut {
  readonly what: 'power' | 'processes';
  /** A step of the protocol: just before it. Else some time after saving (or waking) was begun. */
  readonly at: StepName | CheckpointStepName | 'saving' | 'waking';
  /** The guest lives on under a checkpoint instead of being suspended. */
  readonly checkpoint?: true;
}

/** Few: where the layer was changed, and around the rename. Else every step both ways, then random instants. */
function planCheckpointCuts(count: number): readonly Cut[] {
  const around = [
    'copyState',
    'fsyncFiles',
    'writeManifest',
    'renameCurrent',
    'fsyncGuestFolder',
    'giveBack',
  ];
  const named = checkpointSteps.filter(
    ({ name }) => count >= checkpointSteps.length || around.includes(name),
  );
  const both = ['power', 'processes'] as const;
  return [
    ...both.flatMap((what) => named.map(({ name }): Cut => ({ what, at: name, checkpoint: true }))),
    ...Array.from({ length: count }, (): Cut => ({ what: 'power', at: 'saving', checkpoint: true })),
  ].slice(0, count);
}

/** First every step once with a power cut, then the rest by turns. A very short run has those around the rename. */
function planCuts(count: number): readonly Cut[] {
  if (count < suspendSteps.length) {
    return suspendSteps.slice(-count - 1, -1).map((step): Cut => ({ what: 'power', at: step.name }));
  }
  const first: Cut[] = [
    ...suspendSteps.map((step): Cut => ({ what: 'power', at: step.name })),
    { what: 'power', at: 'waking' },
    { what: 'power', at: 'saving' },
    { what: 'processes', at: 'saving' },
    { what: 'processes', at: 'waking' },
  ];
  const later: Cut[] = [
    ...Array.from({ length: 6 }, (): Cut => ({ what: 'power', at: 'saving' })),
    ...suspendSteps.map((step): Cut => ({ what: 'processes', at: step.name })),
    ...first,
  ];
  return Array.from(
    { length: count },
    (_, n) => first[n] ?? later[(n - first.length) % later.length],
  ).flatMap((cut) => (cut === undefined ? [] : [cut]));
}

interface Outcome {
  readonly phase: string;
  readonly found: 'old' | 'new' | 'bad';
  readonly why: string;
}

interface Life {
  readonly world: World;
  readonly engine: EngineChoice;
  readonly random: () => number;
  born: Tick;
  /** How long a suspend took last, milliseconds: random instants are drawn from it. */
  savingMs: number;
  /** What CURRENT may name. */
  current: number;
}

/** A witness that was suspended once, on a disk that knows all of it. */
async function bornGuest(engine: EngineChoice, random: () => number): Promise<Life> {
  const world = await makeWorld();
  await rememberAll(memoryOf(world.places.runtimeFolder), world.place.folder);
  const handle = must(await open({ world, engine }));
  must(await handle.run());
  const [born] = await ticks(world);
  const began = performance.now();
  must(await handle.suspend());
  const savingMs = performance.now() - began;
  await handle.ended;
  await gone(world);
  handle.close();
  if (born === undefined) throw new Error('the witness said nothing');
  return { world, engine, random, born, savingMs, current: must(await readCurrent(world.place)) };
}

const open = ({ world, engine }: Pick<Life, 'world' | 'engine'>) =>
  openKeeper({ places: world.places, guestId: world.definition.id, engine, program });

/** One life: woken, checked, cut, and what the disk gives back. The next wake is the check of this one's outcome. */
async function liveAndDie(life: Life, cut: Cut): Promise<Outcome> {
  const { world, random } = life;
  await rememberAll(memoryOf(world.places.runtimeFolder), world.place.folder);
  await rm(join(world.files.runtimeFolder, 'cut'), { force: true });
  await rm(join(world.files.runtimeFolder, 'phase'), { force: true });
  const opened = must(await open(life));
  const before = life.current;
  if (cut.at === 'waking') {
    const running = opened.run();
    await delay(random() * 2_000);
    await killAll(world);
    opened.close();
    await running;
    await killAll(world);
  } else {
    must(await opened.run());
    await ticks(world);
    const isStep = cut.at !== 'saving';
    if (isStep) await writeFile(join(world.files.runtimeFolder, 'cut'), cut.at);
    const began = performance.now();
    const saving: Promise<Result<unknown>> = cut.checkpoint === true ? opened.checkpoint() : opened.suspend();
    if (!isStep) {
      await Promise.race([saving, delay(random() * random() * life.savingMs)]);
      await killAll(world);
      opened.close();
    }
    const saved = await saving;
    if (saved.ok) life.savingMs = performance.now() - began;
    // One that came to its end before the cut: the guest is there still.
    if (cut.checkpoint === true) await killAll(world);
  }
  opened.close();
  await gone(world);
  if (cut.what === 'power') {
    await cutPower({ memory: memoryOf(world.places.runtimeFolder), root: world.place.folder, random });
  }
  return judge(life, { cut, before });
}

/** Reads what is there as the next wake will, and lets the witness judge it. */
async function judge(life: Life, about: { cut: Cut; before: number }): Promise<Outcome> {
  const { world, born } = life;
  const act = about.cut.checkpoint === true ? 'checkpoint ' : '';
  const phase = `${about.cut.what} ${act}${about.cut.at}`;
  const bad = (why: string): Outcome => ({ phase, found: 'bad', why });
  const current = await readCurrent(world.place);
  if (!current.ok) return bad(current.fault.message);
  const whole = await verifyGeneration(world.place, current.value);
  if (!whole.ok) return bad(whole.fault.message);
  const found = current.value === about.before ? 'old' : 'new';
  await rm(join(world.files.runtimeFolder, 'cut'), { force: true });
  const handle = await open(life);
  if (!handle.ok) return bad(handle.fault.message);
  const ran = await handle.value.run();
  if (!ran.ok) return bad(ran.fault.message);
  const [tick] = await ticks(world);
  await killAll(world);
  handle.value.close();
  await gone(world);
  life.current = current.value;
  await makeRoom(life);
  if (tick?.nonce !== born.nonce || tick.ram !== 'ok' || tick.disk !== 'ok') return bad(JSON.stringify(tick));
  return { phase, found, why: '' };
}

async function killAll(world: World): Promise<void> {
  for (const pid of await livingOf(world)) kill(pid);
}

/** Keepers and QEMUs by their arguments: a keeper that is just being started has no record yet. */
async function livingOf(world: World): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of await pids()) {
    const args = await argumentsOf(pid);
    if (args.some((arg) => arg.includes(world.places.runtimeFolder)) && (await livesAsOurs(pid)))
      found.push(pid);
  }
  return found;
}

/** Neither keeper nor QEMU lives any more: a computer without power runs nothing. */
async function gone(world: World): Promise<void> {
  await until('keeper and QEMU to be gone', async () => {
    if ((await livingOf(world)).length === 0) return true;
    // One that was just being started, or a keeper that took over from the killed one.
    await killAll(world);
    return false;
  });
  await rm(world.files.record, { force: true });
}

/** Each moment is 100 MiB: old ones go, as they would in a vault. */
async function makeRoom({ world, current }: Life): Promise<void> {
  const entries = must(await listGenerations(world.place));
  const keep = { last: 1, days: 0, weeks: 0 };
  must(await thinOut(world.place, planThin({ entries, current, keep, now: new Date().toISOString() })));
  must(await collect(world.place, current));
  must(await readManifest(world.place, current));
}

function tally(outcomes: readonly Outcome[]): string {
  const rows = new Map<string, Record<Outcome['found'], number>>();
  for (const { phase, found } of outcomes) {
    const row = rows.get(phase) ?? { old: 0, new: 0, bad: 0 };
    row[found] += 1;
    rows.set(phase, row);
  }
  return [...rows]
    .sort()
    .map(([phase, row]) => `  ${phase.padEnd(38)} old ${row.old}  new ${row.new}  bad ${row.bad}`)
    .join('\n');
}

const withWitness = describe.skipIf(!witnessIsBuilt);
if (!witnessIsBuilt) console.warn(`skipped: ${witnessMissing}`);

withWitness('when the power goes', () => {
  test.each<[EngineChoice, number]>([
    ['auto', lazyCuts],
    ['full', cuts - lazyCuts],
  ])(
    'engine %s: the guest is as it was before or as it is now, %i times',
    async (engine, count) => {
      const life = await bornGuest(engine, chance(seed));
      const outcomes: Outcome[] = [];
      for (const cut of planCuts(count)) {
        const outcome = await liveAndDie(life, cut);
        outcomes.push(outcome);
        if (outcome.found === 'bad') break; // what is broken cannot live on
        const step = suspendSteps.find(({ name }) => name === cut.at);
        const promised = cut.what === 'power' ? step?.powerCut : step?.killed;
        if (promised === 'old' || promised === 'new')
          expect(outcome.found, `${cut.what} before ${cut.at}`).toBe(promised);
      }
      console.info(`engine ${engine}, seed ${seed}, ${outcomes.length} cuts\n${tally(outcomes)}`);
      expect(outcomes.filter(({ found }) => found === 'bad')).toEqual([]);
      expect(outcomes).toHaveLength(count);
      if (count < suspendSteps.length) return;
      const phases = new Set(outcomes.map(({ phase }) => phase));
      for (const { name } of suspendSteps) expect(phases).toContain(`power ${name}`);
    },
    cuts * 60_000,
  );
});

withWitness('when the power goes while a guest is saved that lives on', () => {
  test('the guest is as it was before or as it was at the checkpoint', async () => {
    const life = await bornGuest('auto', chance(seed));
    const outcomes: Outcome[] = [];
    const cutsOfCheckpoints = planCheckpointCuts(checkpointCuts);
    for (const cut of cutsOfCheckpoints) {
      const outcome = await liveAndDie(life, cut);
      outcomes.push(outcome);
      if (outcome.found === 'bad') break;
      const step = checkpointSteps.find(({ name }) => name === cut.at);
      const promised = cut.what === 'power' ? step?.powerCut : step?.killed;
      if (promised === 'old' || promised === 'new')
        expect(outcome.found, `${cut.what} before ${cut.at}`).toBe(promised);
    }
    console.info(`checkpoints, seed ${seed}, ${outcomes.length} cuts\n${tally(outcomes)}`);
    expect(outcomes.filter(({ found }) => found === 'bad')).toEqual([]);
    expect(outcomes).toHaveLength(checkpointCuts);
  }, 3_600_000);
});

withWitness('the test of the test: with one fsync lost', () => {
  test.each([
    ['the layer', 'disk.qcow2'],
    ['the state', 'state'],
    ['the manifest', 'manifest.json'],
    ['CURRENT', 'CURRENT'],
  ])(
    'of %s the same cuts find a broken guest',
    async (_what, file) => {
      let broken: Outcome | null = null;
      for (let tried = 0; tried < 4 && broken === null; tried++) {
        const life = await bornGuest('full', chance(seed + tried));
        await writeFile(join(life.world.files.runtimeFolder, 'forget'), file);
        const outcome = await liveAndDie(life, { what: 'power', at: 'quit' }).catch(
          (error: unknown): Outcome => ({ phase: 'wake', found: 'bad', why: String(error) }),
        );
        if (outcome.found === 'bad') broken = outcome;
        await endWorlds();
      }
      expect(broken?.found).toBe('bad');
    },
    240_000,
  );
});
