// How much a desktop is, said before anything is fetched: apt itself is asked, with the machine's own sources. Costs
// a reading of the package lists (some 10 MB) the first time; remembered while we run.
import { fail, ok, type Result } from '../../../preload/contract/result';
import { runScript, stage } from './script';

export interface DesktopSizes {
  /** Still to download. */
  readonly downloadBytes: number;
  /** Of the desktop's files; the disk image is about as large. */
  readonly installedBytes: number;
  /** A guess for a PC of two cores on a network of 5 MB/s. */
  readonly seconds: number;
}

let known: DesktopSizes | null = null;

/** Faults: io (no network), toolMissing (no Debian sources), busy (a build is at work), timeout (3 minutes), cancelled. */
export async function askDesktopSizes(
  about: { readonly signal?: AbortSignal; readonly cache?: string; readonly sources?: string } = {},
): Promise<Result<DesktopSizes>> {
  if (known !== null && about.cache === undefined) return ok(known);
  const asked = await runScript({
    args: ['--sizes', ...(about.sources === undefined ? [] : ['--sources', about.sources])],
    timeoutMs: 180_000,
    cache: about.cache,
    signal: about.signal,
  });
  if (!asked.ok) return asked;
  if (!('downloadBytes' in asked.value))
    return fail({ code: 'io', stage, message: 'the script named no sizes' });
  const { downloadBytes, installedBytes } = asked.value;
  const sizes = { downloadBytes, installedBytes, seconds: Math.round(120 + downloadBytes / 5e6) };
  if (about.cache === undefined) known = sizes;
  return ok(sizes);
}

/** What was said is no longer true: packages have been fetched. */
export function forgetDesktopSizes(): void {
  known = null;
}
