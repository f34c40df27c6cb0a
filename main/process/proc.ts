// What the kernel says of processes, asked of /proc and never remembered: a pid in a file proves nothing, since pids
// are used again. A process that is gone is an answer, not a fault. Spec: proc_pid_stat(5), proc_pid_cmdline(5).
import { readdir, readFile } from 'node:fs/promises';

/** All processes of this moment. */
export async function pids(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** The argument list of a process; empty when it is gone or is not ours to read. */
export async function argumentsOf(pid: number): Promise<readonly string[]> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.split('\0');
}

/** Null when it is gone. `start` in clock ticks since boot: with the pid it names one process and no later one. */
export async function statOf(
  pid: number,
): Promise<{ readonly state: string; readonly start: string } | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The fields begin behind the last ')' of the command name, which may hold anything: state is the 3rd, start the 22nd.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  return state === undefined || start === undefined ? null : { state, start };
}
