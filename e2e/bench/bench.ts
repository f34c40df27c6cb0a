// `npm run -s bench -- NAME [--json]`: measures one thing against its physical limit or a peer in the same run.
// With --json: JSON lines on stdout. Exit 1 if a row was not verified or could not be measured, never for a ratio.
import { parseArgs } from 'node:util';
import type { Row } from './row';
import { benchStart } from './start';
import { benchState } from './state';

const benches: Record<string, (emit: (row: Row) => void) => Promise<void>> = {
  start: benchStart,
  state: benchState,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' } },
  });
  const bench = benches[positionals[0] ?? ''];
  if (bench === undefined) {
    console.error(`usage: npm run -s bench -- ${Object.keys(benches).join('|')} [--json]`);
    return 64;
  }
  let verified = true;
  await bench((row) => {
    verified &&= row.verified;
    console.log(values.json ? JSON.stringify(row) : sentence(row));
  });
  return verified ? 0 : 1;
}

function sentence(row: Row): string {
  const limit = row.limit === null ? '' : ` (limit ${row.limit})`;
  const time = row.seconds === null ? '' : ` ${row.seconds.toFixed(2)} s`;
  return `${row.bench} ${row.case}, ${row.method}:${time} = ${row.ratio.toFixed(2)} x ${row.baseline}${limit}${row.verified ? '' : ' NOT VERIFIED'}`;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
