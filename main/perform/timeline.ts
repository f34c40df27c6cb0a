// Carries out the timeline's effects: reads a guest's saved moments and makes room. Room is made exactly as the last
// reading told it to the person.
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import type { Effect, Event } from '../flow/state';
import { readPicture } from '../guest/picture';
import { guestPlace, readGuest } from '../guest/store';
import { chainAfterThinning, makeRoom } from '../timeline/acts';
import { readMoments } from '../timeline/moments';
import type { OpenVault } from '../vault/vault';
import type { Guests, RunningGuest } from './parts';

type TimelineEffect = Extract<
  Effect<OpenVault, RunningGuest>,
  { do: 'readMoments' | 'makeRoom' | 'cancelMakeRoom' }
>;

export function isOfTimeline(effect: Effect<OpenVault, RunningGuest>): effect is TimelineEffect {
  return effect.do === 'readMoments' || effect.do === 'makeRoom' || effect.do === 'cancelMakeRoom';
}

export function timelinePerformer(about: {
  readonly guests: Guests;
  readonly send: (event: Event<OpenVault, RunningGuest>) => void;
  readonly onProgress: OnProgress;
  readonly start: (work: Promise<void>, failed: (fault: Fault) => Event<OpenVault, RunningGuest>) => void;
  /** RFC 3339 UTC. */
  readonly now: () => string;
}): (effect: TimelineEffect) => void {
  const { guests, send, onProgress, start, now } = about;
  let told: readonly number[] = [];
  let stop = new AbortController();

  const read = async (vault: OpenVault, id: string): Promise<void> => {
    const definition = await readGuest(vault.guestsFolder, id);
    if (!definition.ok) return send({ is: 'momentsFailed', fault: definition.fault });
    const moments = await readMoments({ places: vault, definition: definition.value }, now());
    if (!moments.ok) return send({ is: 'momentsFailed', fault: moments.fault });
    const card = await guests.card(vault, definition.value);
    told = moments.value.goes;
    send({ is: 'momentsRead', timeline: moments.value.timeline, card });
  };

  const free = async (vault: OpenVault, id: string): Promise<void> => {
    stop = new AbortController();
    const definition = await readGuest(vault.guestsFolder, id);
    if (!definition.ok) return send({ is: 'roomFailed', fault: definition.fault });
    const made = await makeRoom(
      { places: vault, definition: definition.value },
      {
        goes: { by: 'number', numbers: told },
        longest: chainAfterThinning,
        ...{ onProgress, signal: stop.signal },
      },
    );
    send(
      made.ok
        ? { is: 'roomMade', freedBytes: made.value.freedBytes }
        : { is: 'roomFailed', fault: made.fault },
    );
  };

  return (effect) => {
    switch (effect.do) {
      case 'readMoments':
        return start(read(effect.vault, effect.id), (fault) => ({ is: 'momentsFailed', fault }));
      case 'makeRoom':
        return start(free(effect.vault, effect.id), (fault) => ({ is: 'roomFailed', fault }));
      case 'cancelMakeRoom':
        return stop.abort();
    }
  };
}

/** A saved moment's last screen as PNG; null when there is none, or none that may be shown. */
export async function momentPicture(about: {
  readonly vault: OpenVault;
  readonly id: string;
  readonly number: number;
}): Promise<Uint8Array<ArrayBuffer> | null> {
  const { vault, id, number } = about;
  const definition = await readGuest(vault.guestsFolder, id);
  if (!definition.ok) return null;
  const read = await readPicture(guestPlace(vault.guestsFolder, definition.value), number);
  return read.ok && read.value !== null ? Uint8Array.from(read.value) : null;
}
