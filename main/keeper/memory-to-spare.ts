// How much of this PC's memory the keeper may fill for a moment: half of what programs can still have, and never more
// than 2 GiB. Taking all of it would push the guest itself out.
import { readFile } from 'node:fs/promises';

const most = 2 * 2 ** 30;

/** Bytes; proc_meminfo(5), MemAvailable. Where the kernel does not say: 256 MiB. */
export async function memoryToSpare(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'latin1').catch(() => '');
  const kB = /^MemAvailable:\s+(\d{1,15}) kB$/m.exec(text)?.[1];
  return kB === undefined ? 256 << 20 : Math.min(most, Number(kB) * 512);
}
