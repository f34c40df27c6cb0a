// What a backup moves and takes, on a disk of 8 GiB of which a part is filled and 64 MiB scattered over it are changed:
// ours (frozen layers by restic) against restic over the whole image, and against a copy by QEMU's dirty bitmap, in the
// same run. Then what merging layers costs the next backup. Data is random: nothing can be compressed away.
//   --filled MiB   of the disk (default 2048)     --disk MiB   its size (default 8192)
import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  addRepository,
  keepByDefault,
  type Repository,
  readLocation,
  runBackup,
} from '../../main/backup/backup';
import type { Manifest } from '../../main/generation/manifest';
import { planMerge } from '../../main/generation/merge';
import {
  chainOf,
  generationPath,
  readManifest,
  recordSums,
  renameCurrent,
  stageCurrent,
  writeManifest,
} from '../../main/generation/store';
import { createLayer } from '../../main/guest/disk';
import { mergeLayers } from '../../main/guest/merge-layers';
import { addGuest, guestPlace } from '../../main/guest/store';
import { defineWitness } from '../../main/guest/witness';
import { findWitnessFiles } from '../../main/guest/witness-files';
import { run } from '../../main/process/run';
import { newRecoveryKey } from '../../main/vault/recovery/recovery-key';
import type { Result } from '../../preload/contract/result';
import { copyByBitmap } from './backup-bitmap';
import { type Row, rowOf } from './row';

