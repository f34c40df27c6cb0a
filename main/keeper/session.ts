// What a keeper knows about its guest, by state. Each state carries only what exists then; every way from one to
// another is taken in keeper.ts.
//
//   off -> resuming -> running <-> saving -> ended
//             |           |                    ^
//             +-----------+-> dropping --------+   also directly: failure, guest off, QEMU died
import type { Ended, GuestState, Ran } from '../../preload/contract/keeper';
import type { GuestPlace, Manifest, SessionPlace } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import type { RamGround } from '../guest/engine';
import type { Qmp } from '../qmp/commands';
import type { Engines } from './engines';
import type { GuestFiles } from './places';
import type { QemuProcess } from './qemu';

/** What a keeper was started for. */
export interface Subject {
  readonly definition: GuestDefinition;
  readonly place: GuestPlace;
  readonly files: GuestFiles;
  readonly engines: Engines;
  /** Woken on trial (trial.ts): without a network, and it dies with us. */
  readonly onTrial?: boolean;
}

/** A guest that runs in a session of its own. */
export interface LiveGuest {
  readonly subject: Subject;
  readonly qemu: QemuProcess;
  readonly qmp: Qmp;
  /** Where it writes now; each checkpoint puts the next one in its place. */
  session: SessionPlace;
  /** The generation that its RAM stands on for as long as it runs; null for a guest that was started afresh. */
  readonly ground: Manifest | null;
  readonly ran: Ran;
  /** RFC 3339 UTC. */
  readonly since: string;
}

/** What the guest's RAM stands on: the generation it woke from, or nothing where it was started afresh. */
export function groundOf({ subject, ground }: Pick<LiveGuest, 'subject' | 'ground'>): RamGround {
  return {
    place: subject.place,
    ramBytes: subject.definition.ramBytes,
    loads: ground,
    runtimeFolder: subject.files.runtimeFolder,
  };
}

export type SessionState =
  | { readonly is: 'off' }
  | { readonly is: 'resuming'; readonly abort: AbortController }
  | { readonly is: 'running'; readonly live: LiveGuest }
  | {
      readonly is: 'saving';
      readonly live: LiveGuest;
      readonly abort: AbortController;
      /** False from the rename on: then a cancel comes too late. */
      reversible: boolean;
    }
  | { readonly is: 'dropping'; readonly live: LiveGuest }
  | { readonly is: 'ended'; readonly how: Ended };

/** The contract's word for it. `vcpusRun`: what QEMU last said. */
export function guestStateOf(state: SessionState, vcpusRun: boolean): GuestState {
  switch (state.is) {
    case 'off':
      return 'suspended';
    case 'resuming':
      return 'resuming';
    case 'running':
      return vcpusRun ? 'running' : 'paused';
    case 'saving':
      return 'paused';
    case 'dropping':
      return 'off';
    case 'ended':
      return state.how.why === 'suspended' ? 'suspended' : 'off';
  }
}
