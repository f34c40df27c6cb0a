import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { endChild, startBound } from './bound';
import { findProgram } from './program-search';

/** Gone or a zombie: a process that runs no more. */
function isDead(pid: number): boolean {
  return !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

it('names the package of a program that is not installed', () => {
  const started = startBound({ program: 'no-such-program', packageName: 'some', stage: 'test', args: [] });
  expect(started).toMatchObject({
    ok: false,
    fault: { code: 'toolMissing', hint: expect.stringContaining('some') },
  });
});

it('finds programs on PATH and takes a path as it is', () => {
  expect(findProgram('sh')).toMatch(/\/sh$/);
  expect(findProgram('sh', '')).toBeNull();
  expect(findProgram('/opt/thing')).toBe('/opt/thing');
});

it('ends a program that ignores TERM, and returns when it is gone', async () => {
  const started = startBound({
    program: 'sh',
    packageName: 'dash',
    stage: 'test',
    args: ['-c', 'trap "" TERM; echo up; while :; do sleep 1; done'],
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (!started.ok || started.value.process.stdout === null) throw new Error('sh did not start');
  await once(started.value.process.stdout, 'data');
  await endChild(started.value, 100);
  expect(isDead(started.value.pid ?? 0)).toBe(true);
});

it('leaves no child behind when its parent is killed', async () => {
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const c = require('child_process').spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'sleep', '600'], { detached: true, stdio: 'ignore' });
       console.log(c.pid); setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = Number(said.toString());
  // setpriv has become the program: the death signal is set.
  await vi.waitUntil(() => readFileSync(`/proc/${child}/comm`, 'utf8') === 'sleep\n', { timeout: 5_000 });
  parent.kill('SIGKILL');
  await vi.waitUntil(() => isDead(child), { timeout: 5_000 });
});
