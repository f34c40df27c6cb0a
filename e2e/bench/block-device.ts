// What the kernel counted at the device below a folder: the truth about bytes read and written, whatever a program says
// of itself. Fields of /sys/dev/block/M:m/stat: Documentation/block/stat.rst; a sector is 512 bytes there on any disk.
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';

const sectorBytes = 512;
const fields = z.array(z.coerce.number().int().nonnegative()).min(7);

export interface BlockCounts {
  readonly reads: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Since the device came up. Throws for a folder that lies on no block device of its own. */
export async function countsBelow(folder: string): Promise<BlockCounts> {
  const { dev } = await stat(folder);
  // makedev(3): the minor number's low byte, then 12 bits of the major, then the minor's rest.
  const [major, minor] = [(dev >>> 8) & 0xfff, (dev & 0xff) | ((dev >>> 12) & 0xfff00)];
  const text = await readFile(`/sys/dev/block/${major}:${minor}/stat`, 'utf8');
  const [reads = 0, , read = 0, , , , written = 0] = fields.parse(text.trim().split(/\s+/));
  return { reads, bytesRead: read * sectorBytes, bytesWritten: written * sectorBytes };
}

/** What came to the device while `work` was done. */
export async function countedBelow<T>(
  folder: string,
  work: () => Promise<T>,
): Promise<BlockCounts & { readonly value: T }> {
  const before = await countsBelow(folder);
  const value = await work();
  const after = await countsBelow(folder);
  return {
    value,
    reads: after.reads - before.reads,
    bytesRead: after.bytesRead - before.bytesRead,
    bytesWritten: after.bytesWritten - before.bytesWritten,
  };
}
