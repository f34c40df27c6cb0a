// `npm test`: every suite, each with its time against its budget (budgets.json, seconds), all of them even when one
// fails; then the reason of each skipped test and one last line, `N passed, N failed[, N skipped]`. A suite that
// cannot be read counts as one failure: silence is never success. `--full` adds the scenarios tagged @full and what
// SOULPAD_FULL makes longer: 300 power cuts, every screen's whole grid, the desktop's own boot.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readPlaywright, readVitest } from './reports.mjs';

/** @typedef {import('./reports.mjs').Tally} Tally */

const root = join(import.meta.dirname, '../../..');
const results = join(root, 'test-results');
/** @type {Record<string, number>} */
const budgets = JSON.parse(readFileSync(join(import.meta.dirname, 'budgets.json'), 'utf8'));
const tool = (/** @type {string} */ name) => join(root, 'node_modules/.bin', name);

const environment = {
  ...process.env,
  ELECTRON_OVERRIDE_DIST_PATH: join(root, 'out/electron'),
  ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
};

/**
 * Runs in front of the person; its words are kept back until it ends when it runs beside another one.
 * @param {readonly string[]} command
 * @param {{ aside?: boolean, env?: Record<string, string> }} [options]
 * @returns {Promise<number>} the exit status; 1 when it could not be started
 */
function run([program = '', ...args], { aside = false, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...environment, ...env },
      stdio: ['ignore', aside ? 'pipe' : 'inherit', aside ? 'pipe' : 'inherit'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (said += bytes));
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
    child.once('close', (status) => {
      if (status !== 0) process.stdout.write(said);
      resolve(status ?? 1);
    });
  });
}

/** @param {readonly (readonly string[])[]} commands each counts as one test; two at a time @returns {Promise<Tally>} */
async function checks(commands) {
  const waiting = [...commands];
  let failed = 0;
  const worker = async () => {
    for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
      if ((await run(command, { aside: true })) !== 0) {
        failed++;
        console.log(`  failed: ${command.map((word) => word.replace(`${root}/`, '')).join(' ')}`);
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return { passed: commands.length - failed, failed, skipped: [] };
}

function worlds() {
  const found = readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: false });
  const left = /^(node_modules|out|dist|test-results|\.git)\/|\/node_modules\//;
  return found
    .filter((path) => /(^|\/)tsconfig\.json$/.test(path) && path !== 'tsconfig.json' && !left.test(path))
    .sort();
}

/** @param {readonly string[]} files vitest's filters and options @param {boolean} full @returns {Promise<Tally>} */
async function vitest(files, full) {
  const report = join(results, 'vitest.json');
  rmSync(report, { force: true });
  // The runner loads the configuration without writing beside it: the sources are not ours to write.
  const status = await run(
    [
      tool('vitest'),
      'run',
      '--configLoader',
      'runner',
      '--reporter=dot',
      `--reporter=${join(import.meta.dirname, 'vitest-report.mjs')}`,
      ...files,
    ],
    { env: { SOULPAD_VITEST_REPORT: report, ...(full ? { SOULPAD_FULL: '1' } : {}) } },
  );
  return readVitest(report, status);
}

/** @param {boolean} full @returns {Promise<Tally>} */
async function playwright(full) {
  const report = join(results, 'playwright.json');
  rmSync(report, { force: true });
  const only = full ? [] : ['--grep-invert', '@full'];
  const status = await run([tool('playwright'), 'test', '--reporter=list,json', ...only], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report, ...(full ? { SOULPAD_FULL: '1' } : {}) },
  });
  return readPlaywright(report, status);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false } },
});
mkdirSync(results, { recursive: true });

/** @type {[string, () => Promise<Tally>][]} */
const suites = [
  ['types', () => checks(worlds().map((world) => [tool('tsc'), '-p', world]))],
  ['lint', () => checks([[tool('biome'), 'check', '--error-on-warnings', '.']])],
  [
    'imports',
    () =>
      checks([[tool('depcruise'), '--config', '.dependency-cruiser.cjs', 'app', 'main', 'preload', 'e2e']]),
  ],
  ['dead code', () => checks([[tool('knip')]])],
  [
    values.full ? 'unit and integration, full' : 'unit and integration',
    () => vitest(positionals, values.full),
  ],
];
if (existsSync(join(root, 'playwright.config.ts')))
  suites.push([values.full ? 'end to end, full' : 'end to end', () => playwright(values.full)]);

// The stick: built, and one boot by BIOS up to the open vault. All other PCs: npm run test:stick.
if (positionals.length === 0)
  suites.push(['stick', () => vitest(['--config', 'e2e/stick/vitest.config.ts', 'first-boot'], values.full)]);

/** @type {Tally} */
const all = { passed: 0, failed: 0, skipped: [] };
/** @type {{ suite: string, seconds: number, budgetSeconds: number | null, passed: number, failed: number, skipped: number }[]} */
const rows = [];
for (const [suite, go] of suites) {
  console.log(`== ${suite}`);
  const start = performance.now();
  const tally = await go();
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  all.passed += tally.passed;
  all.failed += tally.failed;
  all.skipped.push(...tally.skipped);
  rows.push({
    suite,
    seconds,
    budgetSeconds: budgets[suite] ?? null,
    passed: tally.passed,
    failed: tally.failed,
    skipped: tally.skipped.length,
  });
}

console.log('\nsuite                       seconds   budget   passed  failed  skipped');
for (const { suite, seconds, budgetSeconds, passed, failed, skipped } of rows) {
  const over = budgetSeconds !== null && seconds > budgetSeconds ? '  over its budget' : '';
  const cells = [
    seconds.toFixed(1).padStart(8),
    String(budgetSeconds ?? '-').padStart(9),
    String(passed).padStart(9),
    String(failed).padStart(8),
    String(skipped).padStart(9),
  ];
  console.log(`${suite.padEnd(27)}${cells.join('')}${over}`);
}
writeFileSync(join(results, 'suites.json'), `${JSON.stringify(rows)}\n`);
for (const { title, reason } of all.skipped) console.log(`skipped: ${title}: ${reason}`);
const skipped = all.skipped.length > 0 ? `, ${all.skipped.length} skipped` : '';
console.log(`${all.passed} passed, ${all.failed} failed${skipped}`);
process.exitCode = all.failed === 0 ? 0 : 1;
