// `npm run -s bench -- NAME [--json] [OPTION...]`: measures one thing against its physical limit or a peer in the same
// run; what follows the name and is not --json is the bench's own. With --json: JSON lines on stdout. Exit 1 if a row was not verified or could not be measured, never for a ratio.
import { benchBackup } from './backup';
import { benchCycle } from './cycle';
import { benchDisplay } from './display';
import type { Row } from './row';
import { benchStart } from './start';
import { benchState } from './state';
import { benchStick } from './stick';
import { benchUnlock } from './unlock';
import { benchWork } from './work';

type Bench = (emit: (row: Row) => void, args: readonly string[]) => Promise<void>;

const benches: Record<string, Bench> = {
  backup: benchBackup,
  cycle: benchCycle,
  display: benchDisplay,
  start: benchStart,
  state: benchState,
  stick: benchStick,
  unlock: benchUnlock,
  work: benchWork,
};

async function main(): Promise<number> {
  const [name = '', ...rest] = process.argv.slice(2).filter((word) => word !== '--json');
  const json = process.argv.includes('--json');
  const bench = benches[name];
  if (bench === undefined) {
    console.error(`usage: npm run -s bench -- ${Object.keys(benches).join('|')} [--json] [OPTION...]`);
    return 64;
  }
  let verified = true;
  await bench((row) => {
    verified &&= row.verified;
    console.log(json ? JSON.stringify(row) : sentence(row));
  }, rest);
  return verified ? 0 : 1;
}

function sentence(row: Row): string {
  const limit = row.limit === null ? '' : ` (limit ${row.limit})`;
  const middle = row.mean ?? row.seconds;
  const deviation = row.stddev === null ? '' : ` (${row.stddev.toFixed(2)})`;
  const time = middle === null ? '' : ` ${middle.toFixed(2)} s${deviation}`;
  if (row.ratio === null) return `${row.bench} ${row.case}, ${row.method}: not measured, ${row.why}`;
  return `${row.bench} ${row.case}, ${row.method}:${time} = ${row.ratio.toFixed(2)} x ${row.baseline}${limit}${row.verified ? '' : ' NOT VERIFIED'}`;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
