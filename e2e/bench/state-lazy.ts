// The lazy engine on the throttled disk, against dd of the changed bytes and of the whole image on the same disk. The
// files are dropped from the page cache before each wake, so that every byte comes from the disk. The witness checks
// every page of its RAM in its first tick, so "all in" here is the guest itself having read and verified everything.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { generationFolder, type Manifest } from '../../main/generation/manifest';
import type { RamGround, SavedState } from '../../main/guest/engine';
import { lazyEngineWith } from '../../main/guest/lazy';
import {
  endMachines,
  exampleGuest,
  type Machine,
  must,
  startMachine,
} from '../../main/guest/machine.fixture';
import { findStateMap } from '../../main/guest/state-map';
import { run } from '../../main/process/run';
import { ddSeconds } from './dd';
import { type Row, rowOf } from './row';

const MiB = 1 << 20;
const signal = new AbortController().signal;
const onProgress = (): void => {};

export async function benchLazy(about: {
  readonly disk: string;
  readonly speed: number;
  readonly ramMiB: number;
  readonly emit: (row: Row) => void;
}): Promise<void> {
  const library = findStateMap();
  if (library === null) throw new Error('the mapping library is not built: native-scripts/state-map/build');
  const engine = lazyEngineWith(library);
  const folder = join(about.disk, 'lazy');
  const runtimeFolder = '/dev/shm/soulpad-bench-lazy';
  for (const made of [folder, runtimeFolder]) {
    rmSync(made, { recursive: true, force: true });
    mkdirSync(made, { mode: 0o700 });
  }
  const ramBytes = about.ramMiB * MiB;
  const commandLine = 'console=ttyS0 quiet loglevel=3 mitigations=off witness.tick=100';
  const definition = {
    ...exampleGuest,
    ramBytes,
    disks: [],
    boot: { ...exampleGuest.boot, commandLine },
  };
  const place = { folder, id: definition.id, uuid: definition.uuid };
  const generations: Manifest[] = [];
  const wake = async (): Promise<{ machine: Machine; runs: number }> => {
    const loads = generations.at(-1) ?? null;
    const ground: RamGround = { place, ramBytes, loads, runtimeFolder };
    const began = performance.now();
    const ordered = must(await engine.start(ground));
    const machine = await startMachine({ definition, ordered, incoming: loads !== null });
    await ordered.close();
    const qemuPid = machine.child.pid ?? 0;
    const { qmp } = machine;
    if (loads?.state) {
      const from = join(folder, generationFolder(loads.number));
      const order = { qmp, qemuPid, ground, folder: from, state: loads.state, onProgress, signal };
      must(await engine.restoreState(order));
    }
    must(await engine.proveMapping({ qemuPid, ground }));
    must(await qmp.execute('cont', {}));
    return { machine, runs: (performance.now() - began) / 1000 };
  };

  const suspend = async (machine: Machine): Promise<{ saved: SavedState; took: number }> => {
    const number = generations.length + 1;
    const into = join(folder, generationFolder(number));
    mkdirSync(into, { mode: 0o700 });
    const ground: RamGround = { place, ramBytes, loads: generations.at(-1) ?? null, runtimeFolder };
    const { qmp } = machine;
    must(await qmp.execute('stop', {}));
    const began = performance.now();
    const order = { qmp, qemuPid: machine.child.pid ?? 0, ground, folder: into, number, ramBytes };
    const saved = must(await engine.saveState({ ...order, onProgress, signal }));
    const took = (performance.now() - began) / 1000;
    await machine.kill();
    generations.push({
      ...{ format: 'soulpad-generation', version: 1, guest: place.id, guestUuid: place.uuid, number },
      ...{ parent: number - 1, createdAt: new Date().toISOString(), machine: definition.machine },
      ...{ cpuModel: definition.cpuModel, ramBytes, engine: 'lazy', layers: [], state: saved.state },
      ...{ ram: saved.ram, nonZeroBytes: saved.nonZeroBytes },
    });
    for (const name of [saved.state.file, 'ram.base', 'ram.delta', 'ram.index'])
      await run({
        ...{ program: 'dd', args: [`if=${join(into, name)}`, 'iflag=nocache', 'count=0', 'status=none'] },
        ...{ stage: 'bench.drop', expected: [0, 1] }, // 1: a base has no delta
      });
    return { saved, took };
  };

  try {
    const first = await wake();
    const born = await first.machine.nextTick();
    const base = await suspend(first.machine);
    const image = base.saved.nonZeroBytes;
    const { writeSeconds: imageWrite, readSeconds: imageRead } = await ddSeconds(folder, image);
    const second = await wake();
    const looked = performance.now();
    const seen = await second.machine.nextTick();
    const allIn = second.runs + (performance.now() - looked) / 1000;
    const delta = await suspend(second.machine);
    const { writeSeconds: changedWrite } = await ddSeconds(folder, delta.saved.writtenBytes);
    const third = await wake();
    const last = await third.machine.nextTick();
    const verified = [seen, last].every((tick) => tick.nonce === born.nonce && tick.ram.startsWith('ok'));
    const row = (part: Pick<Row, 'case' | 'method' | 'baseline' | 'limit'> & Partial<Row>): void => {
      const ratio = (part.seconds ?? Number.NaN) / (part.baselineSeconds ?? Number.NaN);
      about.emit(
        rowOf({
          ...{
            bench: 'state',
            engine: 'lazy',
            guestRamBytes: ramBytes,
            nonZeroBytes: image,
            runs: 1,
            spread: 0,
          },
          ...{ verified, diskBytesPerSecond: about.speed, changedBytes: delta.saved.changedBytes, ratio },
          ...part,
        }),
      );
    };
    const bytes = delta.saved.writtenBytes;
    row({
      ...{ case: 'suspend', method: 'changed pages', baseline: 'dd of the written bytes', limit: 1.25 },
      ...{ seconds: delta.took, baselineSeconds: changedWrite, baselineBytes: bytes, bytesMoved: bytes },
    });
    row({
      ...{ case: 'suspend', method: 'changed pages', baseline: 'dd of the image', limit: 0.1 },
      ...{ seconds: delta.took, baselineSeconds: imageWrite, baselineBytes: image, bytesMoved: bytes },
    });
    row({
      ...{ case: 'resume, until it runs', method: 'mapped', baseline: 'dd of the image, read', limit: 0.06 },
      ...{ seconds: second.runs, baselineSeconds: imageRead, baselineBytes: image },
    });
    row({
      ...{ case: 'resume, all in and verified by the guest', method: 'mapped, page by page' },
      ...{ baseline: 'dd of the image, read', limit: 1.1, seconds: allIn, baselineSeconds: imageRead },
    });
  } finally {
    await endMachines();
    for (const made of [folder, runtimeFolder]) rmSync(made, { recursive: true, force: true });
  }
}
