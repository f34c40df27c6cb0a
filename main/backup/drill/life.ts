// Does what woke go on? Asked of whatever the guest has: a witness says its tick on the serial line, a desktop's agent
// answers, and of any other guest the vCPUs are looked at until they have moved. It never waits without an end.
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { connectAgent } from '../../guest/agent';
import { type GuestDefinition, hasDevice } from '../../guest/definition';
import type { Qmp } from '../../qmp/commands';
import { readLines } from '../../socket/lines';

const stage = 'backup.drill';

export interface Alive {
  /** What a witness calls itself; null for any other guest. */
  readonly nonce: string | null;
}

interface Where {
  readonly qmp: Qmp;
  readonly serialSocket: string;
  readonly agentSocket: string;
  readonly definition: GuestDefinition;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** `isWitness`: its picture is one. Faults: drillFailed (no tick came, or the guest says that it is not whole), cancelled. */
export async function seeLife(about: Where & { readonly isWitness: boolean }): Promise<Result<Alive>> {
  if (about.isWitness) return hearWitness(about);
  if (hasDevice(about.definition, 'guest-agent')) {
    const { agentSocket: path, withinMs: timeoutMs, signal } = about;
    const agent = await connectAgent({ path, stage, timeoutMs, signal });
    if (agent.ok) {
      agent.value.close();
      return ok({ nonce: null });
    }
  }
  return seeMove(about);
}

/** Two ticks, the second later than the first, each with its own memory and disk found right. */
async function hearWitness({ serialSocket, withinMs, signal }: Where): Promise<Result<Alive>> {
  const ticks: { nonce: string; n: number; whole: boolean }[] = [];
  const socket = connect(serialSocket);
  readLines(socket, {
    onLine: (line) => {
      const said = /W1 nonce=([0-9a-f]{16}) n=(\d{1,10}) ram=(ok|bad)\/\d+ disk=(ok|bad)\/\d+/.exec(line);
      const [, nonce, n, ram, disk] = said ?? [];
      if (nonce !== undefined && ticks.length < 10)
        ticks.push({ nonce, n: Number(n), whole: ram === 'ok' && disk === 'ok' });
    },
    onEnd: () => {},
  });
  const deadline = performance.now() + withinMs;
  while (ticks.length < 2 && performance.now() < deadline && !signal.aborted) await delay(50);
  socket.destroy();
  if (signal.aborted) return fail({ code: 'cancelled', stage, message: 'the drill was cancelled' });
  const [first, second] = ticks;
  if (first === undefined || second === undefined) return failed('it woke and no tick came');
  if (!first.whole || !second.whole) return failed('it woke with a memory or a disk that is not whole');
  return second.n > first.n ? ok({ nonce: first.nonce }) : failed('it woke and its count stands still');
}

/** A vCPU that stands still holds the same for ever; one that only idles is woken by its clock now and then. */
async function seeMove({ qmp, withinMs, signal }: Where): Promise<Result<Alive>> {
  const look = () => qmp.execute('human-monitor-command', { 'command-line': 'info registers -a' });
  const first = await look();
  if (!first.ok) return failed(`it does not answer: ${first.fault.message}`);
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await delay(50)) {
    if (signal.aborted) return fail({ code: 'cancelled', stage, message: 'the drill was cancelled' });
    const next = await look();
    if (!next.ok) return failed(`it does not answer: ${next.fault.message}`);
    if (next.value !== first.value) return ok({ nonce: null });
  }
  return failed('it woke and no vCPU moves');
}

function failed(message: string): Result<never> {
  return fail({ code: 'drillFailed', stage, message });
}
