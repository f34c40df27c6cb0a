// A guest that was started, not resumed, first shows its firmware and its boot loader: text on black that a new person
// takes for a fault. This says until when, so that the kiosk can tell them. It only listens; the guest is not asked.
//
//   its SPICE agent opens its port    a session is on the screen: over
//   its guest agent opens its port    the system is up; its session comes within as long again, or it has none
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
  let starting = !about.ran.resumed;
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
  const fromDisk = definition.boot.from === 'disk' && definition.disc === undefined;
  const limit = fromDisk ? limits.disk : limits.discOrKernel;
  // A clock that was set meanwhile may make its age anything: it is asked once.
  const age = Math.max(0, Date.now() - Date.parse(about.since));
  const began = performance.now() - age;
  let end = Math.max(performance.now(), began + limit);
  let timer = setTimeout(up, end - performance.now());
  const upWithin = (ms: number): void => {
    const sooner = performance.now() + ms;
    if (!starting || sooner >= end) return;
    end = sooner;
    clearTimeout(timer);
    timer = setTimeout(up, ms);
  };
  const opened = (port: 'screen' | 'guest'): void =>
    port === 'screen' ? up() : upWithin(Math.max(limits.session, performance.now() - began));
  const unlisten = qmp.onEvent('VSERPORT_CHANGE', ({ id, open }) => {
    if (open && id === agentPorts.screen) opened('screen');
    if (open && id === agentPorts.guest) opened('guest');
  });
  // What happened before a keeper that takes over listened.
  void qmp.execute('query-chardev', {}).then((asked) => {
    if (!asked.ok) return;
    const open = asked.value.filter((each) => each['frontend-open']).map(({ label }) => label);
    if (open.includes(agentChannels.guest)) opened('guest');
    if (open.includes(agentChannels.screen)) opened('screen');
  });
  return { isStarting: () => starting, stop };
}
