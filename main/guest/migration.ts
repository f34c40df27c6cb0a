// One migration to or from a file, watched until it ends: what saving and restoring share. QEMU's word is asked with
// query-migrate; the MIGRATION event only makes us ask earlier. It must never leave a migration running behind it.
import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { Qmp } from '../qmp/commands';
import { faultFromText } from '../qmp/errors';

const betweenLooksMs = 150;
const unlimited = 2 ** 40; // bytes a second; QEMU's default is 128 MiB/s
const channels = 2; // as measured: more gain nothing on a stick
const answerMs = 30_000; // QEMU answers late while it writes to a slow stick

/**
 * The same on both sides. `all`: RAM and devices in one mapped-ram file, past the page cache or not. `devices`: RAM is
 * a shared file as far as QEMU knows, and is left out.
 */
export async function prepareMigration(
  qmp: Qmp,
  what: 'devices' | { readonly all: 'direct' | 'cached' },
): Promise<Result<void>> {
  const all = what !== 'devices';
  const set = await qmp.execute('migrate-set-capabilities', {
    capabilities: [
      { capability: 'mapped-ram', state: all },
      { capability: 'multifd', state: all },
      { capability: 'x-ignore-shared', state: !all },
      { capability: 'events', state: true },
    ],
  });
  if (!set.ok) return set;
  const tuned = await qmp.execute('migrate-set-parameters', {
    'multifd-channels': channels,
    'direct-io': all && what.all === 'direct',
    'max-bandwidth': unlimited,
  });
  return tuned.ok ? ok(undefined) : tuned;
}

/** From QEMU 9.1 on it can stay up after a failed load and say why; 9.0 just ends, which is `guestDied`. */
export async function startIncoming(qmp: Qmp, uri: string): Promise<Result<unknown>> {
  const version = await qmp.execute('query-version', {});
  if (!version.ok) return version;
  const { major, minor } = version.value.qemu;
  const stays = major > 9 || (major === 9 && minor >= 1);
  return qmp.execute('migrate-incoming', stays ? { uri, 'exit-on-error': false } : { uri });
}

/** QEMU read the file and did not like it: nothing else makes an incoming migration fail while QEMU lives. */
export function asDamage(fault: Fault): Fault {
  return fault.code === 'io' ? { ...fault, code: 'damagedState' } : fault;
}

const almostNothing = 1 << 20; // bytes

/** QEMU says only "Input/output error" for ENOSPC: the file system itself is asked whether it is full. */
export async function nameFullDisk(fault: Fault, folder: string): Promise<Fault> {
  if (fault.code !== 'io') return fault;
  const space = await statfs(folder).catch(() => null);
  return space !== null && space.bavail * space.bsize < almostNothing ? { ...fault, code: 'full' } : fault;
}

export interface Watch {
  readonly qmp: Qmp;
  readonly stage: string;
  /** Bytes of RAM dealt with, and all. */
  readonly onBytes: (done: number, total: number) => void;
  readonly signal: AbortSignal;
  /** Runs on `signal`: how this direction is given up. */
  readonly onAbort: () => Promise<unknown>;
}

/** Fulfils when the migration is over. Faults: cancelled, full, guestDied, io (QEMU's reason), timeout. */
export async function watchMigration(about: Watch): Promise<Result<void>> {
  const { qmp, stage, signal } = about;
  let wake: () => void = () => {};
  const unlisten = qmp.onEvent('MIGRATION', () => wake());
  const woken = (): void => wake();
  signal.addEventListener('abort', woken, { once: true });
  let givenUp = false;
  try {
    for (;;) {
      if (signal.aborted && !givenUp) {
        givenUp = true;
        await about.onAbort();
      }
      const event = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const asked = await qmp.execute('query-migrate', {}, { timeoutMs: answerMs });
      if (!asked.ok) return asked;
      const { status, ram, 'error-desc': reason } = asked.value;
      if (status === 'completed') return givenUp ? fail(cancelled(stage)) : ok(undefined);
      if (status === 'cancelled') return fail(cancelled(stage));
      if (status === 'failed') {
        if (givenUp) return fail(cancelled(stage));
        return fail(faultFromText({ stage, message: reason ?? 'migration failed without a reason' }));
      }
      if (ram !== undefined) about.onBytes(ram.total - ram.remaining, ram.total);
      await waitAtMost(betweenLooksMs, event);
    }
  } finally {
    unlisten();
    signal.removeEventListener('abort', woken);
  }
}

function cancelled(stage: string): Fault {
  return { code: 'cancelled', stage, message: 'cancelled before it was whole' };
}

async function waitAtMost(ms: number, event: Promise<void>): Promise<void> {
  const stop = new AbortController();
  await Promise.race([event, delay(ms, undefined, { signal: stop.signal }).catch(() => {})]);
  stop.abort();
}
