// The lazy engine: a guest's RAM is the saved pages themselves, mapped privately; QEMU reads what the guest touches and
// a save writes what it changed. The mapping is done by a preload library (native-scripts/state-map) and proven in
// /proc before the guest goes on. It must never end QEMU, never `cont`, and never hand out a file for writing.
// Recipe: QEMU's x-ignore-shared (qapi/migration.json); how a chain comes back was measured: docs/decisions/0006.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readBounded } from '../files/bounded';
import { ramFilesOf } from '../generation/manifest';
import { deltaRunsOf, viewOf, zeroedRunsOf } from '../generation/ram-chain';
import { checkPart } from '../generation/ram-check';
import { inodesOf, openParts, readChain } from '../generation/ram-files';
import { countPages, pageBytes } from '../generation/ram-index';
import { readTouched, writeTouched } from '../generation/ram-touched';
import type { Engine, EngineStart, RamGround, RestoreOrder } from './engine';
import { fullEngine } from './full';
import { readyToCopyLazily } from './lazy-copy';
import { readMappings, touchedPages } from './lazy-memory';
import { mappableRuns, planFiles, planRuns, readReport, writePlan } from './lazy-plan';
import { saveLazily } from './lazy-save';
import { warmUp } from './lazy-warm';
import { keepWarm, mergeRam } from './merge-ram';
import { asDamage, prepareMigration, startIncoming, watchMigration } from './migration';

const restoring = 'guest.restoreState';
const firstInherited = 3;
/** 64 MiB; more is no working set: the hint is forgotten, and the next wake shows a smaller one. */
const mostTouchedPages = 16_384;

/** `library`: absolute path of the mapping library. `mappable`: runs of pages that can be mapped over a base. */
export function lazyEngineWith(library: string, mappable = mappableRuns): Engine {
  return {
    name: 'lazy',
    start: async (ground) => start({ ground, library, mappable: await mappable() }),
    saveState: async (order) => saveLazily(order, await mappable()),
    readyToCopy: async (order) => readyToCopyLazily(order, await mappable()),
    restoreState,
    proveMapping,
    readRest,
    noteTouched,
    mergeRam: async (about) => mergeBelow({ ...about, mappable: await mappable() }),
  };
}

async function start(about: {
  ground: RamGround;
  library: string;
  mappable: number;
}): Promise<Result<EngineStart>> {
  const { ground, library } = about;
  const parts = await readChain(ground.place, ground.loads);
  if (!parts.ok) return parts;
  const indexes = parts.value.map((part) => part.index);
  const ramPages = ground.ramBytes / pageBytes;
  const view = viewOf(ramPages, indexes);
  const opened = await openParts(parts.value);
  if (!opened.ok) return opened;
  const files = planFiles(ground.runtimeFolder);
  const planned = await writePlan({
    files,
    ramBytes: ground.ramBytes,
    descriptors: opened.value.map((_, at) => firstInherited + at),
    runs: planRuns({
      ramPages,
      hasBase: indexes.length > 0,
      deltas: deltaRunsOf(view),
      zeroed: zeroedRunsOf(view, indexes[0]),
      most: about.mappable,
    }),
  });
  const touched = indexes.length === 0 ? [] : await readTouched(ground.place, ramPages);
  const warming = warmUp({ parts: parts.value, files: opened.value, view, touched });
  const close = async (): Promise<void> => {
    await warming;
    await closeAll(opened.value);
  };
  if (!planned.ok) {
    await close();
    return planned;
  }
  return ok({
    argv: [
      '-object',
      `memory-backend-file,id=ram0,size=${ground.ramBytes},mem-path=${files.key.replaceAll(',', ',,')},share=on`,
    ],
    environment: { LD_PRELOAD: library, SOULPAD_STATE_MAP: files.plan },
    descriptors: opened.value.map((file) => file.fd),
    warmed: warming,
    close,
  });
}

async function closeAll(files: readonly FileHandle[]): Promise<void> {
  for (const file of files) await file.close();
}

/** A generation of the full engine is read by the full engine, into memory that this one can save from. */
async function restoreState(order: RestoreOrder): Promise<Result<void>> {
  const { loads } = order.ground;
  if (loads === null || ramFilesOf(loads) === null) return fullEngine.restoreState(order);
  const { qmp, signal } = order;
  const path = join(order.folder, order.state.file);
  const whole = await verifyState(order, path);
  if (!whole.ok) return whole;
  const prepared = await prepareMigration(qmp, 'devices');
  if (!prepared.ok) return fail({ ...prepared.fault, stage: restoring });
  const started = await startIncoming(qmp, `file:${path}`);
  if (!started.ok) return fail({ ...asDamage(started.fault), stage: restoring });
  const loaded = await watchMigration({
    ...{ qmp, stage: restoring, signal },
    onAbort: () => qmp.execute('quit', {}),
    onBytes: () => {},
  });
  if (loaded.ok) return ok(undefined);
  if (signal.aborted)
    return fail({ code: 'cancelled', stage: restoring, message: 'cancelled while loading' });
  return fail({ ...asDamage(loaded.fault), stage: restoring });
}

