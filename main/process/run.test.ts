import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run, start } from './run';

const stage = 'test';
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soulpad-run-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function sh(script: string, more: Partial<Parameters<typeof run>[0]> = {}) {
  return run({ program: 'sh', args: ['-c', script, 'sh', folder], stage, ...more });
}

/** True once the process whose pid stands in that file is gone. */
async function isGone(pidFile: string): Promise<boolean> {
  const pid = readFileSync(pidFile, 'utf8').trim();
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await delay(20)) {
    if (!existsSync(`/proc/${pid}`)) return true;
    if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return true;
  }
  return false;
}

describe('run', () => {
  it('gives back what a program said and how it ended', async () => {
    const ran = await sh('echo out; echo err >&2; exit 3', { expected: [0, 3] });
    expect(ran).toEqual({ ok: true, value: { status: 3, stdout: Buffer.from('out\n'), stderr: 'err\n' } });
  });

  it('hands over bytes on stdin, unchanged', async () => {
    const input = Buffer.from([0, 255, 10, 13, 0]);
    expect(await run({ program: 'cat', args: [], stage, input })).toMatchObject({ value: { stdout: input } });
  });

  it('passes arguments as they are, without a shell', async () => {
    const odd = '$(id); "x" \' *';
    expect(await run({ program: 'printf', args: ['%s', odd], stage })).toMatchObject({
      value: { stdout: Buffer.from(odd) },
    });
  });

  it('passes on no environment but what is listed, and speaks the C locale', async () => {
    process.env.LD_PRELOAD_PRETENDER = 'x';
    process.env.NODE_OPTIONS = '--no-warnings';
    const ran = await run({ program: 'env', args: [], stage, env: { OURS: '1' } });
    delete process.env.LD_PRELOAD_PRETENDER;
    delete process.env.NODE_OPTIONS;
    const said = ran.ok ? ran.value.stdout.toString() : '';
    expect(said).toContain('OURS=1');
    expect(said).toContain('LC_ALL=C.UTF-8');
    expect(said).not.toMatch(/PRETENDER|NODE_OPTIONS/);
  });

  it('ends a program that takes too long, with all it started', async () => {
    const began = Date.now();
    const ran = await sh('sleep 30 & echo $! > "$1/pid"; sleep 30', { timeoutMs: 300 });
    expect(ran).toMatchObject({ fault: { code: 'timeout', stage } });
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(await isGone(join(folder, 'pid'))).toBe(true);
  });

  it('ends a program that ignores being asked to', async () => {
    const ran = await sh('trap "" TERM; echo $$ > "$1/pid"; while :; do sleep 0.1; done', { timeoutMs: 300 });
    expect(ran).toMatchObject({ fault: { code: 'timeout' } });
    expect(await isGone(join(folder, 'pid'))).toBe(true);
  });

  it('does not wait for a grandchild that left the group with the pipe', async () => {
    const began = Date.now();
    const ran = await sh('setsid sh -c \'echo $$ > "$1/pid"; exec sleep 20\' sh "$1" & sleep 20', {
      timeoutMs: 500,
    });
    expect(ran).toMatchObject({ fault: { code: 'timeout' } });
    expect(Date.now() - began).toBeLessThan(8_000);
    const left = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    expect(left).toBeGreaterThan(1); // 0 would be ourselves
    process.kill(left, 'SIGKILL');
  });

  it('ends a program when it is cancelled, and does not start one that was cancelled before', async () => {
    const person = new AbortController();
    const running = sh('echo $$ > "$1/pid"; exec sleep 30', { signal: person.signal });
    while (!existsSync(join(folder, 'pid'))) await delay(10);
    person.abort();
    expect(await running).toMatchObject({ fault: { code: 'cancelled' } });
    expect(await sh('touch "$1/started"', { signal: person.signal })).toMatchObject({
      fault: { code: 'cancelled' },
    });
    expect(existsSync(join(folder, 'started'))).toBe(false);
  });

  it('refuses more output than it was told to keep', async () => {
    expect(await sh('head -c 100000 /dev/zero', { maxOutputBytes: 1000 })).toMatchObject({
      fault: { code: 'io' },
    });
  });

  it.each([
    ['a program that is not there', { program: 'no-such-program-here' }, 'toolMissing'],
    ['a working folder that is not there', { cwd: '/no/such/folder' }, 'io'],
    ['a failed program', { args: ['-c', 'echo why >&2; exit 1'] }, 'io'],
    ['a full disk', { args: ['-c', 'echo "write: No space left on device" >&2; exit 1'] }, 'full'],
    ['a program killed by a signal', { args: ['-c', 'kill -9 $$'] }, 'io'],
  ])('names %s', async (_, what, code) => {
    const ran = await run({ program: 'sh', args: ['-c', 'true'], stage, ...what });
    expect(ran).toMatchObject({ ok: false, fault: { code, stage } });
  });

  it('names a file that may not be started', async () => {
    const file = join(folder, 'text');
    await writeFile(file, 'text', { mode: 0o600 });
    expect(await run({ program: file, args: [], stage })).toMatchObject({ fault: { code: 'denied' } });
  });
});

describe('start', () => {
  it('tells how a child ended', async () => {
    expect(await start({ program: 'sh', args: ['-c', 'exit 7'] }).ended).toEqual({
      status: 7,
      signal: null,
      missing: false,
    });
  });

  it('tells that a program is missing', async () => {
    const child = start({ program: 'no-such-program-here', args: [] });
    expect(child.pid).toBeNull();
    expect(await child.ended).toMatchObject({ missing: true });
  });

  it('gives a detached child a session of its own', async () => {
    const child = start({ program: 'sleep', args: ['30'], detached: true });
    const session = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];
    expect(Number(session)).toBe(child.pid);
    child.process.kill('SIGKILL');
    expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
  });
});
