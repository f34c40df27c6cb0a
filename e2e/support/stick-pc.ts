// An emulated PC with a stick in it, and what tests of sticks do with both: start, read the screen, point, type, look
// inside. One PC at a time; everything ends with `end`. Tests only.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './cli';
import { type EmulatedPc, type PcAbout, startEmulatedPc } from './emulated-pc';
import { clickWord, reads, type SeenScreen, sizeOf, type Wanted } from './screen-words';
import { addKernelArguments, type Built, buildStickImage, layerOn, writeStickFile } from './stick';
import { type Spy, spyArguments, spyOptions, startSpy } from './stick-spy';

/** Pictures and layers of a run; kept for whoever wants to see them. */
export const stickResults = join(repository, 'out/test-results/stick');

/** A slow, noisy machine under software emulation: what takes a minute alone may take ten. */
export const patienceMs = 20 * 60_000;

export interface TestStick {
  readonly built: Built;
  /** The written stick as a raw file; tests start layers on it. */
  readonly file: string;
}

/** Builds the image where it is not built, writes it once, and lets tests look inside. */
export async function provideStick(): Promise<TestStick> {
  const built = buildStickImage();
  mkdirSync(stickResults, { recursive: true });
  const file = join(stickResults, 'stick.raw');
  rmSync(file, { force: true });
  await writeStickFile(built, file);
  addKernelArguments(built, file, spyArguments);
  return { built, file };
}

export interface StickPc {
  readonly pc: EmulatedPc;
  /** Seconds since the power was switched on. */
  seconds(): number;
  /** Until these words can be read on the screen. */
  sees(wanted: Wanted, timeoutMs?: number, everyMs?: number): Promise<SeenScreen>;
  /** Until the word is there, then a click on it. */
  click(word: RegExp): Promise<void>;
  /** A root shell inside (stick-spy.ts). */
  spy(): Promise<Spy>;
  end(): Promise<void>;
}

/** Switches on a PC with the stick in it. `name`: of its folder, and of its pictures. `stick`: a qcow2 layer. */
export async function startStickPc(
  about: Omit<PcAbout, 'folder' | 'disks'> & {
    readonly name: string;
    readonly stick: string;
    /** How the stick speaks. `uas`: no firmware here starts from that. */
    readonly speaks?: 'usb' | 'uas';
    readonly disks?: PcAbout['disks'];
  },
): Promise<StickPc> {
  const folder = join(stickResults, about.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const own = { id: 'stick', file: about.stick, format: 'qcow2', bootIndex: 1 } as const;
  const pc = await startEmulatedPc({
    display: 'std',
    memoryMiB: 2048,
    ...about,
    folder,
    disks: [{ ...own, bus: about.speaks ?? 'usb' }, ...(about.disks ?? [])],
    more: [...spyOptions(folder), ...(about.more ?? [])],
  });
  const began = performance.now();
  const picture = join(folder, 'screen.png');
  let spy: Spy | null = null;
  const sees: StickPc['sees'] = (wanted, timeoutMs = patienceMs, everyMs = 2_000) =>
    reads({ pc, wanted, picture, timeoutMs, everyMs });
  return {
    pc,
    seconds: () => (performance.now() - began) / 1000,
    sees,
    click: async (word) => {
      const seen = await sees({ word });
      await clickWord({ pc, seen, word, size: sizeOf(picture) });
    },
    spy: async () => {
      spy ??= await startSpy(folder, patienceMs);
      return spy;
    },
    end: async () => {
      spy?.close();
      await pc.end();
    },
  };
}

/** A fresh layer on the written stick. */
export function layerOf(stick: TestStick, name: string): string {
  return layerOn(stick.file, join(stickResults, `${name}.qcow2`));
}
