// The throttled disk that native-scripts/bench/on-slow-disk made for us. Making, throttling and unplugging it takes
// root; we only ask, by one line in a FIFO, and wait for the answer in another.
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SlowDisk {
  /** Ours to write in, on an XFS of its own. */
  readonly folder: string;
  /** Bytes per second at the start. */
  readonly bytesPerSecond: number;
  /** From now on, both ways, and reads a second too where they are named; 0: as fast as it goes. */
  setSpeed(bytesPerSecond: number, readsPerSecond?: number): Promise<void>;
  /** As if pulled out and put into another PC: this one's caches hold nothing of it. Nothing may be open on it. */
  replug(): Promise<void>;
}

/** Throws when there is none: it takes root to make one. */
export function givenSlowDisk(): SlowDisk {
  const { SOULPAD_SLOW_DISK: folder, SOULPAD_SLOW_DISK_CONTROL: control } = process.env;
  const bytesPerSecond = Number(process.env.SOULPAD_SLOW_DISK_SPEED ?? Number.NaN);
  if (folder === undefined || control === undefined || Number.isNaN(bytesPerSecond)) {
    throw new Error(
      'this bench needs a throttled disk: start it as root, so that native-scripts/bench/slow-disk can make one',
    );
  }
  const ask = async (line: string): Promise<void> => {
    await writeFile(join(control, 'ask'), `${line}\n`, { flag: 'a' });
    const answer = await open(join(control, 'answer'), 'r');
    try {
      const { buffer, bytesRead } = await answer.read(Buffer.alloc(4_096), 0, 4_096, null);
      const said = buffer.toString('utf8', 0, bytesRead).trim();
      if (said !== 'ok') throw new Error(`the slow disk did not ${line}: ${said}`);
    } finally {
      await answer.close();
    }
  };
  return {
    folder,
    bytesPerSecond,
    setSpeed: (speed, reads = 0) => ask(`speed ${Math.round(speed)} ${Math.round(reads)}`),
    replug: () => ask('replug'),
  };
}
