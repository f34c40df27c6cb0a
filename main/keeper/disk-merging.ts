// While the guest runs: every checkpoint leaves a disk layer in its chain, 144 in a day. A chain that has grown long is
// merged in the background as before a wake, and the running guest is put on the merged file. It must never make the
// guest or a suspend wait: it runs when the PC has nothing else to do, is ended at once when it is told, and cut at any
// instant it leaves two chains that hold the same, of which the vault names one.
import { join } from 'node:path';
import { ok, type Result } from '../../preload/contract/result';
import type { Log } from '../files/log';
import { type MergePlan, planMerge } from '../generation/merge';
import { type Manifest, recordStanding, standOn } from '../generation/store';
import { standOnMerged } from '../guest/live-disk';
import { mergeLayers } from '../guest/merge-layers';
import type { LiveGuest } from './session';

const withinMs = 3_600_000;

/**
 * `live.session` stands on the merged chain afterwards; on the old one where there was nothing to merge, and after a
 * failure, which is in the log and tried again after the next checkpoint.
 */
export async function mergeDiskWhileRunning(about: {
  readonly live: LiveGuest;
  readonly log: Log;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { live, log, signal } = about;
  const { parent: manifest, below, layer } = live.session;
  const plan = planMerge(manifest);
  // Below a session that a failed checkpoint left is more than CURRENT's chain: the next checkpoint names that.
  if (plan === null || layer === null || below.length !== manifest.layers.length) return;
  const merged = await mergeLayers({
    ...{ place: live.subject.place, manifest, plan, signal, timeoutMs: withinMs },
    stand: ({ file, after }) => stand({ live, plan, file, after }),
  });
  if (merged.ok) {
    live.session = standOn(live.session, merged.value);
    log.say(`merged ${plan.merged.length} layers of generation ${manifest.number} under the running guest`);
  } else if (merged.fault.code !== 'cancelled') log.fault(merged.fault);
}

/** QEMU first, then the session's record: each of the two chains is whole as long as anything names it. */
async function stand(about: {
  readonly live: LiveGuest;
  readonly plan: MergePlan;
  readonly file: string;
  readonly after: Manifest;
}): Promise<Result<unknown>> {
  const { live, plan, file, after } = about;
  const { place } = live.subject;
  const { layer } = live.session;
  if (layer === null) return ok(undefined);
  const stands = await standOnMerged(live.qmp, {
    own: layer,
    merged: file,
    over: join(place.folder, plan.over.folder, plan.over.file),
    instead: plan.merged.map((one) => join(place.folder, one.folder, one.file)).toReversed(),
  });
  return stands.ok ? recordStanding(place, standOn(live.session, after)) : stands;
}
