// A desk whose vault holds the small Debian desktop, and what is asked of the inside of that desktop: through the guest
// agent, beside the screen, so that what a test knows of the guest does not come from our own pages.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Agent, connectAgent } from '../../main/guest/agent';
import { runInside, startInside } from '../../main/guest/agent.fixture';
import { must } from '../../main/guest/machine.fixture';
import type { Desk } from './kiosk';
import { until } from './system';

const askMs = 20_000;
const session = 'export DISPLAY=:0 XAUTHORITY=/home/owner/.Xauthority';

/** The guest's own view of itself. One conversation at a time: the keeper talks to the same agent after a resume. */
export interface Inside {
  /** Runs as root inside the guest; its output. A status other than 0 is an error. */
  run(script: string): Promise<string>;
  /** Runs on the guest's screen as its owner, and is left running. */
  start(command: string): Promise<void>;
  /** Title of the window that has the keyboard, empty where there is none. */
  activeWindow(): Promise<string>;
  /** How far the guest's clock is ahead of ours, seconds; the guest's answer took at most `within`. */
  clockAhead(): Promise<{ readonly seconds: number; readonly within: number }>;
  close(): void;
}

function agentSocketOf(desk: Desk, guest: string): string | null {
  const root = join(desk.runtime, 'soulpad');
  const vault = readdirSync(root).find((name) => existsSync(join(root, name, guest, 'agent.sock')));
  return vault === undefined ? null : join(root, vault, guest, 'agent.sock');
}

/** Waits for the desktop to be up: its agent answers and its panel is on its screen. */
export async function insideOf(desk: Desk, guest: string, timeoutMs = 600_000): Promise<Inside> {
  const path = await until('the agent socket', () => agentSocketOf(desk, guest));
  const agent = must(await connectAgent({ path, stage: 'e2e', timeoutMs }));
  const inside = insideBy(agent);
  try {
    await until(
      'the panel of the desktop',
      () => inside.run('pgrep -x tint2 || true').then((pid) => pid !== ''),
      timeoutMs,
    );
    return inside;
  } catch (error) {
    inside.close(); // the socket takes one client at a time
    throw error;
  }
}

function insideBy(agent: Agent): Inside {
  const run = (script: string): Promise<string> => runInside(agent, script);
  return {
    run,
    start: (command) => {
      const words = ['-u', 'owner', '--', 'sh', '-c', `${session}; exec ${command}`];
      return startInside(agent, '/usr/sbin/runuser', words);
    },
    activeWindow: async () => {
      const ask = 'xdotool getactivewindow getwindowname 2>/dev/null || true';
      return (await run(`runuser -u owner -- sh -c '${session}; ${ask}'`)).trim();
    },
    clockAhead: async () => {
      const asked = Date.now();
      const nanoseconds = must(await agent.execute('guest-get-time', {}, { timeoutMs: askMs }));
      const answered = Date.now();
      const ours = (asked + answered) / 2;
      return { seconds: (nanoseconds / 1e6 - ours) / 1000, within: (answered - asked) / 2000 };
    },
    close: () => agent.close(),
  };
}

/** Share of the screen's pixels, without the panel and its clock, that differ visibly between two photographs: 0 to 1. */
export function differenceOf(one: string, other: string): number {
  const seen = { width: 1024, height: 700 };
  const area = `${seen.width}x${seen.height}+0+0`;
  const args = ['-metric', 'AE', '-fuzz', '10%', `${one}[${area}]`, `${other}[${area}]`, 'null:'];
  const compared = spawnSync('compare', args, { encoding: 'utf8', timeout: 60_000 });
  // compare(1): 0 the same, 1 different, 2 an error; the count is on stderr.
  if (compared.status !== 0 && compared.status !== 1) throw new Error(`compare: ${compared.stderr}`);
  return Number.parseFloat(compared.stderr) / (seen.width * seen.height);
}

export interface Listener {
  readonly port: number;
  /** How often somebody has connected. */
  connections(): number;
  /** Lines heard on the newest connection. */
  lines(): number;
  end(): Promise<void>;
}

/** A server of this PC, which a program in the guest talks to, a line a second. */
export async function listenForGuest(): Promise<Listener> {
  let connections = 0;
  let lines = 0;
  const server = createServer((socket) => {
    connections++;
    lines = 0;
    socket.on('data', (bytes) => {
      lines += bytes.toString('latin1').split('\n').length - 1;
    });
    socket.on('error', () => {}); // a suspended guest's connection ends by itself
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return {
    port: address.port,
    connections: () => connections,
    lines: () => lines,
    end: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What a chat or mail program does: says a line a second, and when its connection is lost, connects again. */
export function clientScript(port: number): string {
  const talk = `exec 3<>/dev/tcp/10.0.2.2/${port} && while echo line >&3; do sleep 1; done`;
  return `bash -c 'while true; do (${talk}) 2>/dev/null; sleep 1; done'`;
}
