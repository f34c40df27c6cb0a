// Reads what vitest and Playwright report, into numbers. A report that is missing, or a runner that failed without a
// failed test (a crash, a broken set-up file), counts as one failure.
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: { title: string, reason: string }[] }} Tally */

/** @param {Tally} tally @param {number} status the runner's exit status @returns {Tally} */
function settled(tally, status) {
  const silent = status !== 0 && tally.failed === 0;
  return silent ? { ...tally, failed: 1 } : tally;
}

/** @param {string} file written by vitest-report.mjs @param {number} status @returns {Tally} */
export function readVitest(file, status) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] };
  return settled(JSON.parse(readFileSync(file, 'utf8')), status);
}

/**
 * @typedef {{ title: string, specs?: { title: string, tests: { status: string, annotations?: { type: string, description?: string }[] }[] }[], suites?: Suite[] }} Suite
 * as in playwright/test's JSONReport
 */

/** @param {string} file Playwright's json report @param {number} status @returns {Tally} */
export function readPlaywright(file, status) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] };
  /** @type {Tally} */
  const tally = { passed: 0, failed: 0, skipped: [] };
  const walk = (/** @type {Suite} */ suite) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'skipped') {
          const reason = test.annotations?.find(
            ({ type }) => type === 'skip' || type === 'fixme',
          )?.description;
          tally.skipped.push({ title: spec.title, reason: reason ?? 'no reason given' });
        } else if (test.status === 'expected') tally.passed++;
        // A test that passed only when tried again is not one to trust.
        else tally.failed++;
      }
    }
    for (const inner of suite.suites ?? []) walk(inner);
  };
  for (const suite of JSON.parse(readFileSync(file, 'utf8')).suites) walk(suite);
  return settled(tally, status);
}
