// Makes the small Debian desktop's disk, by the script. Whole or not at all: on cancel, fault and crash nothing is left
// but the downloaded packages, which are a second try's head start. It must never run as anything but the person.
import { chmod, rm } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { OnProgress } from '../../../preload/contract/progress';
import { ok, type Result } from '../../../preload/contract/result';
import { fsyncFile, fsyncFolder } from '../../files/durable';
import { attempt } from '../../files/errno';
import { asking, makePace } from './marks';
import { runScript, stage } from './script';
import { forgetDesktopSizes } from './sizes';

export type DesktopLanguage = 'en' | 'es' | 'ar';

const locales: Readonly<Record<DesktopLanguage, string>> = {
  en: 'en_US.UTF-8',
  es: 'es_ES.UTF-8',
  ar: 'ar_EG.UTF-8',
};

export interface DesktopBuild {
  /** The qcow2 to write: absolute, must not exist. */
  readonly file: string;
  /** The disk as the guest sees it: a multiple of 1 MiB, from 3 GiB to 1 TiB. */
  readonly diskBytes: number;
  readonly language: DesktopLanguage;
  /** Stages fetch, unpack, configure, image; secondsLeft is of the whole. */
  readonly onProgress: OnProgress;
  /** What the tools say, a line a call, without its end. */
  readonly onOutput: (text: string) => void;
  readonly signal?: AbortSignal;
  /** For tests: another cache, other sources (one-line format). */
  readonly cache?: string;
  readonly sources?: string;
}

/**
 * Minutes. Faults: full (before anything is fetched: need and have; or during), io (network or mirror), kernelLacks (no
 * user namespaces or subordinate ids), toolMissing, alreadyThere, busy, cancelled, timeout (2 hours).
 */
export async function buildDesktop(about: DesktopBuild): Promise<Result<void>> {
  if (!isAbsolute(about.file)) throw new Error('a disk is named by its absolute path');
  const pace = makePace();
  about.onProgress(asking);
  const built = await runScript({
    args: [
      ...['--out', about.file],
      ...['--disk-bytes', String(about.diskBytes)],
      ...['--locale', locales[about.language]],
      ...(about.sources === undefined ? [] : ['--sources', about.sources]),
    ],
    timeoutMs: 7_200_000,
    cache: about.cache,
    signal: about.signal,
    onMark: (mark) => {
      if ('progress' in mark) about.onProgress(pace(mark.progress, performance.now() / 1000));
    },
    onWords: about.onOutput,
  });
  forgetDesktopSizes();
  const kept = built.ok ? await makeDurable(about.file) : built;
  if (kept.ok) return kept;
  // A file that was there before is not ours to remove.
  if (kept.fault.code !== 'alreadyThere') await rm(about.file, { force: true }).catch(() => {});
  if (kept.fault.code !== 'busy') await cleanDesktopLeftovers(about);
  return kept;
}

async function makeDurable(file: string): Promise<Result<void>> {
  const steps = [
    () => attempt(stage, () => chmod(file, 0o600)),
    () => fsyncFile(file, stage),
    () => fsyncFolder(dirname(file), stage),
  ];
  for (const step of steps) {
    const done = await step();
    if (!done.ok) return done;
  }
  return ok(undefined);
}

/** What a build that was killed left: the work folder, and the half-written `file` where it is named. Seconds. */
export async function cleanDesktopLeftovers(
  about: { readonly file?: string; readonly cache?: string } = {},
): Promise<Result<void>> {
  const cleaned = await runScript({
    args: ['--clean', ...(about.file === undefined ? [] : ['--out', about.file])],
    timeoutMs: 120_000,
    cache: about.cache,
  });
  return cleaned.ok ? ok(undefined) : cleaned;
}
