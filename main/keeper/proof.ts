// Proof by asking the system: is that pid alive, ours, and really the QEMU of this guest? A pid in a file proves
// nothing (pids are used again), a process of ours whose argument list has the guest's uuid and socket does.
import { stat } from 'node:fs/promises';
import { argumentsOf, pids, statOf } from '../process/proc';
import { keeperUserId } from './apart';

/** True when `pid` is a living process (no zombie) of this user, or of the one that keepers run as here. */
export async function livesAsOurs(pid: number): Promise<boolean> {
  try {
    const facts = await stat(`/proc/${pid}`);
    if (facts.uid !== process.getuid?.() && facts.uid !== (await keeperUserId())) return false;
    const state = (await statOf(pid))?.state;
    return state !== undefined && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

/** False from the instant on when the kernel has taken a dying process's memory: it has no arguments then. */
export async function hasMemory(pid: number): Promise<boolean> {
  return (await livesAsOurs(pid)) && (await argumentsOf(pid)).some((arg) => arg !== '');
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
  for (const pid of await pids()) if (await isQemuOf(pid, mark)) return pid;
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
