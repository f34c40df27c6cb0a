// After a lazy wake most of the RAM is still only on the stick. This reads the rest in behind the guest and checks it,
// and watches for a page that QEMU could not read. It must never let a guest go on with memory that is known to be
// wrong: it is frozen, as it stands, and nothing is written.
//
//   a chunk is not what was saved   the vCPUs are stopped; for good: the older generation is what can be offered
//   a page cannot be read           the library has stopped all of QEMU (SIGSTOP); tried again every few seconds, so
//                                   that a stick which is put back lets the guest go on where it was
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import type { Log } from '../files/log';
import type { Touched } from '../guest/engine';
import { planFiles, readReport } from '../guest/lazy-plan';
import { statOf } from '../process/proc';
import { groundOf, type LiveGuest } from './session';

const lookEveryMs = 1_000;
const againEveryMs = 3_000;
/** The guest alone has the disk for so long after it woke; what it touched until then is its working set. */
const settledAfterMs = 3_000;

export interface BringIn {
  /** Why the guest stands still; null while it may run. */
  frozen(): Fault | null;
  /** Bytes read and checked since it woke, and all that were only on the stick; null: nothing was. */
  streamed(): { readonly done: number; readonly total: number } | null;
  /** The guest is being saved or is gone. */
  stop(): void;
}

/** `onFrozen`: also with null, when it goes on. */
export function bringIn(about: {
  readonly live: LiveGuest;
  readonly log: Log;
  /** It has run for a while: what it touched first is not known any more. */
  readonly adopted: boolean;
  readonly onProgress: OnProgress;
  readonly onFrozen: (fault: Fault | null) => void;
  /** All of it is here, and was what was saved. */
  readonly onWhole: (touched: Touched | null) => void;
}): BringIn {
  const { live, log } = about;
  const { wakes } = live.subject.engines;
  const gone = new AbortController();
  let frozen: Fault | null = null;
  let bytes: { done: number; total: number } | null = null;
  const freeze = (fault: Fault | null): void => {
    if (frozen === fault) return;
    frozen = fault;
    if (fault === null) log.say('its memory can be read again: the guest goes on');
    else log.fault(fault);
    about.onFrozen(fault);
  };

  const stream = async (): Promise<void> => {
    const touched = about.adopted ? null : await settle();
    if (gone.signal.aborted) return;
    const began = performance.now();
    const read = await wakes.readRest?.({
      ground: groundOf(live),
      signal: gone.signal,
      onBytes: (done, total) => {
        bytes = { done, total };
        const rate = done / Math.max(1, performance.now() - began); // bytes a millisecond
        const secondsLeft = done === 0 ? null : (total - done) / rate / 1000;
        about.onProgress({ stage: 'streaming', done, total, unit: 'bytes', secondsLeft, reversible: true });
      },
    });
    if (read === undefined || gone.signal.aborted) return;
    if (read.ok) return about.onWhole(touched);
    await live.qmp.execute('stop', {});
    freeze(read.fault);
  };

  const settle = async (): Promise<Touched | null> => {
    await delay(settledAfterMs, undefined, { signal: gone.signal, ref: false }).catch(() => {});
    if (gone.signal.aborted) return null;
    const noted = await wakes.noteTouched?.({ qemuPid: live.qemu.pid, ground: groundOf(live) });
    if (noted !== undefined && !noted.ok) log.fault(noted.fault);
    return noted?.ok ? noted.value : null;
  };

  /** Stopped by the library: its report says where, the kernel says that it stands. */
  const look = async (): Promise<void> => {
    if (gone.signal.aborted || !live.qemu.isAlive()) return;
    const stands = (await statOf(live.qemu.pid))?.state === 'T' ? await lostPage(live) : null;
    if (stands !== null) {
      freeze(stands);
      setTimeout(goOn, againEveryMs).unref();
      return;
    }
    if (frozen?.stage === 'guest.readRam') freeze(null);
    setTimeout(look, lookEveryMs).unref();
  };
  const goOn = (): void => {
    try {
      process.kill(live.qemu.pid, 'SIGCONT'); // it stops again at once if the page still cannot be read
    } catch {
      // It is gone.
    }
    setTimeout(look, lookEveryMs).unref();
  };

  if (wakes.readRest !== undefined) {
    void stream();
    void look();
  }
  return { frozen: () => frozen, streamed: () => bytes, stop: () => gone.abort() };
}

async function lostPage(live: LiveGuest): Promise<Fault | null> {
  const report = await readReport(planFiles(live.subject.files.runtimeFolder));
  if (!report.ok || report.value.lostAt === null) return null;
  const page = Math.floor(report.value.lostAt / 4096);
  return {
    code: 'io',
    stage: 'guest.readRam',
    message: `page ${page} of the guest's memory cannot be read from the disk; the guest stands still`,
    hint: 'put the stick back; nothing is lost',
  };
}
