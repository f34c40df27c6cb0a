// The first run, one step after the other: language, passphrase, guest, recovery key, building. Secrets lie in the
// performer's box; here are only their comings and goings, so that every way out of a step says `forgetSecrets` where
// something is still kept. Once the vault is made, only guest and building remain, also at the next start.
//
//   language <> passphrase <> guest <> recovery > building > (vault is made) > (guest is made) > waking
//                             guest ------------> building                    with a vault that is made already
//
//   language <> where <> moments <> passphrase > building         a backup brought back (restoring.ts)
//
// Building can be stopped, which takes effect when the effect that runs has said how it ended: nothing half-made stays.
import type { Fault } from '../../preload/contract/fault';
import type { Progress, StageId } from '../../preload/contract/progress';
import type { GuestKind, GuestSize, Offer, Picked } from '../../preload/contract/setup';
import { backupForgotten, beginRestoring, makeForBackup, restoreGuests, restoringActs } from './restoring';
import type { Effect, Event, Inside, SettingUp, Step } from './state';
import { broken, close, lost, off, wake } from './steps';
import { advance, begin } from './work';

/** A PC without a vault. */
export function firstRun<V, G>(): Step<V, G> {
  return {
    state: {
      at: 'setup',
      inside: null,
      offers: null,
      picked: null,
      fault: null,
      restore: null,
      on: { step: 'language' },
    },
    effects: [{ do: 'askOffers', vault: null }],
  };
}

/** A vault without a guest: set-up was left or killed after it was made. */
export function goOnSettingUp<V, G>(inside: Inside<V>): Step<V, G> {
  return {
    state: {
      ...{ at: 'setup', inside, offers: null, picked: null, fault: null, restore: null },
      on: { step: 'guest', picking: false },
    },
    effects: [{ do: 'askOffers', vault: inside.vault }],
  };
}

export function setupActs<V, G>(state: SettingUp<V>, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    case 'offersKnown':
      return { state: { ...state, offers: sizesKept(event.offers, state.offers) }, effects: [] };
    case 'vaultLost':
      return state.inside === null ? null : lost(event.fault);
    case 'secretsForgotten':
      if (state.restore !== null) return backupForgotten(state, event.fault);
      if (state.inside !== null || state.on.step === 'language' || state.on.step === 'building') return null;
      return to(state, { on: { step: 'passphrase' }, fault: event.fault });
    case 'switchOffAsked':
      if (state.on.step === 'building') return stopping(state, { is: 'leave', at: event.at });
      return state.inside === null ? leave() : closed(state.inside, event.at);
    default:
      return stepActs(state, event);
  }
}

function stepActs<V, G>(state: SettingUp<V>, event: Event<V, G>): Step<V, G> | null {
  switch (state.on.step) {
    case 'language':
      if (event.is === 'restoreAsked') return beginRestoring(state);
      return event.is === 'setupNextAsked' ? to(state, { on: { step: 'passphrase' } }) : null;
    case 'where':
    case 'moments':
      return restoringActs(state, event);
    case 'passphrase':
      if (event.is === 'setupBackAsked')
        return to(state, { on: { step: state.restore === null ? 'language' : 'moments' } });
      if (event.is === 'passphraseRefused') return to(state, { fault: event.fault });
      if (event.is !== 'passphraseTaken') return null;
      if (state.restore !== null) return makeForBackup(state);
      return to(state, { on: { step: 'guest', picking: false } });
    case 'guest':
      return guestActs(state, state.on.picking, event);
    case 'recovery':
      return recoveryActs(state, event);
    case 'building':
      return buildingActs(state, event);
  }
}

