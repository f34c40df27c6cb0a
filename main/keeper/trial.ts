// A guest woken on trial, to see whether a copy of it wakes: the same code and the same machine as for the person, but
// its network leads nowhere, nothing of it is kept, and it dies with us. It must never be given the person's own guest:
// its places are a copy's.
import type { OnProgress } from '../../preload/contract/progress';
import { ok, type Result } from '../../preload/contract/result';
import { makeOwnFolder } from '../files/own-folder';
import { discardSession } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import { guestPlace } from '../guest/store';
import type { Qmp } from '../qmp/commands';
import { chooseEngines } from './engines';
import { guestFiles, type KeeperPlaces } from './places';
import { runGuest } from './run';

export interface Trial {
  readonly qmp: Qmp;
  readonly serialSocket: string;
  readonly agentSocket: string;
  /** Ends it at once; nothing it did is kept. */
  end(): Promise<void>;
}

/** Fulfils when it runs. Faults: as waking's; damaged* and guestDied: this copy does not wake. */
export async function wakeOnTrial(about: {
  readonly places: Pick<KeeperPlaces, 'runtimeFolder' | 'guestsFolder'>;
  readonly definition: GuestDefinition;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}): Promise<Result<Trial>> {
  const { definition, onProgress, signal } = about;
  const files = guestFiles({ ...about.places, ownerSocket: '' }, definition.id);
  const made = makeOwnFolder(files.runtimeFolder, 'keeper.trial');
  if (!made.ok) return made;
  const place = guestPlace(about.places.guestsFolder, definition);
  const engines = await chooseEngines({ asked: 'auto', place });
  if (!engines.ok) return engines;
  const subject = { definition, place, files, engines: engines.value, onTrial: true };
  const live = await runGuest({ subject, onProgress, signal });
  if (!live.ok) return live;
  const { qmp, qemu, session } = live.value;
  return ok({
    qmp,
    serialSocket: files.serialSocket,
    agentSocket: files.agentSocket,
    end: async () => {
      qmp.close();
      await qemu.kill();
      await discardSession(session);
    },
  });
}
