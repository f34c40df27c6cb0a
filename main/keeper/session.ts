// What a keeper knows about its guest, by state. Each state carries only what exists then; every way from one to
// another is taken in keeper.ts.
//
//   off -> resuming -> running <-> saving -> ended
//             |           |                    ^
//             +-----------+-> dropping --------+   also directly: failure, guest off, QEMU died
import type { Ended, EngineName, GuestState, Ran } from '../../preload/contract/keeper';
import type { GuestPlace, SessionPlace } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import type { Engine } from '../guest/engine';
import type { Qmp } from '../qmp/commands';
import type { GuestFiles } from './places';
import type { QemuProcess } from './qemu';

/** What a keeper was started for. */
export interface Subject {
  readonly definition: GuestDefinition;
  readonly place: GuestPlace;
  readonly files: GuestFiles;
  readonly engineName: EngineName;
  readonly engine: Engine;
}

/** A guest that runs in a session of its own. */
export interface LiveGuest {
  readonly subject: Subject;
  readonly qemu: QemuProcess;
  readonly qmp: Qmp;
  readonly session: SessionPlace;
  readonly ran: Ran;
  /** RFC 3339 UTC. */
  readonly since: string;
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
