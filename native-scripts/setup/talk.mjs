// How set-up speaks and how it runs other programs. Everything it says goes to stderr: stdout belongs to the verb that
// was asked for (`npm run -s soulpad -- ... --json` prints one line and nothing else).
import { spawnSync } from 'node:child_process';

/** @param {string} line */
export function talk(line) {
  process.stderr.write(`set-up: ${line}\n`);
}

/**
 * Runs to the end and keeps what it said.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, timeoutMs?: number, env?: NodeJS.ProcessEnv, input?: string }} [options] timeout in milliseconds, default 60 s
 * @returns {{ status: number | null, stdout: string, stderr: string }} status null: not started, or timed out
 */
export function capture(program, args, { cwd, timeoutMs = 60_000, env = process.env, input } = {}) {
  const ran = spawnSync(program, [...args], {
    env,
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 << 20,
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
  });
  const stderr = ran.error === undefined ? ran.stderr : `${ran.stderr ?? ''}${ran.error.message}`;
  return { status: ran.status, stdout: ran.stdout ?? '', stderr };
}

/**
 * Runs to the end in front of the person: its words, also those for stdout, come out on stderr.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {number} the exit status; 69 when it could not be started
 */
export function show(program, args, { cwd, env = process.env } = {}) {
  const ran = spawnSync(program, [...args], {
    env,
    stdio: ['ignore', 2, 2],
    ...(cwd === undefined ? {} : { cwd }),
  });
  return ran.status ?? 69;
}

/** Ends set-up: what is missing and how to get it. 69 = a tool is missing (sysexits EX_UNAVAILABLE). */
export class Unavailable extends Error {}
