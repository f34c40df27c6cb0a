// Every shell script, found by its first line so that none escapes: shellcheck-clean, with the header that says what
// it is and as whom it runs, and `-h` works.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const left = new Set(['.git', 'node_modules', 'out', 'dist', 'test-results']);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (left.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

const scripts = filesBelow(root)
  .filter((path) => /^#!.*\b(?:ba|da)?sh\b/.test(readFileSync(path).subarray(0, 80).toString('latin1')))
  .map((path) => relative(root, path));

test('the scripts that everybody starts with are found', () => {
  expect(scripts).toEqual(expect.arrayContaining(['.ci/run', 'native-scripts/setup/run']));
});

test('shellcheck has nothing to say about any script', async () => {
  const checked = await execa('shellcheck', scripts, { cwd: root, reject: false });
  expect(checked.stdout).toBe('');
  expect(checked.exitCode).toBe(0);
});

test.each(scripts)('%s opens with its header and stops at the first error', (path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const names = ['Summary', 'Usage', 'Runs on', 'As', 'Prints'];
  const header = /^#!.*\n((?:#.*\n)+)/.exec(text)?.[1] ?? '';
  expect([...header.matchAll(/^# ([A-Z][a-z ]+): \S/gm)].map((field) => field[1])).toEqual(names);
  expect(text).toContain('set -euo pipefail');
  expect(text).not.toMatch(/^\s*eval\b/m);
  expect(statSync(join(root, path)).mode & 0o100, 'executable').not.toBe(0);
});

test.each(scripts)('%s explains itself with -h, without root', async (path) => {
  const helped = await execa(join(root, path), ['-h'], { reject: false, stdin: 'ignore', timeout: 10_000 });
  expect(helped.exitCode).toBe(0);
  expect(`${helped.stdout}${helped.stderr}`).toContain('Usage:');
});
