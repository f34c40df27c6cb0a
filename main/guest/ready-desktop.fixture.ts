// For tests: the small Debian desktop as a guest, on a copy of the ready image instead of one that is built for minutes
// each time. native-scripts/guest/desktop/ready builds that image once; SOULPAD_DESKTOP_IMAGE names one made before.
import { execFileSync } from 'node:child_process';
import { chmod, copyFile } from 'node:fs/promises';
import { ok, type Result } from '../../preload/contract/result';
import { findUpwards } from '../process/upwards';
import { addDesktop } from './additions';
import type { GuestDefinition } from './definition';
import { inspectLayer } from './disk';

/** Where such tests belong: they may build the image first, and boot a whole system in software. */
export const desktopIsWanted =
  process.env.SOULPAD_FULL === '1' || process.env.SOULPAD_DESKTOP_IMAGE !== undefined;
export const desktopIsLeftOut =
  'builds a desktop of 1.2 GB first: npm run test-full, or SOULPAD_DESKTOP_IMAGE';

/** Its path; minutes the first time. Never write to it. */
export function readyDesktop(): string {
  const ready = findUpwards(import.meta.dirname, ['native-scripts/guest/desktop/ready']) ?? '';
  const image = execFileSync(ready, {
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout: 2_400_000 },
  });
  return image.trim();
}

/** The product's own definition; the disk has the ready image's size. Faults: as addDesktop. */
export async function addReadyDesktop(about: {
  readonly guestsFolder: string;
  readonly name: string;
  readonly ramBytes: number;
}): Promise<Result<GuestDefinition>> {
  const image = readyDesktop();
  const facts = await inspectLayer(image);
  if (!facts.ok) return facts;
  return addDesktop({
    ...{ ...about, language: 'en', diskBytes: facts.value.virtualBytes },
    ...{ onProgress: () => {}, onOutput: () => {}, signal: new AbortController().signal },
    build: async ({ file }) => {
      await copyFile(image, file);
      await chmod(file, 0o600);
      return ok(undefined);
    },
  });
}
