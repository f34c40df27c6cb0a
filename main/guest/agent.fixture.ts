// For tests: a command run inside a guest by its agent, to its end. Beside the screen, so that what a test knows of the
// guest does not come from our own pages.
import { setTimeout as delay } from 'node:timers/promises';
import type { Agent } from './agent';
import { must } from './machine.fixture';

/** A guest in software emulation, on a busy PC. */
const askMs = 20_000;
const endsWithinMs = 60_000;

/** Runs in /bin/sh as root; what it wrote to stdout, without the white space around. Another status than 0 is an error. */
export async function runInside(agent: Agent, script: string): Promise<string> {
  const order = { path: '/bin/sh', arg: ['-c', script], 'capture-output': true };
  const { pid } = must(await agent.execute('guest-exec', order, { timeoutMs: askMs }));
  for (const deadline = Date.now() + endsWithinMs; Date.now() < deadline; await delay(200)) {
    const status = must(await agent.execute('guest-exec-status', { pid }, { timeoutMs: askMs }));
    if (!status.exited) continue;
    const said = Buffer.from(status['out-data'] ?? '', 'base64')
      .toString('utf8')
      .trim();
    if (status.exitcode !== 0) throw new Error(`in the guest: ${script}: status ${status.exitcode}: ${said}`);
    return said;
  }
  throw new Error(`still runs in the guest: ${script}`);
}

/** Is started in the guest and left running. */
export async function startInside(agent: Agent, program: string, args: readonly string[]): Promise<void> {
  const order = { path: program, arg: [...args], 'capture-output': false };
  must(await agent.execute('guest-exec', order, { timeoutMs: askMs }));
}
