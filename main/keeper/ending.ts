// How a guest ends when it is not suspended: it switched itself off (its disk becomes a powered-off generation), it
// was dropped, or QEMU died (the session's layer stays, CURRENT is not touched).
import type { Ended } from '../../preload/contract/keeper';
import type { Log } from '../files/log';
import { readCurrent, recordSums, seal } from '../generation/store';
import { manifestOf } from './manifest';
import type { LiveGuest } from './session';

const quitWithinMs = 20_000;

/** `quit`, and SIGKILL for a QEMU that does not. Fulfils when the process is gone. */
export async function quitQemu({ qmp, qemu }: Pick<LiveGuest, 'qmp' | 'qemu'>): Promise<void> {
  // The answer may be lost with the process: that it is gone is what counts.
  void qmp.execute('quit', {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), quitWithinMs);
  });
  const first = await Promise.race([qemu.ended, late]);
  clearTimeout(timer);
  if (first === 'late') await qemu.kill();
  qmp.close();
}

/** The guest is off and QEMU is gone: its layer becomes a generation without RAM. A fault leaves the old CURRENT. */
export async function freezePoweredOff(live: LiveGuest, log: Log): Promise<Ended> {
  const { subject, session } = live;
  const manifest = await manifestOf({ subject, session, saved: null, savedOn: null });
  const sealed = manifest.ok
    ? await seal({ place: subject.place, session, manifest: manifest.value })
    : manifest;
  if (!manifest.ok || !sealed.ok) {
    const fault = manifest.ok ? (sealed.ok ? null : sealed.fault) : manifest.fault;
    if (fault !== null) log.fault(fault);
    // After the rename only the fsync of its folder can fail: then the new generation is what CURRENT names.
    const current = await readCurrent(subject.place);
    return { why: 'poweredOff', fault: current.ok && current.value === session.number ? null : fault };
  }
  const sums = await recordSums(subject.place, manifest.value);
  if (!sums.ok) log.fault(sums.fault);
  return { why: 'poweredOff', fault: null };
}
