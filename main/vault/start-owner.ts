// Starts an owner program and waits for its outcome. The owner is a session of its own, so that it outlives us; core
// dumps are off from its first instruction (prlimit), and the kernel frees its lock whenever and however it ends
// (flock --no-fork: the lock is the owner's own descriptor, which its children do not inherit).
import type { Readable, Writable } from 'node:stream';
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { nodeBinary, programPath } from '../process/programs';
import { start } from '../process/run';
import { parseJson } from '../socket/call';
import {
  formatOwnerArguments,
  type OwnerArguments,
  type Report,
  refuseOwnerArguments,
  reportDescriptor,
  reportSchema,
  secretDescriptor,
} from './owner-arguments';
import type { Secret } from './vault';

const lockWaitSeconds = 5;
const lockTakenStatus = 75;
const maxReportBytes = 64 * 1024;

export interface StartOwner {
  readonly about: OwnerArguments;
  /** The file whose lock the owner holds while it lives; waits a few seconds for it, then `busy`. */
  readonly lock: string | null;
  /** Wiped here, also after a failure. */
  readonly secret: Secret | null;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Fulfils when the vault is open (made, changed). Faults: what the owner reports, busy, cancelled, toolMissing, bug. */
export async function startOwner(what: StartOwner): Promise<Result<void>> {
  const { about, lock, secret, signal } = what;
  if (signal?.aborted) {
    secret?.bytes.fill(0);
    return fail(fault('cancelled', 'cancelled before it began'));
  }
  const refused = refuseOwnerArguments(about);
  if (refused !== null) {
    secret?.bytes.fill(0);
    return fail(fault('usage', refused));
  }
  const flock = [
    'flock',
    '--no-fork',
    `--wait=${lockWaitSeconds}`,
    `--conflict-exit-code=${lockTakenStatus}`,
  ];
  const child = start({
    program: 'prlimit',
    args: [
      ...['--core=0:0', '--', ...(lock === null ? [] : [...flock, lock])],
      ...[nodeBinary(), programPath('owner'), ...formatOwnerArguments(about)],
    ],
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
    cwd: '/',
  });
  child.process.ref(); // until its outcome is known, our event loop waits for it
  const cancel = (): void => void child.process.kill('SIGTERM');
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const given = giveSecret(child.process.stdio[secretDescriptor] as Writable | null, secret);
    const outcome = await readReport(
      child.process.stdio[reportDescriptor] as Readable | null,
      what.onProgress,
    );
    await given;
    if (outcome !== null && 'done' in outcome) return ok(undefined);
    const ended = await child.ended;
    if (outcome !== null) return fail(outcome.fault);
    if (signal?.aborted) return fail(fault('cancelled', 'cancelled'));
    if (ended.status === lockTakenStatus) return fail(fault('busy', 'another program holds this vault'));
    if (ended.missing || ended.status === 127)
      return fail(fault('toolMissing', 'prlimit, flock or node is not installed'));
    return fail(fault('bug', `the owner program ended with ${ended.status ?? ended.signal}`));
  } finally {
    signal?.removeEventListener('abort', cancel);
    child.process.unref();
  }
}

function giveSecret(pipe: Writable | null, secret: Secret | null): Promise<void> {
  return new Promise((resolve) => {
    const given = (): void => {
      secret?.bytes.fill(0);
      resolve();
    };
    if (pipe === null) return given();
    pipe.once('error', given); // the owner ended without reading it: its outcome tells why
    pipe.end(secret?.bytes ?? Buffer.alloc(0), given);
  });
}

/** The last line; null when the owner ended, or said something that is no report, before one. */
export async function readReport(
  pipe: Readable | null,
  onProgress?: OnProgress,
): Promise<Exclude<Report, { progress: unknown }> | null> {
  if (pipe === null) return null;
  let held = '';
  let bytes = 0;
  for await (const chunk of pipe as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxReportBytes) return null;
    const lines = (held + chunk.toString('utf8')).split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) {
      const read = reportSchema.safeParse(parseJson(line));
      if (!read.success) return null;
      if (!('progress' in read.data)) return read.data;
      onProgress?.(read.data.progress);
    }
  }
  return null;
}

function fault(code: Fault['code'], message: string): Fault {
  return { code, stage: 'vault.owner', message };
}
