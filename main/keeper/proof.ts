// Proof by asking the system: is that pid alive, ours, and really the QEMU of this guest? A pid in a file proves
// nothing (pids are used again), a process of ours whose argument list has the guest's uuid and socket does.
import { readdir, readFile, stat } from 'node:fs/promises';

/** True when `pid` is a living process (no zombie) of this user. */
export async function livesAsOurs(pid: number): Promise<boolean> {
  try {
    const facts = await stat(`/proc/${pid}`);
    if (facts.uid !== process.getuid?.()) return false;
    // proc_pid_stat(5): the state letter follows the last ')' of the command name.
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    const state = line.slice(line.lastIndexOf(')') + 2, line.lastIndexOf(')') + 3);
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

/** The argument list of a process; empty when it is gone or is not ours to read. */
export async function argumentsOf(pid: number): Promise<readonly string[]> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.split('\0');
}

export interface QemuMark {
  readonly uuid: string;
  readonly qmpSocket: string;
}

/** True when `pid` is a QEMU of ours that was started for this guest and listens on this socket. */
export async function isQemuOf(pid: number, mark: QemuMark): Promise<boolean> {
  if (!(await livesAsOurs(pid))) return false;
  const args = await argumentsOf(pid);
  return args.includes(mark.uuid) && args.some((arg) => arg.includes(mark.qmpSocket));
}

/** Looks through all processes: a keeper may have been killed before it wrote down its QEMU's pid. */
export async function findQemu(mark: QemuMark): Promise<number | null> {
  for (const name of await readdir('/proc')) {
    if (/^\d+$/.test(name) && (await isQemuOf(Number(name), mark))) return Number(name);
  }
  return null;
}

/** Fulfils when the process is gone, or with false after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (await livesAsOurs(pid)) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
