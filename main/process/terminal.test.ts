// Real programs on real terminals: what they say arrives, and nothing that they started outlives them.
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runOnTerminal } from './terminal';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soulpad-terminal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function onTerminal(script: string, more: Partial<Parameters<typeof runOnTerminal>[0]> = {}) {
  let said = '';
  const ran = await runOnTerminal({
    program: 'bash',
    args: ['-c', script, 'bash', folder],
    stage: 'test',
    timeoutMs: 20_000,
    onText: (text) => {
      said += text;
    },
    ...more,
  });
  return { ran, said };
}

async function until(holds: () => boolean) {
  for (const deadline = Date.now() + 10_000; !holds(); await delay(20))
    if (Date.now() > deadline) throw new Error('did not come to hold');
}

/** A grandchild that ignores polite signals, and its pid in a file. */
const stubborn = `(trap '' TERM HUP INT; echo $BASHPID >"$1/pid"; while :; do sleep 1; done) & wait`;
const pidOf = () => readFileSync(join(folder, 'pid'), 'utf8').trim();
const isGone = () => !existsSync(`/proc/${pidOf()}/exe`) || zombie();
const zombie = () => /^State:\s+Z/m.test(readFileSync(`/proc/${pidOf()}/status`, 'utf8'));

describe('a program on a terminal', () => {
  it('is heard, sees a terminal, and ends with its own status', async () => {
    const { ran, said } = await onTerminal('test -t 1 && echo yes; echo é >&2; exit 3');
    expect(ran).toEqual({ ok: true, value: { status: 3 } });
    expect(said).toBe('yes\r\né\r\n');
  });

  it('is ended with all that it started when it is cancelled', async () => {
    const stop = new AbortController();
    const running = onTerminal(stubborn, { signal: stop.signal });
    await until(() => existsSync(join(folder, 'pid')) && pidOf() !== '');
    stop.abort();
    expect((await running).ran).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    await until(isGone);
  });

  it('is ended when it takes too long', async () => {
    const { ran } = await onTerminal(stubborn, { timeoutMs: 1_000 });
    expect(ran).toMatchObject({ ok: false, fault: { code: 'timeout' } });
    await until(isGone);
  });

  it('that is not installed is a fault', async () => {
    const { ran } = await onTerminal('', { program: 'soulpad-no-such-program' });
    expect(ran).toMatchObject({ ok: false, fault: { code: 'toolMissing' } });
  });
});
