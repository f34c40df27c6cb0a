// From measured cycles to rows: waking and sleeping as a whole against dd of the same bytes on the same disk, then each
// stage as a share of its whole, beside the paper's numbers.
//
// paper                                     ours
// BIOS, boot loader, host kernel, initrd,   not here: the desk's host runs already (the stick bench has them)
//   Host OS Autoconfig
// VM State Load + Resume                    unlock, check, start, load, firstRun
// VM Suspend                                stop
// VM State Save                             save (device state, RAM, fsync, rename), read back, close
import type { CycleBaseline, CycleCase, CycleRun } from './cycle';
import { type PaperRow, paperCycle, paperStages } from './paper';
import { type Row, rowOf } from './row';
import { deviation, mean, median, spreadOf } from './statistics';

type Seconds = (run: CycleRun) => number;

interface Stage {
  readonly name: string;
  readonly of: Seconds;
  readonly paper: PaperRow | null;
}

const { stateLoadAndResume, suspend, stateSave } = paperStages;

/** In the order in which they happen. */
export const resumeStages: readonly Stage[] = [
  { name: 'unlock', of: ({ woken }) => woken.seconds.unlock, paper: null },
  { name: 'check', of: ({ woken }) => woken.seconds.check, paper: null },
  { name: 'start', of: ({ woken }) => woken.seconds.start, paper: null },
  { name: 'load', of: ({ woken }) => woken.seconds.load, paper: stateLoadAndResume },
  { name: 'firstRun', of: ({ woken }) => woken.seconds.firstRun, paper: null },
];

export const suspendStages: readonly Stage[] = [
  { name: 'stop', of: ({ slept }) => slept.seconds.stop, paper: suspend },
  { name: 'save', of: ({ slept }) => slept.seconds.total - slept.seconds.stop, paper: stateSave },
  { name: 'read back', of: ({ slept }) => slept.seconds.verify, paper: null },
  { name: 'close', of: ({ slept }) => slept.seconds.close, paper: null },
];

const sumOf =
  (stages: readonly Stage[]): Seconds =>
  (run) =>
    stages.reduce((sum, { of }) => sum + of(run), 0);

export function cycleRows(about: {
  readonly each: CycleCase;
  readonly runs: readonly CycleRun[];
  readonly baseline: CycleBaseline;
}): readonly Row[] {
  const { each, runs, baseline } = about;
  const speed = each.megabytesPerSecond;
  const encrypted = each.vaultKind === 'gocryptfs';
  const rowFor = (
    what: Pick<Row, 'case' | 'method' | 'baseline' | 'paper'>,
    of: Seconds,
    limit: number,
  ): Row => {
    const seconds = runs.map(of);
    return rowOf({
      bench: 'cycle',
      ...what,
      engine: each.engine,
      vaultKind: each.vaultKind,
      guestRamBytes: each.ramBytes,
      nonZeroBytes: median(runs.map(({ slept }) => slept.nonZeroBytes)),
      changedBytes: runs.at(-1)?.slept.changedBytes ?? null,
      bytesMoved: median(runs.map(({ slept }) => slept.writtenBytes)),
      seconds: median(seconds),
      mean: mean(seconds),
      stddev: deviation(seconds),
      baselineSeconds: limit,
      ratio: median(seconds) / limit,
      limit: null,
      runs: runs.length,
      spread: median(seconds) === 0 ? 0 : spreadOf(seconds),
      verified: runs.every(({ verified }) => verified),
      diskBytesPerSecond: speed * (1 << 20),
    });
  };
  const whole = (act: 'resume' | 'suspend'): Row => {
    const [stages, limit] =
      act === 'resume' ? [resumeStages, baseline.readSeconds] : [suspendStages, baseline.writeSeconds];
    return {
      ...rowFor(
        {
          case: act,
          method: stages.map(({ name }) => name).join(', '),
          baseline: `dd of the same bytes, ${act === 'resume' ? 'read' : 'written and fsynced'}`,
          paper: paperCycle({ act, speed, encrypted }),
        },
        sumOf(stages),
        limit,
      ),
      baselineBytes: baseline.bytes,
    };
  };
  const stagesOf = (act: 'resume' | 'suspend'): readonly Row[] => {
    const stages = act === 'resume' ? resumeStages : suspendStages;
    const all = median(runs.map(sumOf(stages)));
    return stages.map(({ name, of, paper }) => {
      const method = `stage ${name}`;
      // The paper timed stages on its 18 MB/s disk only.
      const told = speed === 18 ? paper : null;
      return rowFor({ case: `${act}: ${name}`, method, baseline: `the whole ${act}`, paper: told }, of, all);
    });
  };
  return [whole('resume'), ...stagesOf('resume'), whole('suspend'), ...stagesOf('suspend')];
}
