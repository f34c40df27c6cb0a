// Before a guest wakes: a chain that has grown long is merged, so that it stays bounded without anybody's doing. The
// person never waits for it longer than a few seconds: a merge that takes longer is given up, nothing has changed, and
// the guest wakes on the long chain. Only a chain that could take no further session is merged to the end.
import type { Log } from '../files/log';
import { maxLayers } from '../generation/manifest';
import { planMerge } from '../generation/merge';
import type { GuestPlace, Manifest } from '../generation/store';
import { mergeLayers } from '../guest/merge-layers';

const withinMs = 5_000;
/** A session on a full chain could never be saved. */
const fullWithinMs = 3_600_000;

/** The manifest that CURRENT's generation has now. The keeper holds the guest's lock. Never faults. */
export async function tidyBeforeWake(about: {
  readonly place: GuestPlace;
  readonly manifest: Manifest;
  readonly signal: AbortSignal;
  readonly log?: Log | undefined;
}): Promise<Manifest> {
  const { place, manifest, signal, log } = about;
  const plan = planMerge(manifest);
  if (plan === null) return manifest;
  const timeoutMs = manifest.layers.length >= maxLayers ? fullWithinMs : withinMs;
  const merged = await mergeLayers({ place, manifest, plan, signal, timeoutMs });
  if (merged.ok) {
    log?.say(`merged ${plan.merged.length} layers of generation ${manifest.number}`);
    return merged.value;
  }
  log?.fault(merged.fault);
  return manifest;
}