/** The device state of exactly that RAM. Faults: damagedState, missingFile, denied, io. */
async function verifyState(order: RestoreOrder, path: string): Promise<Result<void>> {
  const parts = await readChain(order.ground.place, order.ground.loads);
  if (!parts.ok) return parts;
  const { bytes } = order.state;
  const read = await readBounded({ path, maxBytes: bytes, damaged: 'damagedState', stage: restoring });
  if (!read.ok) return read;
  const sum = createHash('sha256').update(read.value).digest('hex');
  if (sum === parts.value.at(-1)?.index.stateSha256) return ok(undefined);
  return fail({
    code: 'damagedState',
    stage: restoring,
    message: `${path} is not what was saved with the RAM`,
  });
}

/** The newest first: what was changed last is what is touched next. */
const readRest: NonNullable<Engine['readRest']> = async ({ ground, signal, onBytes }) => {
  const parts = await readChain(ground.place, ground.loads);
  if (!parts.ok) return parts;
  const newestFirst = parts.value.toReversed();
  const total = newestFirst.reduce((sum, part) => sum + countPages(part.index.data) * pageBytes, 0);
  if (total === 0) return ok(undefined);
  let done = 0;
  let told = 0;
  for (const part of newestFirst) {
    const opened = await openParts([part]);
    if (!opened.ok) return opened;
    const [file] = opened.value;
    if (file === undefined) continue;
    const checked = await checkPart({
      ...{ part, file, signal },
      onBytes: (bytes) => {
        done += bytes;
        if (done < total && performance.now() - told < 100) return;
        told = performance.now();
        onBytes(done, total);
      },
    });
    await file.close();
    if (!checked.ok) return checked;
  }
  return ok(undefined);
};

const noteTouched: NonNullable<Engine['noteTouched']> = async ({ qemuPid, ground }) => {
  const report = await readReport(planFiles(ground.runtimeFolder));
  if (!report.ok) return report;
  const at = report.value.mappedAt;
  if (at === null)
    return fail({ code: 'kernelLacks', stage: 'guest.noteTouched', message: 'no RAM is mapped' });
  const ramPages = ground.ramBytes / pageBytes;
  const touched = await touchedPages({ pid: qemuPid, at, ramPages });
  if (!touched.ok) return touched;
  const useful = countPages(touched.value.all) <= mostTouchedPages;
  const noted = await writeTouched({ place: ground.place, ramPages, runs: useful ? touched.value.all : [] });
  return noted.ok ? touched : noted;
};

type MergeOrder = Parameters<NonNullable<Engine['mergeRam']>>[0] & { readonly mappable: number };

async function mergeBelow(about: MergeOrder): Promise<Result<string | null>> {
  const { ground, touched, mappable, signal, rest } = about;
  const { place, loads } = ground;
  if (loads === null) return ok(null);
  const merged = await mergeRam({ place, manifest: loads, mappable, signal, rest });
  if (!merged.ok) return merged;
  const warm = await keepWarm({ place, manifest: loads, touched: touched?.same ?? [], signal, rest });
  if (!warm.ok) return warm;
  const before = ramFilesOf(loads)?.length ?? 0;
  const after = (warm.value ?? merged.value)?.deltas.length;
  if (after === undefined) return ok(null);
  return ok(
    `${before} files of RAM became ${after + 1}${warm.value === null ? '' : ', a warm one among them'}`,
  );
}

async function proveMapping(about: { qemuPid: number; ground: RamGround }): Promise<Result<void>> {
  const { ground } = about;
  const files = planFiles(ground.runtimeFolder);
  const report = await readReport(files);
  if (!report.ok) return report;
  const at = report.value.mappedAt;
  if (at === null) {
    const message = 'the mapping library did not act: QEMU has not the RAM that was saved';
    return fail({ code: 'kernelLacks', stage: 'guest.mapRam', message });
  }
  const parts = await readChain(ground.place, ground.loads);
  if (!parts.ok) return parts;
  const inodes = await inodesOf(parts.value);
  const proven = await readMappings({
    pid: about.qemuPid,
    at,
    ramBytes: ground.ramBytes,
    inodes,
    key: files.key,
  });
  return proven.ok ? ok(undefined) : proven;
}
