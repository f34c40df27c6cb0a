// One migration to or from a file, watched until it ends: what saving and restoring share. QEMU's word is asked with
// query-migrate; the MIGRATION event only makes us ask earlier. It must never leave a migration running behind it.
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { Qmp } from '../qmp/commands';
import { faultFromText } from '../qmp/errors';

const betweenLooksMs = 150;
const unlimited = 2 ** 40; // bytes a second; QEMU's default is 128 MiB/s
const channels = 2; // as measured: more gain nothing on a stick
const answerMs = 30_000; // QEMU answers late while it writes to a slow stick

/** The same on both sides. `directIo` where the file system takes O_DIRECT. */
export async function prepareMigration(qmp: Qmp, directIo: boolean): Promise<Result<void>> {
  const capabilities = (['mapped-ram', 'multifd', 'events'] as const).map((capability) => ({
    capability,
    state: true,
  }));
  const set = await qmp.execute('migrate-set-capabilities', { capabilities });
  if (!set.ok) return set;
  const tuned = await qmp.execute('migrate-set-parameters', {
    'multifd-channels': channels,
    'direct-io': directIo,
    'max-bandwidth': unlimited,
  });
  return tuned.ok ? ok(undefined) : tuned;
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
