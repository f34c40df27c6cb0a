// The build script as its users meet it: quick when there is nothing to do, clear when something is missing.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { build } from './witness-machine';

const script = join(import.meta.dirname, 'build');
let folder = '';
const at = (name: string) => join(folder, name);

function runBuild(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawnSync(script, args, { encoding: 'utf8', env: { ...process.env, ...env } });
}

/** An apt that has never seen a package list. */
function withoutLists(): Record<string, string> {
  for (const name of ['lists/partial', 'cache']) mkdirSync(at(name), { recursive: true });
  writeFileSync(at('apt.conf'), `Dir::State::lists "${at('lists')}"; Dir::Cache "${at('cache')}";\n`);
  return { APT_CONFIG: at('apt.conf') };
}

beforeAll(() => build(), 300_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'witness-build-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the build of the witness', () => {
  it('answers with the two files, and leaves them alone when there is nothing to do', () => {
    const before = statSync(build().initrd).mtimeMs;
    const { status, stdout, stderr } = runBuild([]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { kernel, initrd } = build();
    expect(JSON.parse(stdout)).toEqual({ kernel, initrd });
    expect(statSync(initrd).mtimeMs).toBe(before);
    expect(statSync(initrd).size).toBeLessThan(1 << 20);
  });

  it('gives the same bytes for the same sources, in a folder whose name needs quoting', () => {
    const other = build(['--out', at('a "b\\c')]);
    expect(other.initrd).toBe(at('a "b\\c/initrd'));
    expect(readFileSync(other.initrd).equals(readFileSync(build().initrd))).toBe(true);
  });

  it('is content with what was built before when the package lists are gone', () => {
    cpSync(join(build().kernel, '..'), at('out'), { recursive: true });
    const { status, stdout } = runBuild(['--out', at('out')], withoutLists());
    expect({ status, stdout: JSON.parse(stdout) }).toEqual({
      status: 0,
      stdout: { kernel: at('out/kernel'), initrd: at('out/initrd') },
    });
  });

  it('says that the package lists are missing when it needs them', () => {
    const { status, stdout, stderr } = runBuild(['--out', at('out')], withoutLists());
    expect({ status, stdout }).toEqual({ status: 69, stdout: '' });
    expect(stderr).toContain('apt-get update');
  });

  it.each([['--bad'], ['--out'], ['extra']])(
    'refuses %s as bad use, with the usage on stderr',
    (argument) => {
      const { status, stdout, stderr } = runBuild([argument]);
      expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
      expect(stderr).toContain('Usage:');
    },
  );

  it('explains itself', () => {
    const { status, stdout } = runBuild(['-h']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Summary: .*\nUsage: /);
  });
});