const MiB = 1 << 20;
const changedBytes = 64 * MiB;
const clusterBytes = 64 * 1024;
const hourMs = 3_600_000;
const never = new AbortController().signal;

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.fault.stage}: ${result.fault.message}`);
  return result.value;
}

const tool = async (program: string, args: readonly string[], input?: string): Promise<string> => {
  const ran = must(
    await run({
      ...{ program, args, stage: 'bench', timeoutMs: hourMs, maxOutputBytes: 64 << 20 },
      ...(input === undefined ? {} : { input: Buffer.from(input) }),
    }),
  );
  return ran.stdout.toString('utf8');
};

export async function benchBackup(emit: (row: Row) => void, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      disk: { type: 'string', default: '8192' },
      filled: { type: 'string', default: '2048' },
      under: { type: 'string', default: tmpdir() },
    },
  });
  const ground = await mkdtemp(join(values.under, 'soulpad-bench-backup-'));
  try {
    await measure({
      ground,
      emit,
      diskBytes: Number(values.disk) * MiB,
      filledBytes: Number(values.filled) * MiB,
    });
  } finally {
    await rm(ground, { recursive: true, force: true });
  }
}

async function measure(about: {
  readonly ground: string;
  readonly emit: (row: Row) => void;
  readonly diskBytes: number;
  readonly filledBytes: number;
}): Promise<void> {
  const { ground, emit, diskBytes, filledBytes } = about;
  const shared = {
    bench: 'backup',
    changedBytes,
    runs: 1,
    spread: 0,
    parameters: { diskBytes, filledBytes },
  };
  const world = await makeGuest({ ground, diskBytes, filledBytes });
  const { place, backUp } = world;
  const raw = join(ground, 'image');
  const base = join(generationPath(place, 0), 'disk.qcow2');

  const plain = await plainRestic(join(ground, 'plain'));
  const sameBytes = await timed(() => plain.store(place.folder));
  const first = await timed(backUp);
  emit(
    rowOf({
      ...{
        ...shared,
        case: 'first',
        method: 'ours',
        seconds: first.seconds,
        bytesMoved: first.value.bytesMoved,
      },
      ...{
        baseline: 'restic over the same files',
        baselineSeconds: sameBytes.seconds,
        baselineBytes: sameBytes.value,
      },
      ...{
        ratio: first.seconds / sameBytes.seconds,
        limit: 1.1,
        verified: first.value.bytesMoved > filledBytes / 2,
      },
    }),
  );

  await tool('qemu-img', ['convert', '-O', 'raw', base, raw]);
  const whole = await plainRestic(join(ground, 'whole'));
  await whole.store(raw);
  const bitmap = await copyByBitmap({
    ground,
    base,
    diskBytes,
    change: (file) => scatter({ ground, file, diskBytes }),
  });

  const layer = await addGeneration({ ...world, ground, diskBytes });
  await rm(raw);
  await tool('qemu-img', ['convert', '-O', 'raw', layer, raw]);
  const layerBytes = (await stat(layer)).size;
  const increment = await timed(backUp);
  const again = await timed(() => whole.store(raw));
  const moved = {
    ...{ ...shared, case: 'increment', bytesMoved: increment.value.bytesMoved, seconds: increment.seconds },
    verified: increment.value.moments.length === 1,
  };
  emit(
    rowOf({
      ...{ ...moved, method: 'ours', baseline: 'restic over the whole image', baselineBytes: again.value },
      ...{ baselineSeconds: again.seconds, ratio: increment.seconds / again.seconds, limit: 0.1 },
    }),
  );
  emit(
    rowOf({
      ...{
        ...moved,
        method: 'ours, bytes',
        seconds: null,
        baseline: 'the frozen layer',
        baselineBytes: layerBytes,
      },
      ...{ ratio: increment.value.bytesMoved / layerBytes, limit: 1.2 },
    }),
  );
  emit(
    rowOf({
      ...{
        ...shared,
        case: 'increment',
        method: 'dirty bitmap',
        bytesMoved: bitmap.bytes,
        seconds: bitmap.seconds,
      },
      ...{
        baseline: 'restic over the whole image',
        baselineBytes: again.value,
        baselineSeconds: again.seconds,
      },
      ...{ ratio: bitmap.seconds / again.seconds, limit: null, verified: bitmap.bytes >= changedBytes / 2 },
    }),
  );

  await addGeneration({ ...world, ground, diskBytes });
  await backUp();
  await addGeneration({ ...world, ground, diskBytes });
  await backUp();
  const merged = await mergeNewest(world);
  const above = await addGeneration({ ...world, ground, diskBytes });
  const afterMerge = await timed(backUp);
  const [baseBytes, aboveBytes] = [(await stat(base)).size, (await stat(above)).size];
  emit(
    rowOf({
      ...{ ...shared, case: 'after merging 3 layers', method: 'ours', seconds: afterMerge.seconds },
      ...{ bytesMoved: afterMerge.value.bytesMoved, baseline: 'base, merged layer and new layer' },
      ...{ baselineBytes: baseBytes + merged + aboveBytes, limit: null },
      ratio: afterMerge.value.bytesMoved / (baseBytes + merged + aboveBytes),
      verified: afterMerge.value.moments.length === 1,
    }),
  );
}

async function makeGuest(about: {
  readonly ground: string;
  readonly diskBytes: number;
  readonly filledBytes: number;
}) {
  const { ground, diskBytes, filledBytes } = about;
  const vault = join(ground, 'vault');
  const guestsFolder = join(vault, 'guests');
  const runtimeFolder = join(ground, 'run');
  await mkdir(runtimeFolder, { mode: 0o700 });
  const drawn = defineWitness({ id: 'bench', name: 'Bench', createdAt: new Date().toISOString() });
  const definition = { ...drawn, disks: drawn.disks.map((disk) => ({ ...disk, bytes: diskBytes })) };
  const boot = must(findWitnessFiles());
  const buildDisk = async ({ file }: { file: string }) => {
    const raw = join(ground, 'filled');
    await fillRandom(raw, filledBytes);
    await tool('truncate', ['-s', String(diskBytes), raw]);
    await tool('qemu-img', ['convert', '-O', 'qcow2', raw, file]);
    await rm(raw);
    return { ok: true, value: undefined } as const;
  };
  must(await addGuest({ guestsFolder, definition, boot, buildDisk }));
  const where = must(readLocation(join(ground, 'repository')));
  const added = must(
    await addRepository({
      ...{ ...where, mountPoint: vault, recovery: newRecoveryKey(), sshKey: null, trust: null },
      settings: {
        name: 'bench',
        appendOnly: false,
        moments: 'all',
        afterSuspend: false,
        keep: keepByDefault,
      },
      ...{ now: new Date().toISOString(), signal: never },
    }),
  );
  const { repository }: { repository: Repository } = added;
  const places = { mountPoint: vault, guestsFolder, runtimeFolder, uuid: definition.uuid };
  const backUp = async () =>
    must(await runBackup({ places, repository, signal: never, sample: 'structure' }));
  return { place: guestPlace(guestsFolder, definition), backUp };
}

type Guest = Awaited<ReturnType<typeof makeGuest>>;

async function fillRandom(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  for (let at = 0; at < bytes; at += 8 * MiB)
    await file.write(randomBytes(Math.min(8 * MiB, bytes - at)), 0, null, at);
  await file.close();
}

/** 64 MiB in clusters all over the disk. */
async function scatter(about: {
  readonly ground: string;
  readonly file: string;
  readonly diskBytes: number;
}): Promise<void> {
  const { ground, file, diskBytes } = about;
  const sources = join(ground, 'sources');
  await rm(sources, { recursive: true, force: true });
  await mkdir(sources, { mode: 0o700 });
  const count = changedBytes / clusterBytes;
  const step = Math.floor(diskBytes / clusterBytes / count);
  // Each time others: what is changed in one session is seldom what was changed in the last.
  const phase = randomInt(step);
  const lines: string[] = [];
  for (let at = 0; at < count; at++) {
    // One each: what is equal would be stored once. 7919 is prime: neighbours in time lie far apart.
    const source = join(sources, String(at));
    await writeFile(source, randomBytes(clusterBytes), { mode: 0o600 });
    lines.push(
      `write -q -s ${source} ${(((at * 7919) % count) * step + phase) * clusterBytes} ${clusterBytes}`,
    );
  }
  await tool('qemu-io', [file], `${lines.join('\n')}\nquit\n`);
}

/** The guest's next saved moment: switched off, its disk changed. Answers its layer. */
async function addGeneration(
  about: Guest & { readonly ground: string; readonly diskBytes: number },
): Promise<string> {
  const { place, ground, diskBytes } = about;
  let number = 0;
  while ((await readManifest(place, number + 1)).ok) number += 1;
  const parent = must(await readManifest(place, number));
  const below = chainOf(parent).at(-1);
  if (below === undefined) throw new Error('a disk has a base');
  const next = number + 1;
  await mkdir(generationPath(place, next), { mode: 0o700 });
  const layer = join(generationPath(place, next), 'disk.qcow2');
  must(await createLayer({ file: layer, backing: join(place.folder, below.folder, below.file) }));
  await scatter({ ground, file: layer, diskBytes });
  const manifest: Manifest = {
    ...{ ...parent, number: next, parent: number, createdAt: new Date().toISOString() },
    layers: [...parent.layers, { generation: next, file: 'disk.qcow2', bytes: (await stat(layer)).size }],
  };
  must(await writeManifest(place, manifest));
  must(await stageCurrent(place, next));
  must(await renameCurrent(place));
  must(await recordSums(place, manifest));
  return layer;
}

async function mergeNewest({ place }: Guest): Promise<number> {
  let number = 0;
  while ((await readManifest(place, number + 1)).ok) number += 1;
  const manifest = must(await readManifest(place, number));
  const plan = planMerge(manifest, 2);
  if (plan === null) throw new Error('there is nothing to merge');
  const merged = must(await mergeLayers({ place, manifest, plan, timeoutMs: hourMs, signal: never }));
  return merged.layers.at(-1)?.bytes ?? 0;
}

/** restic as anybody uses it: `store` answers the bytes that were added. */
async function plainRestic(folder: string): Promise<{ store(path: string): Promise<number> }> {
  const restic = (args: readonly string[]) =>
    tool('restic', ['-r', folder, '--no-cache', ...args], 'bench\n');
  await restic(['init', '--repository-version', '2']);
  return {
    store: async (path) => {
      const said = await restic(['backup', '--json', path]);
      const summary = said.split('\n').find((line) => line.includes('"summary"')) ?? '{}';
      const read: unknown = JSON.parse(summary);
      return typeof read === 'object' && read !== null && 'data_added' in read ? Number(read.data_added) : 0;
    },
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const began = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - began) / 1000 };
}
