// A vitest reporter that writes the counts and each skipped test's reason (`context.skip(reason)`, or the title where
// a condition skipped it) as JSON to the file named by SOULPAD_VITEST_REPORT.
import { writeFileSync } from 'node:fs';

export default class {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} errors outside of any test
   */
  onTestRunEnd(modules, errors) {
    /** @type {import('./reports.mjs').Tally} */
    const tally = { passed: 0, failed: errors.length, skipped: [] };
    for (const module of modules) {
      // A file that could not be loaded has no tests to count.
      if (module.state() === 'failed' && module.children.size === 0) tally.failed++;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') tally.passed++;
        else if (result.state === 'skipped')
          tally.skipped.push({
            title: test.fullName,
            reason: result.note ?? 'its condition does not hold here',
          });
        else tally.failed++;
      }
    }
    const file = process.env.SOULPAD_VITEST_REPORT;
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(tally)}\n`);
  }
}
