// Which disks a stick may be written to: what the kernel says of each (lsblk(8)), and why one is refused. In doubt a
// disk is refused: a stick that cannot be written costs a minute, the wrong disk costs everything on it.
//
// | what                                              | refused as    |
// | ------------------------------------------------- | ------------- |
// | not on USB and not a removable medium             | notRemovable  |
// | we run from it, it is swapped to                  | system        |
// | a file system of it is mounted                    | mounted       |
// | a mapping, RAID or volume group holds it          | inUse         |
// | write-protected                                   | readOnly      |
// | smaller than the image with its vault             | tooSmall      |
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { Refusal } from '../../preload/contract/sticks';
import { run } from '../process/run';
import { parseJson } from '../socket/call';

const stage = 'stick.disks';

export interface Disk {
  readonly path: string;
  /** As the disk itself says, trimmed; null when it says nothing. */
  readonly model: string | null;
  readonly serial: string | null;
  readonly bytes: number;
  readonly bus: string | null;
  readonly refused: Refusal | null;
  /** Another one for each disk or card that was ever plugged in since the start (sysfs diskseq); null: the kernel has none. */
  readonly sequence: string | null;
}

/** Debian keeps such programs where a user's PATH does not look. */
export const systemPath = { PATH: `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin` };

interface Node {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly model?: string | null | undefined;
  readonly serial?: string | null | undefined;
  readonly tran?: string | null | undefined;
  readonly rm: boolean;
  readonly ro: boolean;
  readonly hotplug: boolean;
  readonly mountpoints: readonly (string | null)[];
  readonly children?: readonly Node[] | undefined;
}

const text = z.string().max(400).nullable().optional();

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.object({
    path: z.string().startsWith('/dev/').max(200),
    type: z.string().max(40),
    size: z.number().int().nonnegative(),
    model: text,
    serial: text,
    tran: text,
    rm: z.boolean(),
    ro: z.boolean(),
    hotplug: z.boolean(),
    mountpoints: z.array(z.string().nullable()).max(1000),
    children: z.array(nodeSchema).max(1000).optional(),
  }),
);

const lsblkSchema = z.object({ blockdevices: z.array(nodeSchema).max(1000) });

/** Where the running system itself lies: a disk with one of these mounted is never written. */
const systemMounts = ['/', '/boot', '/boot/efi', '/usr', '/home', '[SWAP]', '/run/soulpad/system'];

function all(node: Node): Node[] {
  return [node, ...(node.children ?? []).flatMap(all)];
}

/** Pure. `needBytes`: the least that the image and its vault want. */
function refusalOf(disk: Node, needBytes: number): Refusal | null {
  const parts = all(disk);
  const points = parts.flatMap(({ mountpoints }) => mountpoints).filter((point) => point !== null);
  if (points.some((point) => systemMounts.includes(point))) return 'system';
  if (disk.tran !== 'usb' && !disk.rm && !disk.hotplug) return 'notRemovable';
  if (points.length > 0) return 'mounted';
  if (parts.some(({ type }) => !['disk', 'part'].includes(type))) return 'inUse';
  if (disk.ro) return 'readOnly';
  return disk.size < needBytes ? 'tooSmall' : null;
}

function said(value: string | null | undefined): string | null {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/** Pure: what `lsblk --json` says -> whole disks with media in them, in its order. Null when it is not lsblk's. */
export function disksOf(json: unknown, needBytes: number): Disk[] | null {
  const read = lsblkSchema.safeParse(json);
  if (!read.success) return null;
  return read.data.blockdevices
    .filter(({ type, size }) => type === 'disk' && size > 0)
    .filter(({ path }) => !/^\/dev\/(zram|ram|fd|nbd)\d/.test(path))
    .map((disk) => ({
      path: disk.path,
      model: said(disk.model),
      serial: said(disk.serial),
      bytes: disk.size,
      bus: said(disk.tran),
      refused: refusalOf(disk, needBytes),
      sequence: null,
    }));
}

/** Faults: toolMissing, timeout, io. */
export async function readDisks(needBytes: number): Promise<Result<Disk[]>> {
  const listed = await run({
    program: 'lsblk',
    args: ['--json', '-b', '-o', 'PATH,TYPE,SIZE,MODEL,SERIAL,TRAN,RM,RO,HOTPLUG,MOUNTPOINTS'],
    stage,
    timeoutMs: 10_000,
  });
  if (!listed.ok) return listed;
  const disks = disksOf(parseJson(listed.value.stdout.toString('utf8')), needBytes);
  if (disks === null) return fail({ code: 'io', stage, message: 'lsblk said what nobody understands' });
  return ok(disks.map((disk) => ({ ...disk, sequence: sequenceOf(disk.path) })));
}

/** lsblk of Debian 12 does not tell it. */
function sequenceOf(path: string): string | null {
  try {
    const told = readFileSync(`/sys/class/block/${basename(path)}/diskseq`, 'latin1').trim();
    return /^\d{1,20}$/.test(told) ? told : null;
  } catch {
    return null; // before Linux 5.15, or unplugged meanwhile: then it is not the disk that was listed
  }
}

/** Whether nobody has put another disk or card in its place. What the person typed is only the model. */
export function isSameDisk(one: Disk, other: Disk): boolean {
  return (['path', 'model', 'serial', 'bytes', 'bus', 'sequence'] as const).every(
    (key) => one[key] === other[key],
  );
}

/** A regular file that stands for a disk (virtual machines, tests); null when `path` is none. */
export function fileAsDisk(path: string, needBytes: number): Disk | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return null;
  const refused = found.size < needBytes ? 'tooSmall' : null;
  return { path, model: null, serial: null, bytes: found.size, bus: 'file', refused, sequence: null };
}

/** What a person types before a disk is erased: its model, or else its serial, or else its path. */
export function nameOf(disk: Pick<Disk, 'path' | 'model' | 'serial'>): string {
  return [disk.model, disk.serial].map((each) => asRead(each ?? '')).find((each) => each !== '') ?? disk.path;
}

/** Whether that is what was typed. The one comparison before a disk is erased, for the screen and the terminal alike. */
export function isNamed(disk: Pick<Disk, 'path' | 'model' | 'serial'>, typed: string): boolean {
  return asRead(typed) === asRead(nameOf(disk));
}

/** As eyes read it: nothing that is not seen, one space between words. The disk's maker chose the bytes, nobody types them. */
function asRead(name: string): string {
  return name
    .normalize('NFC')
    .replace(/(?!\s)[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
}