function guestActs<V, G>(state: SettingUp<V>, picking: boolean, event: Event<V, G>): Step<V, G> | null {
  const here = (picking: boolean) => ({ step: 'guest', picking }) as const;
  if (picking) {
    if (event.is === 'filePicked') return to(state, { on: here(false), picked: event.picked });
    if (event.is === 'pickEnded') return to(state, { on: here(false), fault: event.fault });
    return null;
  }
  switch (event.is) {
    case 'pickAsked': {
      const offer = state.offers?.find(({ kind }) => kind === event.kind);
      if (offer === undefined || !offer.possible || offer.sizing) return null;
      const { kind, diskBytes, ramBytes, size, sizes, usualSeconds } = offer;
      if (kind === 'image' || kind === 'iso')
        return to(state, { on: here(true), picked: null }, [{ do: 'pickFile', kind, offer }]);
      return to(state, { picked: { kind, file: null, diskBytes, ramBytes, size, sizes, usualSeconds } });
    }
    case 'sizeAsked':
      return sizeAsked(state, event);
    case 'restoreAsked':
      return state.inside === null ? null : beginRestoring(state);
    case 'setupBackAsked':
      // Nobody goes back into a passphrase that is chosen: it is forgotten and chosen anew.
      return state.inside === null
        ? to(state, { on: { step: 'passphrase' } }, [{ do: 'forgetSecrets' }])
        : null;
    case 'setupNextAsked':
      if (state.picked === null) return null;
      if (state.inside !== null) return buildGuest(state, state.inside);
      return to(state, { on: { step: 'recovery', asked: null } }, [{ do: 'makeRecoveryKey' }]);
    default:
      return null;
  }
}

/** Of an offer, and of what was picked from it, whose file may leave less room than the offer thought. */
function sizeAsked<V, G>(
  state: SettingUp<V>,
  { kind, size }: { readonly kind: GuestKind; readonly size: GuestSize },
): Step<V, G> | null {
  const { offers, picked } = state;
  const offer = offers?.find((each) => each.kind === kind);
  const mine = picked?.kind === kind ? picked : null;
  if (offers === null || offer?.possible !== true || !hasSize(mine ?? offer, size)) return null;
  return {
    state: {
      ...state,
      offers: offers.map((each) => (each === offer ? inSize(each, size) : each)),
      picked: mine === null ? picked : inSize(mine, size),
    },
    effects: [],
  };
}

function hasSize({ sizes }: Offer | Picked, size: GuestSize): boolean {
  return sizes.some((each) => each.size === size);
}

/** Unchanged where there is no such size. */
function inSize<T extends Offer | Picked>(sized: T, size: GuestSize): T {
  return { ...sized, ...sized.sizes.find((each) => each.size === size) };
}

/** Offers come twice, the second time with the download's size: what the person chose meanwhile stays. */
function sizesKept(offers: readonly Offer[], before: readonly Offer[] | null): Offer[] {
  return offers.map((offer) => {
    const chosen = before?.find(({ kind }) => kind === offer.kind)?.size;
    return chosen === undefined ? offer : inSize(offer, chosen);
  });
}

function recoveryActs<V, G>(state: SettingUp<V>, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    case 'recoveryKeyMade':
      return to(state, { on: { step: 'recovery', asked: event.asked } });
    case 'setupBackAsked':
      // The key stays: it may be on paper already.
      return to(state, { on: { step: 'guest', picking: false } });
    case 'recoveryConfirmed': {
      if (state.picked === null) return null;
      const work = begin(['key', 'mount', ...stagesOf[state.picked.kind]]);
      return to(state, { on: { step: 'building', work, stop: null } }, [
        { do: 'makeVault', recovery: 'drawn' },
      ]);
    }
    default:
      return null;
  }
}

