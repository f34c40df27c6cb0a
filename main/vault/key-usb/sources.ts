// Where a key USB may be right now: folders where the desktop mounted a removable disk, and removable partitions that
// nobody mounted but that this user may read (lsblk(8)). Internal disks are never looked at.
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { run } from '../../process/run';
import { parseJson } from '../../socket/call';
import { mountAt, readMounts } from '../mounts';
import { keyFileName, missingKey, passphraseFileName } from './key-file';
import { type FoundKey, readKey } from './read-key';

const maxSources = 32;
/** More than anybody has; each that is wrong costs a try. */
const maxKeys = 4;
const columns = 'PATH,TYPE,FSTYPE,RM,HOTPLUG,MOUNTPOINTS';

const lsblkSchema = z.object({
  blockdevices: z
    .array(
      z.object({
        path: z.string().startsWith('/dev/').max(200),
        type: z.string(),
        fstype: z.string().nullable(),
        rm: z.boolean(),
        hotplug: z.boolean(),
        mountpoints: z.array(z.string().nullable()),
      }),
    )
    .max(1000),
});

/** Pure: what `lsblk --json` says -> folders and unmounted devices that may carry a key. */
export function removableSources(json: unknown): { folders: string[]; devices: string[] } {
  const read = lsblkSchema.safeParse(json);
  const devices = read.success ? read.data.blockdevices.filter((device) => device.rm || device.hotplug) : [];
  const mounted = devices
    .flatMap((device) => device.mountpoints)
    .filter((point): point is string => point?.startsWith('/') === true && point !== '/');
  const loose = devices.filter(
    ({ type, fstype, mountpoints }) =>
      mountpoints.every((point) => point === null) &&
      // Without udev the type is unknown: then the partition's boot sector tells.
      (fstype === 'vfat' || (fstype === null && type === 'part')),
  );
  return { folders: mounted, devices: loose.map((device) => device.path) };
}

/** Paths for readKey, the likeliest first. `more`: paths that the caller knows of (`--key`, the settings). */
export async function findKeySources(more: readonly string[] = []): Promise<string[]> {
  const listed = await run({
    program: 'lsblk',
    args: ['--json', '--list', '-b', '-o', columns],
    stage: 'vault.keyUsb',
    timeoutMs: 10_000,
  });
  const seen = removableSources(listed.ok ? parseJson(listed.value.stdout.toString('utf8')) : null);
  const all = [...more, ...desktopFolders(), ...seen.folders, ...seen.devices.filter(isReadable)];
  return [...new Set(all)].slice(0, maxSources);
}

/** A key and the disk that it lies on: `source` for `isPlugged`, `name` for the person. */
export interface PluggedKey extends FoundKey {
  readonly source: string;
  readonly name: string;
}

/** At least one. The secrets are the caller's to wipe. A damaged key is told only if no source has a good one. */
export async function findKeys(more: readonly string[] = []): Promise<Result<readonly PluggedKey[]>> {
  const keys: PluggedKey[] = [];
  let wrong: Result<never> | null = null;
  for (const source of await findKeySources(more)) {
    const found = await readKey(source);
    if (found.ok) {
      // A disk that is mounted twice, or named beside, holds one key.
      const known = keys.some(({ secret }) => Buffer.from(secret.bytes).equals(found.value.secret.bytes));
      if (known) found.value.secret.bytes.fill(0);
      else keys.push({ ...found.value, source, name: nameOf(source) });
      if (keys.length === maxKeys) break;
    } else if (found.fault.code === 'toolMissing') {
      wrong ??= found;
      break;
    } else if (found.fault.code === 'damagedKeyFile') wrong ??= found;
  }
  return keys.length > 0 ? ok(keys) : (wrong ?? fail(missingKey('any removable disk')));
}

/** The label under which a desktop mounts a disk, or the device's own name. */
function nameOf(source: string): string {
  const last = basename(source);
  return (last === keyFileName ? basename(dirname(source)) : last).slice(0, 80);
}

/** Is the disk still there? Names only: nothing is read. */
export function isPlugged(source: string): boolean {
  const seen = statSync(source, { throwIfNoEntry: false });
  if (seen === undefined) return false;
  return (
    !seen.isDirectory() || [keyFileName, passphraseFileName].some((name) => existsSync(join(source, name)))
  );
}

/** udisks mounts at /run/media/USER or /media/USER; only what is mounted now counts. */
function desktopFolders(): string[] {
  const { username } = userInfo();
  const mounts = readMounts();
  return ['/run/media', '/media'].flatMap((root) => {
    const base = join(root, username);
    try {
      return readdirSync(base)
        .map((name) => join(base, name))
        .filter((folder) => mountAt(folder, mounts) !== null);
    } catch {
      return [];
    }
  });
}

function isReadable(device: string): boolean {
  try {
    accessSync(device, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
