// Fits the guest organ to what set-up needs (parts.ts): what this PC can have, which file was picked, and making it in
// the vault that is open. A path that a person picked is kept here and never shown; the page knows the file's name alone.
import { readdir, rm, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { GuestSize, Picked } from '../../preload/contract/setup';
import type { Language } from '../../preload/contract/view';
import { type Adding, addDesktop, addImage, addIso } from '../guest/additions';
import { buildDesktop, cleanDesktopLeftovers, type DesktopLanguage } from '../guest/desktop/build';
import { askDesktopSizes } from '../guest/desktop/sizes';
import { type DiscImage, inspectDisc } from '../guest/disc';
import { type DiskImage, inspectImage, measureImage } from '../guest/import-disk';
import { type SizesAsked, sizeChoices, sizesFor } from '../guest/sizes';
import { addGuest, halfMade } from '../guest/store';
import { defineWitness } from '../guest/witness';
import { findWitnessFiles } from '../guest/witness-files';
import type { OpenVault } from '../vault/vault';
import { offersFor, type PcFacts } from './offers';
import type { NewGuests } from './parts';

const stage = 'setup.guest';
/** apt reads its lists the first time; without an answer by then the network is not good enough for a desktop. */
const desktopAskMs = 60_000;

type Chosen =
  | { readonly kind: 'image'; readonly image: DiskImage; readonly picked: Picked }
  | { readonly kind: 'iso'; readonly disc: DiscImage; readonly picked: Picked };

export function newGuestsOf(about: {
  readonly home: string;
  /** RFC 3339 UTC. */
  readonly now: () => string;
  readonly language: () => Language;
  /** Has the person choose a file; null: none. */
  readonly chooseFile: (kind: 'image' | 'iso') => Promise<string | null>;
}): NewGuests {
  let chosen: Chosen | null = null;
  let asking: ReturnType<typeof askDesktopSizes> | null = null;

  /** One question at a time: apt's lists have one lock. */
  const askSizes = (): ReturnType<typeof askDesktopSizes> => {
    asking ??= askDesktopSizes({ signal: AbortSignal.timeout(desktopAskMs) }).finally(() => {
      asking = null;
    });
    return asking;
  };

  const pickFile: NewGuests['pickFile'] = async (kind, { size }) => {
    const path = await about.chooseFile(kind);
    if (path === null) return ok(null);
    const looked = await (kind === 'image' ? lookAtImage : lookAtDisc)(path, size);
    chosen = looked.ok ? looked.value : null;
    return looked.ok ? ok(looked.value.picked) : looked;
  };

  const lookAtImage = async (path: string, size: GuestSize): Promise<Result<Chosen>> => {
    const image = await inspectImage(path);
    if (!image.ok) return image;
    const firstBytes = await measureImage(image.value);
    if (!firstBytes.ok) return firstBytes;
    const pc = await pcFactsOf(about.home);
    const room = { imageBytes: image.value.bytes, firstBytes: firstBytes.value };
    const asked = { kind: 'image', ...pc, ...room } as const;
    const picked = pickedOf({ path, asked, size, copyBytes: firstBytes.value });
    return picked.ok ? ok({ kind: 'image', image: image.value, picked: picked.value }) : picked;
  };

  const lookAtDisc = async (path: string, size: GuestSize): Promise<Result<Chosen>> => {
    const disc = await inspectDisc(path);
    if (!disc.ok) return disc;
    const pc = await pcFactsOf(about.home);
    // The disc is copied into the vault, beside what its guest will write.
    const freeDiskBytes = Math.max(0, pc.freeDiskBytes - disc.value.bytes);
    const asked = { kind: 'iso', ...pc, freeDiskBytes } as const;
    const picked = pickedOf({ path, asked, size, copyBytes: disc.value.bytes });
    return picked.ok ? ok({ kind: 'iso', disc: disc.value, picked: picked.value }) : picked;
  };

  const make = async (asked: Parameters<NewGuests['build']>[0]): Promise<Result<unknown>> => {
    const { vault, picked, onProgress, onOutput, signal } = asked;
    const { guestsFolder } = vault;
    const { ramBytes, diskBytes } = picked;
    const adding = (name: string): Adding => ({
      ...{ guestsFolder, name, ramBytes, diskBytes, onProgress, signal },
    });
    const onLine = (line: string): void => onOutput(`${line}\n`);
    switch (picked.kind) {
      case 'desktop':
        await asking; // its lock is the build's too
        return addDesktop({
          ...adding('Debian'),
          ...{ language: desktopLanguage(about.language()), onOutput: onLine },
          build: (asked) => buildDesktop({ ...asked, language: desktopLanguage(about.language()) }),
        });
      case 'image':
        if (chosen?.kind !== 'image' || chosen.picked.file !== picked.file) return noLongerChosen();
        return addImage({ ...adding(nameOf(picked)), image: chosen.image });
      case 'iso':
        if (chosen?.kind !== 'iso' || chosen.picked.file !== picked.file) return noLongerChosen();
        return addIso({ ...adding(nameOf(picked)), disc: chosen.disc });
      case 'witness': {
        onProgress({
          stage: 'create',
          done: 0,
          total: 1,
          unit: 'steps',
          secondsLeft: null,
          reversible: true,
        });
        const boot = findWitnessFiles();
        if (!boot.ok) return boot;
        if (signal.aborted) return fail({ code: 'cancelled', stage, message: 'cancelled' });
        const definition = defineWitness({ id: 'witness', name: 'Witness', createdAt: about.now() });
        return addGuest({ guestsFolder, definition, boot: boot.value });
      }
    }
  };

  return {
    offers: async (vault, tell) => {
      const asked = askSizes();
      const pc = await pcFactsOf(vault?.mountPoint ?? about.home);
      tell(offersFor({ pc, desktop: null }));
      tell(offersFor({ pc, desktop: await asked }));
    },
    pickFile,
    build: async (asked) => {
      const built = await make(asked);
      return built.ok ? ok(undefined) : built;
    },
    clearLeftovers,
  };
}

/** Of a copy onto a usual stick, bytes a second. */
const usualCopyRate = 30e6;

/** In the size that was asked for, where the file leaves room for it; else in its usual one. */
function pickedOf(about: {
  readonly path: string;
  readonly asked: SizesAsked & { readonly kind: 'image' | 'iso' };
  readonly size: GuestSize;
  readonly copyBytes: number;
}): Result<Picked> {
  const { path, asked, copyBytes } = about;
  const usual = sizesFor(asked);
  if (!usual.fits) {
    const message = `${usual.needBytes} bytes of ${usual.what} are needed, ${usual.haveBytes} are there`;
    return fail({ code: 'full', stage, message });
  }
  const { diskBytes, ramBytes } = usual;
  const sizes = sizeChoices(asked);
  const taken = sizes.find(({ size }) => size === about.size) ?? { size: 'usual', diskBytes, ramBytes };
  const usualSeconds = 1 + Math.round(copyBytes / usualCopyRate);
  return ok({ kind: asked.kind, file: shownFile(path), ...taken, sizes, usualSeconds });
}

/** A file's name may hold what moves a reader's eye: control characters and marks of writing direction go. */
function shownFile(path: string): string {
  return [...basename(path).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')].slice(0, 120).join('');
}

function nameOf({ file, kind }: Picked): string {
  const name = (file ?? '').replace(/\.[A-Za-z0-9]{1,5}$/, '').trim();
  return name === '' ? kind : [...name].slice(0, 40).join('');
}

function noLongerChosen(): Result<never> {
  return fail({ code: 'missingFile', stage, message: 'the file is no longer chosen: choose it again' });
}

/** Memory and free disk, asked of the nearest folder that is there: before set-up, the home is not. */
export async function pcFactsOf(folder: string): Promise<PcFacts> {
  const space = await statfs(folder).catch(() => null);
  if (space !== null) return { memoryBytes: totalmem(), freeDiskBytes: space.bavail * space.bsize };
  return folder === dirname(folder)
    ? { memoryBytes: totalmem(), freeDiskBytes: 0 }
    : pcFactsOf(dirname(folder));
}

async function clearLeftovers({ guestsFolder }: OpenVault): Promise<void> {
  const names = await readdir(guestsFolder).catch(() => []);
  const left = names.filter((each) => each.startsWith(halfMade));
  if (left.length === 0) return;
  await cleanDesktopLeftovers(); // its work folder, outside the vault; a failure there is told by the next build
  for (const name of left)
    await rm(join(guestsFolder, name), { recursive: true, force: true }).catch(() => {});
}

/** The small desktop itself speaks three languages so far (native-scripts/guest/desktop/words). */
function desktopLanguage(language: Language): DesktopLanguage {
  return language === 'fr' ? 'en' : language;
}
