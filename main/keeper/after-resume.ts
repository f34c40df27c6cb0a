// What a guest needs once it runs again: its clock is where it was suspended, its connections lead nowhere. It all
// happens after `cont`, beside the person's first look at the screen, and nothing of it is ever waited for by the
// resume; a suspend that comes meanwhile ends it first, so that no network card is saved unplugged.
//
//   clock     the guest agent sets it to the PC's time; without one the status says that nobody could
//   network   announced anew, the cable out and in: DHCP and NetworkManager look again. QEMU's user network has
//             forgotten every connection of before, so the agent closes them in the guest: a program that only waits
//             for data would else wait for ever, and reconnects at once when it is told
import { setTimeout as delay } from 'node:timers/promises';
import type { Ran } from '../../preload/contract/keeper';
import type { Log } from '../files/log';
import { type Agent, connectAgent } from '../guest/agent';
import { hasDevice } from '../guest/definition';
import type { LiveGuest } from './session';

const stage = 'guest.afterResume';
/** A guest on a slow stick reads its agent in first. */
const agentWithinMs = 30_000;
const setTimeWithinMs = 15_000;
/** Long enough for the guest's driver to tell, too short for NetworkManager to give the address up (it waits 5 s). */
const cableOutMs = 300;
/** A smaller difference is no step: NTP in the guest slews it. */
const stepSeconds = 0.5;

export interface AfterResume {
  /** What became of the clock; `clock` null while it is not known yet. */
  told(): Pick<Ran, 'clock' | 'clockStepSeconds'>;
  /** Fulfils when all of it is over. */
  readonly done: Promise<void>;
  /** Ends it now and leaves the network card plugged in. */
  end(): Promise<void>;
}

/**
 * Begins at once. Never fails: what could not be done is in the log and in `told`. `adopted`: the guest has run for a
 * while under a keeper that was killed, so its connections are good; only the cable may have been left out.
 */
export function careAfterResume(about: {
  readonly live: LiveGuest;
  readonly log: Log;
  readonly adopted: boolean;
}): AfterResume {
  const { live, log, adopted } = about;
  const { definition } = live.subject;
  const abort = new AbortController();
  let told: Pick<Ran, 'clock' | 'clockStepSeconds'> = {
    clock: live.ran.resumed ? null : 'notNeeded', // a guest that starts afresh reads its hardware clock
    clockStepSeconds: null,
  };
  const care = async (): Promise<void> => {
    if (!live.ran.resumed) return;
    const network = replug(about, abort.signal);
    const agent = hasDevice(definition, 'guest-agent') ? await reach(about, abort.signal) : null;
    abort.signal.addEventListener('abort', () => agent?.close(), { once: true });
    told = agent === null ? { ...told, clock: 'noAgent' } : await setClock({ agent, log });
    await network;
    if (agent === null) return;
    if (definition.network && !adopted && !abort.signal.aborted) await closeConnections({ agent, log });
    agent.close();
  };
  const done = care();
  return {
    told: () => told,
    done,
    end: async () => {
      abort.abort();
      await done;
    },
  };
}

async function reach(about: { live: LiveGuest; log: Log }, signal: AbortSignal): Promise<Agent | null> {
  const path = about.live.subject.files.agentSocket;
  const agent = await connectAgent({ path, stage, timeoutMs: agentWithinMs, signal });
  if (agent.ok) return agent.value;
  about.log.fault(agent.fault);
  return null;
}

async function setClock(about: { agent: Agent; log: Log }): Promise<Pick<Ran, 'clock' | 'clockStepSeconds'>> {
  const { agent, log } = about;
  const before = Date.now();
  const asked = await agent.execute('guest-get-time', {});
  const now = Date.now();
  if (!asked.ok) log.fault(asked.fault);
  // Half-way through the question is when the guest read its clock.
  const step = asked.ok ? (before + now) / 2000 - asked.value / 1e9 : null;
  if (step !== null && Math.abs(step) < stepSeconds) return { clock: 'notNeeded', clockStepSeconds: 0 };
  const set = await agent.execute(
    'guest-set-time',
    { time: Date.now() * 1e6 },
    { timeoutMs: setTimeWithinMs },
  );
  if (!set.ok) log.fault(set.fault);
  if (!set.ok) return { clock: 'noAgent', clockStepSeconds: null };
  const clockStepSeconds = step === null ? null : Math.round(step * 1000) / 1000;
  log.say(`the guest's clock was set, by ${clockStepSeconds ?? 'an unknown number of'} s`);
  return { clock: 'set', clockStepSeconds };
}

/** The cable goes in again whatever happens in between: a saved card without a cable would stay so. */
async function replug(
  about: { live: LiveGuest; log: Log; adopted: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { qmp, subject } = about.live;
  if (!subject.definition.network) return;
  const cable = async (up: boolean): Promise<void> => {
    const set = await qmp.execute('set_link', { name: 'nic0', up });
    if (!set.ok) about.log.fault(set.fault);
  };
  if (!about.adopted) {
    await cable(false);
    await delay(cableOutMs, undefined, { signal }).catch(() => {});
  }
  await cable(true);
  if (about.adopted) return;
  const announced = await qmp.execute('announce-self', { initial: 50, max: 550, rounds: 5, step: 100 });
  if (!announced.ok) about.log.fault(announced.fault);
}

/** `ss -K` closes sockets in a Linux guest (CONFIG_INET_DIAG_DESTROY); a guest without it is as it was. */
async function closeConnections(about: { agent: Agent; log: Log }): Promise<void> {
  const local = ['dst', '127.0.0.0/8', 'or', 'dst', '[::1]'];
  const asked = await about.agent.execute('guest-exec', {
    path: 'ss',
    arg: ['-K', '-t', '-H', 'state', 'established', 'not', '(', ...local, ')'],
    'capture-output': false,
  });
  about.log.say(
    asked.ok ? 'connections of before were closed in the guest' : `ss -K: ${asked.fault.message}`,
  );
}
