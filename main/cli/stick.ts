// `soulpad stick`: builds the image, lists the disks that may become a stick, writes one. Writing erases a disk, so it
// wants the disk's own name, typed: on a terminal it is asked for, a script gives --confirm.

import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fail, ok, type Result } from '../../preload/contract/result';
import { buildStick } from '../stick/build';
import { type Disk, isNamed, nameOf, readDisks } from '../stick/disks';
import { findTarget, type Image, readImage, writeStick } from '../stick/write';
import { usage } from './arguments';
import type { DataOf } from './surface';
import { type Asked, verb } from './verb';

const stage = 'stick.write';
const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

export const stickVerbs = [
  verb({
    topic: 'stick.build',
    words: ['stick', 'build'],
    operand: null,
    options: ['out', 'firmware'],
    help: "Build the image of a stick from this PC's own Debian sources: minutes, and half a gigabyte of download at first.",
    run: async ({ values, onProgress, signal }) => {
      const { out, firmware } = values;
      if (firmware !== undefined && firmware !== 'yes' && firmware !== 'no')
        return fail(usage('--firmware takes yes or no'));
      const args = [
        ...(out === undefined ? [] : ['--out', resolve(out)]),
        ...(firmware === undefined ? [] : ['--firmware', firmware]),
      ];
      return buildStick({ args, onProgress, signal });
    },
    say: (built) => [
      `${built.image}: ${mebibytes(built.bytes)}, ${built.packages} packages${built.cached ? ', nothing had changed' : ''}.`,
      `For PCs that do not start from USB: ${built.disc}`,
      `Write it with: soulpad stick write --image ${built.image} --disk PATH`,
    ],
  }),
  verb({
    topic: 'stick.disks',
    words: ['stick', 'disks'],
    operand: null,
    options: ['image'],
    help: "List this PC's disks, and which of them may become a stick.",
    run: async ({ values }) => {
      const image = values.image === undefined ? ok(null) : await readImage(resolve(values.image));
      if (!image.ok) return image;
      const disks = await readDisks(image.value?.leastDiskBytes ?? 0);
      return disks.ok ? ok({ disks: disks.value.map(({ sequence: _, ...told }) => told) }) : disks;
    },
    say: ({ disks }) => (disks.length === 0 ? ['This PC has no disk that can be seen.'] : disks.map(sayDisk)),
  }),
  verb({
    topic: 'stick.write',
    words: ['stick', 'write'],
    operand: null,
    options: ['image', 'disk', 'confirm'],
    help: 'Write an image to a removable disk. Everything on that disk is lost.',
    run: write,
    say: (written) => [
      `Written and read back: ${mebibytes(written.writtenBytes)}, ${mebibytes(written.writtenBytes / Math.max(written.seconds.write, 0.001))}/s.`,
      `The vault has ${gibibytes(written.vaultBytes)}, swap ${gibibytes(written.swapBytes)}. Take the stick out and start a PC from it.`,
    ],
  }),
];

function sayDisk(disk: Omit<Disk, 'sequence'>): string {
  const serial = disk.serial === null ? '' : `, serial ${disk.serial}`;
  const verdict = disk.refused === null ? 'can become a stick' : `no: ${disk.refused}`;
  return `${disk.path}  ${disk.model ?? 'no name'}, ${gibibytes(disk.bytes)}${serial}  ${verdict}`;
}

async function write(asked: Asked): Promise<Result<DataOf<'stick.write'>>> {
  const { image: file, disk: path } = asked.values;
  if (file === undefined || path === undefined)
    return fail(usage('stick write needs --image FILE and --disk PATH'));
  const image = await readImage(resolve(file));
  if (!image.ok) return image;
  const disk = await findTarget(resolve(path), image.value);
  if (!disk.ok) return disk;
  const agreed = await agree(asked, disk.value);
  return agreed.ok ? writeAgreed(asked, image.value, disk.value) : agreed;
}

function writeAgreed(asked: Asked, image: Image, disk: Disk): Promise<Result<DataOf<'stick.write'>>> {
  const { onProgress, signal } = asked;
  return writeStick({ image, disk, onProgress, signal });
}

/** The person types the disk's name. Faults: usage (no terminal and no --confirm), refusedDisk (another name). */
async function agree(asked: Asked, disk: Disk): Promise<Result<void>> {
  const name = nameOf(disk);
  const typed = asked.values.confirm ?? (await askName(disk, name));
  if (typed === null)
    return fail({ ...usage('stick write needs --confirm NAME'), hint: `the name of this disk is: ${name}` });
  if (isNamed(disk, typed)) return ok(undefined);
  return fail({
    code: 'refusedDisk',
    stage,
    message: `${disk.path} is called ${name}, not ${typed.trim().slice(0, 100)}`,
    hint: 'nothing was written',
  });
}

async function askName(disk: Disk, name: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asking.question(
      `Everything on ${disk.path} (${name}, ${gibibytes(disk.bytes)}) will be lost.\nType its name to go on: `,
    );
  } finally {
    asking.close();
  }
}
