// `bench -- state`: suspending and waking on a throttled disk, against dd of the same bytes and `virsh save` and
// `virsh restore` of the same guest on the same disk in the same run (issue 4's table). Every row is a part that can be
// measured alone (--rows), and one that fails says why and costs no other.
// The disk comes from native-scripts/bench/on-slow-disk (root). Reported, never asserted.
import type { Row } from './row';
import { givenSlowDisk, type SlowDisk } from './slow-disk';
import { measureDesktop } from './state-desktop';
import { measureDisk } from './state-disk';
import { readStateOptions, type StateOptions, type StatePart } from './state-options';
import { drawPlot } from './state-plot';
import { failedRow } from './state-row';
import { measureCheckpoints, measureGrowth, measureSessions } from './state-sessions';
import { measureSpeed } from './state-speed';

/** One part of the bench; whatever it throws becomes its row. */
export interface StateOrder {
  readonly disk: SlowDisk;
  readonly options: StateOptions;
  readonly emit: (row: Row) => void;
}

export async function benchState(emit: (row: Row) => void, args: readonly string[]): Promise<void> {
  const options = readStateOptions(args);
  const disk = givenSlowDisk();
  const rows: Row[] = [];
  const order: StateOrder = {
    ...{ disk, options },
    emit: (row) => {
      rows.push(row);
      emit(row);
    },
  };
  await part(order, 'disk', () => measureDisk(order));
  const sizes = options.rows.some((name) => speedParts.has(name)) ? [...new Set(options.ram)] : [];
  for (const ramMiB of sizes.sort((a, b) => a - b))
    await timed(`${ramMiB} MiB`, () => measureSpeed({ ...order, ramMiB }));
  await part(order, 'growth', () => measureGrowth(order));
  await part(order, 'checkpoint', () => measureCheckpoints(order));
  await part(order, 'sessions', () => measureSessions(order));
  await part(order, 'desktop', () => measureDesktop(order));
  await disk.setSpeed(0);
  if (options.plot !== null)
    console.error(`state: the plot is ${await drawPlot({ rows, file: options.plot })}`);
}

/** Measured for each guest size. */
const speedParts: ReadonlySet<StatePart> = new Set(['suspend', 'tick', 'allin', 'full', 'virsh']);

async function part(order: StateOrder, name: StatePart, measure: () => Promise<void>): Promise<void> {
  const { options, emit } = order;
  if (!options.rows.includes(name)) return;
  try {
    await timed(name, measure);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    emit(failedRow(options, { case: name, method: 'failed', baseline: 'none', limit: null }, why));
  }
}

/** How long each part takes is said on stderr: whoever has little time chooses by it. */
async function timed(name: string, measure: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await measure();
  console.error(`state: ${name} took ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
