// A stick as a person has it: the image of this checkout, built once, written to a file that stands for a USB disk. A
// test works on a copy that keeps only what it changes. Tests only.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemPath } from '../../main/stick/disks';
import { findTarget, readImage, writeStick } from '../../main/stick/write';
import { repository } from './cli';

const GiB = 2 ** 30;

const builtSchema = z.object({
  image: z.string(),
  disc: z.string(),
  manifest: z.string(),
  bytes: z.number(),
  systemBytes: z.number(),
  packages: z.number(),
  cached: z.boolean(),
  seconds: z.number(),
});

export type Built = z.infer<typeof builtSchema>;

/** Without firmware of real hardware: an emulated PC has none to load. Cached by all that goes into it; SOULPAD_STICK_BUILT: what a build said that is to be used instead. */
export function buildStickImage(): Built {
  const ready = process.env.SOULPAD_STICK_BUILT;
  if (ready !== undefined) return builtSchema.parse(JSON.parse(ready));
  const ran = spawnSync(
    join(repository, 'native-scripts/stick/build'),
    ['--firmware', 'no', '--out', join(repository, 'out/stick')],
    {
      ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 30 * 60_000, maxBuffer: 64 << 20 },
      // As a person builds it: inside vitest, electron-builder takes hard links for copies, and the kernel forbids a link
      // to somebody else's file.
      env: { ...process.env, VITEST: undefined },
    },
  );
  if (ran.status !== 0) throw new Error(`the stick could not be built: ${ran.stderr.slice(-4000)}`);
  return builtSchema.parse(JSON.parse(ran.stdout));
}

const manifestSchema = z.object({
  key: z.string(),
  partitions: z.array(z.object({ name: z.string(), start: z.number(), sectors: z.number() })),
});

/** Writes the image to a sparse file of `bytes`, as `soulpad stick write` does. */
export async function writeStickFile(built: Built, file: string, bytes = 8 * GiB): Promise<void> {
  writeFileSync(file, '');
  truncateSync(file, bytes);
  const image = await readImage(built.image);
  if (!image.ok) throw new Error(image.fault.message);
  const disk = await findTarget(file, image.value);
  if (!disk.ok) throw new Error(disk.fault.message);
  const signal = new AbortController().signal;
  const written = await writeStick({ image: image.value, disk: disk.value, signal, onProgress: () => {} });
  if (!written.ok) throw new Error(written.fault.message);
}

/** A layer on top of a written stick: qcow2. */
export function layerOn(base: string, layer: string): string {
  rmSync(layer, { force: true });
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', base, layer]);
  return layer;
}

/**
 * Changes grub.cfg in the boot partition of a written stick (a raw file): more kernel arguments, so that a test can
 * listen on the serial line. Nothing checks that file, with Secure Boot or without (docs/promises/stick.md).
 */
export function addKernelArguments(built: Built, stick: string, words: string): void {
  const { partitions } = manifestSchema.parse(JSON.parse(readFileSync(built.manifest, 'utf8')));
  const boot = partitions.find(({ name }) => name === 'soulpad-boot');
  if (boot === undefined) throw new Error('the image has no boot partition');
  const at = `${stick}@@${boot.start * 512}`;
  const folder = `${stick}.boot`;
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'grub.cfg');
  const env = { ...process.env, ...systemPath };
  try {
    execFileSync('mcopy', ['-n', '-i', at, '::/EFI/debian/grub.cfg', config], { env });
    writeFileSync(config, readFileSync(config, 'utf8').replace(/(soulpad\.system=\S+?);/, `$1 ${words};`));
    execFileSync('mcopy', ['-o', '-i', at, config, '::/EFI/debian/grub.cfg'], { env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
