// The manifest of a session that ends: from the running guest's facts, its layer's size on disk and what the engine
// wrote. `saved` null is a guest that switched itself off.
import type { Result } from '../../preload/contract/result';
import { fail, ok } from '../../preload/contract/result';
import { type Manifest, manifestSchema } from '../generation/manifest';
import { layersOf, type SavedOn, type SessionPlace } from '../generation/store';
import type { SavedState } from '../guest/engine';
import type { Subject } from './session';

/** Faults: missingFile (the layer is gone), bug (an engine said something that no manifest can hold). */
export async function manifestOf(about: {
  readonly subject: Subject;
  readonly session: SessionPlace;
  readonly saved: SavedState | null;
  /** Where the state was saved; null for a guest that is off, or where it could not be asked. */
  readonly savedOn: SavedOn | null;
  /** The guest goes on. */
  readonly checkpoint?: true;
}): Promise<Result<Manifest>> {
  const { subject, session, saved } = about;
  const stage = 'generation.seal';
  const layers = await layersOf(session);
  if (!layers.ok) return layers;
  const { definition } = subject;
  const made = manifestSchema.safeParse({
    format: 'soulpad-generation',
    version: 1,
    guest: definition.id,
    guestUuid: definition.uuid,
    number: session.number,
    parent: session.parent.number,
    createdAt: new Date().toISOString(),
    machine: definition.machine,
    cpuModel: definition.cpuModel,
    ramBytes: definition.ramBytes,
    engine: saved === null ? null : saved.state.format === 'mapped-ram' ? 'full' : 'lazy',
    layers: layers.value,
    state: saved === null ? null : saved.state,
    ram: saved === null ? null : saved.ram,
    nonZeroBytes: saved === null ? null : saved.nonZeroBytes,
    ...(about.savedOn === null ? {} : { savedOn: about.savedOn }),
    ...(about.checkpoint === true ? { checkpoint: true } : {}),
  });
  if (made.success) return ok(made.data);
  return fail({
    code: 'bug',
    stage,
    message: `no manifest can say this: ${made.error.message.slice(0, 400)}`,
  });
}
