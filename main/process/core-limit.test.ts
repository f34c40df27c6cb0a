import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { mayDumpCore, refuseCoreDumps } from './core-limit';

// The limit of this test's own process cannot be raised again, and need not be.
it('takes core dumps from this process and from what it started before and starts after', async () => {
  const before = spawn('sleep', ['60']);
  const limited = await refuseCoreDumps('test');
  const after = spawn('sleep', ['60']);
  try {
    expect(limited.ok).toBe(true);
    const pids = [process.pid, before.pid ?? 0, after.pid ?? 0];
    expect(pids.map((pid) => mayDumpCore(pid))).toEqual([false, false, false]);
  } finally {
    for (const child of [before, after]) child.kill('SIGKILL');
  }
});

it('says of a process that is gone that it dumps nothing', () => {
  expect(mayDumpCore(2 ** 22 + 1)).toBe(false);
});
