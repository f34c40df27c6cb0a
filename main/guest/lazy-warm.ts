// What a wake touches first: noted while the guest runs, read ahead of it at the next wake. Reading ahead is an order
// to the disk and nothing else: pages land in the page cache, where the guest's faults find them. It never writes.
import type { FileHandle } from 'node:fs/promises';
import { ok, type Result } from '../../preload/contract/result';
import { isWarmRam } from '../generation/manifest';
import type { RamView } from '../generation/ram-chain';
import { checkPart } from '../generation/ram-check';
import type { RamChainPart } from '../generation/ram-files';
import { countPages, type PageRun, pageBytes } from '../generation/ram-index';

/**
 * Runs that are so near to each other in a file are read as one: a cheap stick does 1,000 reads a second and 30 MiB,
 * so a read costs as much as 30 KiB.
 */
const joinedOverPages = 8;
const readAtOnceBytes = 1 << 20;

export interface WarmUp {
  readonly parts: readonly RamChainPart[];
  /** Open for reading, as `parts`. */
  readonly files: readonly FileHandle[];
  readonly view: RamView;
  readonly touched: readonly PageRun[];
  readonly signal?: AbortSignal | undefined;
}

/** Bytes that were read. The warm file is compared with its sums. Faults: damagedState, cancelled. */
export async function warmUp(about: WarmUp): Promise<Result<number>> {
  let bytes = 0;
  for (const [source, part] of about.parts.entries()) {
    const file = about.files[source];
    if (file === undefined) throw new Error('each part is open');
    if (isWarmRam(part.index.file)) {
      const checked = await checkPart({ part, file, signal: about.signal });
      if (!checked.ok) return checked;
      bytes += countPages(part.index.data) * pageBytes;
    } else {
      for (const run of runsInFile({ ...about, source })) bytes += await readThrough(file, run);
    }
  }
  return ok(bytes);
}

/** Which pages of that file hold touched ones, ascending, near ones joined. */
export function runsInFile(about: {
  readonly view: RamView;
  readonly touched: readonly PageRun[];
  readonly source: number;
}): readonly PageRun[] {
  const { view, touched, source } = about;
  const runs: { first: number; pages: number }[] = [];
  for (const { first, pages } of touched) {
    for (let page = first; page < first + pages; page++) {
      if (view.source[page] !== source) continue;
      const at = view.at[page] ?? 0;
      const last = runs.at(-1);
      if (last !== undefined && at - (last.first + last.pages) <= joinedOverPages)
        last.pages = at + 1 - last.first;
      else runs.push({ first: at, pages: 1 });
    }
  }
  return runs;
}

/** A page that cannot be read is found by who needs it. */
async function readThrough(file: FileHandle, run: PageRun): Promise<number> {
  const end = (run.first + run.pages) * pageBytes;
  const buffer = Buffer.allocUnsafe(Math.min(readAtOnceBytes, run.pages * pageBytes));
  let done = 0;
  for (let at = run.first * pageBytes; at < end; ) {
    const read = await file.read(buffer, 0, Math.min(buffer.length, end - at), at).catch(() => null);
    if (read === null || read.bytesRead === 0) break;
    at += read.bytesRead;
    done += read.bytesRead;
  }
  return done;
}
