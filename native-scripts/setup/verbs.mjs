// What each verb runs, on Node, in the checkout, after set-up.

/** @type {Record<string, readonly string[]>} */
const programs = {
  start: ['out/programs/launch.cjs'],
  soulpad: ['out/programs/soulpad.cjs'],
  bench: ['out/bench/bench.cjs'],
  test: ['native-scripts/setup/suites/run.mjs'],
  'test-full': ['native-scripts/setup/suites/run.mjs', '--full'],
  'test-stick': [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--configLoader',
    'runner',
    '--config',
    'e2e/stick/vitest.config.ts',
  ],
  package: ['native-scripts/setup/packaging/pack.mjs'],
  pictures: [
    'node_modules/@playwright/test/cli.js',
    'test',
    '--config',
    'e2e/pictures/playwright.config.ts',
    'docs.spec',
  ],
  tour: ['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e/tour/playwright.config.ts'],
};

/** @param {string} verb @param {readonly string[]} args @returns {string[]} arguments for node */
export function commandOf(verb, args) {
  const program = programs[verb];
  if (program === undefined) throw new Error(`no such verb: ${verb}`);
  return [...program, ...args];
}
