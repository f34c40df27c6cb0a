// Writing one ram.base or ram.delta: pages in ascending order, in pieces of a chunk, each chunk's sum taken on the way,
// the bytes sent to the disk every few chunks so that progress means bytes on the disk. Never writes over a file.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { chunkPages, collectRuns, type PageRun, pageBytes } from '../generation/ram-index';

const chunkBytes = chunkPages * pageBytes;
const syncEveryBytes = 16 << 20;

export interface RamWriter {
  /** One page; pages only rise. */
  add(page: number, content: Uint8Array): Promise<void>;
  /** All on disk; then what the index says of it. */
  finish(): Promise<{ readonly data: readonly PageRun[]; readonly sums: readonly Buffer[] }>;
  close(): Promise<void>;
}

/** Its methods throw what the file system refuses. `flatBytes`: a base of so many bytes; null: a delta. */
export async function openRamWriter(path: string, flatBytes: number | null): Promise<RamWriter> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  if (flatBytes !== null) await file.truncate(flatBytes);
  const data = collectRuns();
  const sums: Buffer[] = [];
  const chunk = Buffer.alloc(chunkBytes);
  let held: number[] = [];
  let written = 0;
  let synced = 0;

  const flush = async (): Promise<void> => {
    if (held.length === 0) return;
    const bytes = chunk.subarray(0, held.length * pageBytes);
    sums.push(createHash('sha256').update(bytes).digest());
    if (flatBytes === null) await writeAll(file, bytes, written);
    else await writeScattered(file, bytes, held);
    written += bytes.length;
    held = [];
    if (written - synced < syncEveryBytes) return;
    await file.datasync();
    synced = written;
  };

  return {
    add: async (page, content) => {
      chunk.set(content, held.length * pageBytes);
      held.push(page);
      data.add(page);
      if (held.length === chunkPages) await flush();
    },
    finish: async () => {
      await flush();
      await file.sync();
      return { data: data.runs, sums };
    },
    close: () => file.close(),
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Each page at its own place, neighbours in one write. */
async function writeScattered(file: FileHandle, bytes: Uint8Array, pages: readonly number[]): Promise<void> {
  for (let from = 0; from < pages.length; ) {
    let to = from + 1;
    while (to < pages.length && pages[to] === (pages[to - 1] ?? 0) + 1) to++;
    const position = (pages[from] ?? 0) * pageBytes;
    await writeAll(file, bytes.subarray(from * pageBytes, to * pageBytes), position);
    from = to;
  }
}