function buildingActs<V, G>(state: SettingUp<V>, event: Event<V, G>): Step<V, G> | null {
  if (state.on.step !== 'building') return null;
  const { stop, work } = state.on;
  switch (event.is) {
    case 'progress': {
      const progress = withLater(event.progress, state.picked?.usualSeconds ?? null);
      const on = { ...state.on, work: advance(work, progress, event.seconds) };
      return { state: { ...state, on }, effects: [] };
    }
    case 'cancelAsked':
      return stopping(state, { is: 'back' });
    case 'vaultMade': {
      const made = { ...state, inside: event.inside };
      if (stop?.is === 'leave') return closed(event.inside, stop.at);
      if (stop?.is === 'back') return backFromBuilding(made, null);
      if (state.restore !== null) return restoreGuests(made, event.inside, work);
      return buildGuest(made, event.inside, work);
    }
    case 'makeFailed':
      if (stop?.is === 'leave') return leave();
      if (event.vaultIsThere) {
        const exits = ['unlockAgain', 'lookAgain', 'switchOff'] as const;
        return { state: broken({ fault: event.fault, safe: 'nothingOpened', exits }), effects: [] };
      }
      return to(state, { on: { step: 'passphrase' }, fault: event.fault }, [{ do: 'forgetSecrets' }]);
    case 'guestMade': {
      // Asked to stop when it was done already: a whole guest is not thrown away.
      const [guest, ...others] = event.inside.guests;
      if (stop?.is === 'leave' || guest === undefined)
        return closed(event.inside, stop?.is === 'leave' ? stop.at : '');
      const woken = wake<V, G>(event.inside, guest.id);
      if (state.restore === null) return woken;
      const chosen =
        others.length === 0
          ? woken
          : { state: { at: 'choosing' as const, inside: event.inside }, effects: [] };
      return { ...chosen, effects: [{ do: 'forgetBackup' }, ...chosen.effects] };
    }
    case 'buildFailed':
      if (stop?.is === 'leave' && state.inside !== null) return closed(state.inside, stop.at);
      return backFromBuilding(state, stop === null ? event.fault : null);
    default:
      return null;
  }
}

/** What making each kind of guest reports, in order; the last stage names it. */
const stagesOf: Readonly<Record<GuestKind, readonly StageId[]>> = {
  desktop: ['fetch', 'unpack', 'configure', 'image', 'create'],
  image: ['copy', 'create'],
  iso: ['copy', 'create'],
  witness: ['create'],
};

function buildGuest<V, G>(
  state: SettingUp<V>,
  inside: Inside<V>,
  after?: ReturnType<typeof begin>,
): Step<V, G> {
  const { picked } = state;
  if (picked === null) return backToGuest(state, null);
  const work = after ?? begin(stagesOf[picked.kind]);
  const effect: Effect<V, G> = { do: 'buildGuest', vault: inside.vault, picked };
  return to({ ...state, inside }, { on: { step: 'building', work, stop: null } }, [effect]);
}

/** While the vault is made, the guest's usual time is still to come; unknown, no time left is said. */
function withLater(progress: Progress, usualSeconds: number | null): Progress {
  if (progress.stage !== 'key' && progress.stage !== 'mount') return progress;
  const secondsLeft = usualSeconds === null ? null : (progress.secondsLeft ?? 0) + usualSeconds;
  return { ...progress, secondsLeft };
}

/** The effect that runs is asked to end; what it then says is answered by `stop`. */
function stopping<V, G>(
  state: SettingUp<V>,
  stop: { is: 'back' } | { is: 'leave'; at: string },
): Step<V, G> | null {
  if (state.on.step !== 'building' || state.on.stop?.is === stop.is) return null;
  const cancel: Effect<V, G> = { do: state.restore === null ? 'cancelBuild' : 'cancelRestore' };
  return { state: { ...state, on: { ...state.on, stop } }, effects: [cancel] };
}

function backToGuest<V, G>(state: SettingUp<V>, fault: Fault | null): Step<V, G> {
  const ask: Effect<V, G> = { do: 'askOffers', vault: state.inside?.vault ?? null };
  return to(state, { on: { step: 'guest', picking: false }, fault }, [ask]);
}

function backFromBuilding<V, G>(state: SettingUp<V>, fault: Fault | null): Step<V, G> {
  return state.restore === null ? backToGuest(state, fault) : to(state, { on: { step: 'moments' }, fault });
}

function leave<V, G>(): Step<V, G> {
  const ending = off<V, G>();
  return { ...ending, effects: [{ do: 'forgetSecrets' }, { do: 'forgetBackup' }, ...ending.effects] };
}

function closed<V, G>(inside: Inside<V>, at: string): Step<V, G> {
  const saved = { why: 'nothingOpened', at, writtenBytes: null, verified: false } as const;
  return close({ inside, card: null, saved });
}

/** Another step, or the same one changed. A fault belongs to one step and one try: it goes unless it is given. */
function to<V, G>(
  state: SettingUp<V>,
  change: Partial<Pick<SettingUp<V>, 'on' | 'picked' | 'fault' | 'restore'>>,
  effects: readonly Effect<V, G>[] = [],
): Step<V, G> {
  return { state: { ...state, fault: null, ...change }, effects };
}
