// The disk's own speed for that many bytes: dd past the page cache, in the same run. The limit no engine can beat that
// moves the same bytes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../main/process/run';

const MiB = 1 << 20;

/** Written and fsynced, then read back; the file is gone afterwards. Bytes are rounded up to blocks of 1 MiB. */
export async function ddSeconds(
  folder: string,
  bytes: number,
): Promise<{ readonly writeSeconds: number; readonly readSeconds: number }> {
  const file = join(folder, 'dd');
  try {
    const writeSeconds = await dd(['if=/dev/zero', `of=${file}`, 'oflag=direct', 'conv=fsync'], bytes);
    const readSeconds = await dd([`if=${file}`, 'of=/dev/null', 'iflag=direct'], bytes);
    return { writeSeconds, readSeconds };
  } finally {
    rmSync(file, { force: true });
  }
}

async function dd(args: readonly string[], bytes: number): Promise<number> {
  const began = performance.now();
  const ran = await run({
    program: 'dd',
    args: [...args, 'bs=1M', `count=${Math.ceil(bytes / MiB)}`, 'status=none'],
    stage: 'bench.dd',
    timeoutMs: 3_600_000,
  });
  if (!ran.ok) throw new Error(ran.fault.message);
  return (performance.now() - began) / 1000;
}
