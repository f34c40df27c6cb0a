// Suspend and resume of RAM and device state by the engine on a throttled disk, against dd of the same bytes on the
// same disk in the same run: the disk's own speed is the limit. The witness checks every page after each resume.
// The disk comes from native-scripts/bench/slow-disk (root), which set-up's `bench` verb brings up and names in
// SOULPAD_SLOW_DISK; dd uses O_DIRECT, so the page cache serves neither side.
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fullEngine } from '../../main/guest/full';
import { endMachines, exampleGuest, must, startMachine } from '../../main/guest/machine.fixture';
import type { OnProgress } from '../../preload/contract/progress';
import { ddSeconds } from './dd';
import { type Row, rowOf } from './row';
import { givenSlowDisk } from './slow-disk';
import { benchLazy } from './state-lazy';
import { median, spreadOf } from './statistics';

const MiB = 1 << 20;
const runs = 3;
const sizes = [128, 512];
const silent: OnProgress = () => {};

interface Measured {
  readonly suspend: number;
  readonly resume: number;
  readonly bytes: number;
  readonly ddWrite: number;
  readonly ddRead: number;
  readonly verified: boolean;
}

export async function benchState(emit: (row: Row) => void): Promise<void> {
  const { folder: disk, bytesPerSecond: speed } = givenSlowDisk();
  for (const ramMiB of sizes) {
    const measured: Measured[] = [];
    for (let at = 0; at < runs; at++) measured.push(await once({ disk, ramMiB }));
    for (const act of ['suspend', 'resume'] as const) emit(rowFor({ act, ramMiB, speed, measured }));
    await benchLazy({ disk, speed, ramMiB, emit });
  }
}

function rowFor(about: {
  act: 'suspend' | 'resume';
  ramMiB: number;
  speed: number;
  measured: readonly Measured[];
}): Row {
  const { act, measured } = about;
  const seconds = measured.map((each) => each[act]);
  const baseline = measured.map((each) => (act === 'suspend' ? each.ddWrite : each.ddRead));
  const ratios = measured.map((_, at) => (seconds[at] ?? Number.NaN) / (baseline[at] ?? Number.NaN));
  const bytes = median(measured.map((each) => each.bytes));
  return rowOf({
    bench: 'state',
    case: act,
    method: act === 'suspend' ? 'mapped-ram, multifd, direct-io' : 'sum checked, then mapped-ram, multifd',
    engine: 'full',
    vaultKind: null,
    guestRamBytes: about.ramMiB * MiB,
    nonZeroBytes: bytes,
    bytesMoved: bytes,
    seconds: median(seconds),
    baseline: `dd of the same bytes, ${act === 'suspend' ? 'written and fsynced' : 'read'}`,
    baselineBytes: bytes,
    baselineSeconds: median(baseline),
    ratio: median(ratios),
    limit: 1.15,
    runs: measured.length,
    spread: spreadOf(ratios),
    verified: measured.every((each) => each.verified),
    diskBytesPerSecond: about.speed,
  });
}

async function once(about: { readonly disk: string; readonly ramMiB: number }): Promise<Measured> {
  const folder = join(about.disk, 'generation');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  const definition = {
    ...exampleGuest,
    ramBytes: about.ramMiB * MiB,
    disks: [],
    boot: {
      ...exampleGuest.boot,
      commandLine: 'console=ttyS0 quiet loglevel=3 mitigations=off witness.tick=100',
    },
  };
  const signal = new AbortController().signal;
  try {
    const first = await startMachine({ definition });
    must(await first.qmp.execute('cont', {}));
    const before = await first.nextTick();
    must(await first.qmp.execute('stop', {}));
    const suspendBegan = performance.now();
    const saved = must(
      await fullEngine.saveState({
        qmp: first.qmp,
        folder,
        ramBytes: definition.ramBytes,
        onProgress: silent,
        signal,
      }),
    );
    const suspend = (performance.now() - suspendBegan) / 1000;
    await first.kill();
    const { writeSeconds: ddWrite, readSeconds: ddRead } = await ddSeconds(folder, saved.writtenBytes);
    const second = await startMachine({ definition, incoming: true });
    // As the keeper does it: the sum of the whole file is checked first, then QEMU loads it.
    const resumeBegan = performance.now();
    const sum = createHash('sha256');
    for await (const chunk of createReadStream(join(folder, saved.state.file), { highWaterMark: 4 * MiB }))
      sum.update(chunk);
    sum.digest();
    must(
      await fullEngine.restoreState({
        qmp: second.qmp,
        folder,
        state: saved.state,
        onProgress: silent,
        signal,
      }),
    );
    must(await second.qmp.execute('cont', {}));
    const resume = (performance.now() - resumeBegan) / 1000;
    const after = await second.nextTick();
    await second.kill();
    const verified = after.nonce === before.nonce && after.n > before.n && after.ram.startsWith('ok');
    return { suspend, resume, bytes: saved.writtenBytes, ddWrite, ddRead, verified };
  } finally {
    await endMachines();
    rmSync(folder, { recursive: true, force: true });
  }
}
