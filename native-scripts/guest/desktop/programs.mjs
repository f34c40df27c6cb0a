// Runs apt, unshare, qemu-img: their words go on to stderr line by line, whoever reads along may count. What a tool
// says last is what a fault quotes.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Failed, talk } from './talk.mjs';

/**
 * @param {readonly string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean, input?: string, onLine?: (line: string) => void, onStatus?: (line: string) => void }} [options]
 *   onStatus: lines of descriptor 3 (apt's APT::Status-Fd)
 * @returns {Promise<{ status: number | null, stdout: string, said: string }>} said: the last lines of both outputs
 */
export async function capture([program = '', ...args], { env, quiet = false, input, onLine, onStatus } = {}) {
  const child = spawn(program, args, {
    env: { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  /** @type {string[]} */
  const lastLines = [];
  let stdout = '';
  const [, out, err, status] = child.stdio;
  if (!out || !err || !status) throw new Error('pipes were asked for');
  const hear = (/** @type {string} */ line) => {
    lastLines.push(line);
    if (lastLines.length > 6) lastLines.shift();
    onLine?.(line);
    if (!quiet) talk(line);
  };
  const reading = [
    lines(/** @type {import('node:stream').Readable} */ (out), (line) => {
      if (quiet) stdout += `${line}\n`;
      hear(line);
    }),
    lines(/** @type {import('node:stream').Readable} */ (err), hear),
    lines(/** @type {import('node:stream').Readable} */ (status), (line) => onStatus?.(line)),
  ];
  const ended = await new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
  await Promise.race([Promise.all(reading), new Promise((resolve) => setTimeout(resolve, 2_000))]);
  return { status: ended, stdout, said: lastLines.join('\n') };
}

/** @param {import('node:stream').Readable} stream @param {(line: string) => void} onLine */
async function lines(stream, onLine) {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    onLine(line);
}

const noRoom = /No space left on device|ENOSPC|Disk quota exceeded|Could not allocate block/;

/**
 * As capture, and a Failed when it does not end with 0: full, or `code`.
 * @param {readonly string[]} command @param {Parameters<typeof capture>[1] & { doing: string, code?: Failed['code'], hint?: string }} options
 */
export async function mustRun(command, { doing, code = 'io', hint, ...options }) {
  let full = false;
  const onLine = (/** @type {string} */ line) => {
    full ||= noRoom.test(line);
    options.onLine?.(line);
  };
  const ran = await capture(command, { ...options, onLine });
  if (ran.status === 0) return ran;
  throw new Failed(
    full ? 'full' : code,
    `${doing} failed: ${ran.said || `${command[0]} could not be started`}`,
    hint,
  );
}
