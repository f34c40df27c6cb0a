// A guest that was started, not resumed, first shows its firmware and its boot loader: text on black that a new person
// takes for a fault. This says until when, so that the kiosk can tell them. It only listens; the guest is not asked.
//
//   its SPICE agent opens its port    a session begins: over when it is drawn, a sixteenth of the way so far (measured:
//                                     5 to 10 s after 157 s of software emulation)
//   its guest agent opens its port    the system is up: its session comes within as long again, or it has none
//   neither                           over after `limits`: nobody can tell
import type { Ran } from '../../preload/contract/keeper';
import { agentChannels, agentPorts } from '../guest/argv';
import type { GuestDefinition } from '../guest/definition';
import type { Qmp } from '../qmp/commands';

/** Milliseconds since the guest began to run. */
const limits = {
  /** A desktop without KVM takes a minute from its boot loader. */
  disk: 180_000,
  /** A disc asks something soon, and at the top of the screen as often as not; our kernels start at once. */
  discOrKernel: 30_000,
  /** At least so long from the guest agent to the session: a session takes a few seconds. */
  session: 15_000,
} as const;

export interface StartWatch {
  isStarting(): boolean;
  /** The guest is gone: nothing is told any more. */
  stop(): void;
}

/** `onUp` is called once, and never for a guest that was resumed. `since`: RFC 3339 UTC. */
export function watchStart(about: {
  readonly definition: Pick<GuestDefinition, 'boot' | 'disc'>;
  readonly qmp: Pick<Qmp, 'execute' | 'onEvent'>;
  readonly ran: Pick<Ran, 'resumed'>;
  readonly since: string;
  readonly onUp: () => void;
}): StartWatch {
  const { definition, qmp } = about;
  const fromDisk = definition.boot.from === 'disk' && definition.disc === undefined;
  const limit = fromDisk ? limits.disk : limits.discOrKernel;
  // A clock that was set meanwhile may make its age anything: it is asked once.
  const age = Math.max(0, Date.now() - Date.parse(about.since));
  let starting = !about.ran.resumed && age < limit;
  if (!starting) return { isStarting: () => false, stop: () => {} };

  const stop = (): void => {
    starting = false;
    clearTimeout(timer);
    unlisten();
  };
  const up = (): void => {
    if (!starting) return;
    stop();
    about.onUp();
  };
  const began = performance.now() - age;
  let timer = setTimeout(up, limit - age);
  const upIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(up, ms);
  };
  let isUp: 'nothing' | 'system' | 'session' = 'nothing';
  const unlisten = qmp.onEvent('VSERPORT_CHANGE', ({ id, open }) => {
    if (!open || !starting || isUp === 'session') return;
    const took = performance.now() - began;
    if (id === agentPorts.screen) {
      isUp = 'session';
      upIn(took / 16);
    } else if (id === agentPorts.guest && isUp === 'nothing') {
      isUp = 'system';
      upIn(Math.max(limits.session, took));
    }
  });
  // What happened before a keeper that takes over listened. Since when the guest agent is there, nobody knows any more.
  void qmp.execute('query-chardev', {}).then((asked) => {
    if (!asked.ok) return;
    if (asked.value.some((each) => each.label === agentChannels.screen && each['frontend-open'])) up();
  });
  return { isStarting: () => starting, stop };
}
