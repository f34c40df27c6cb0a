// Where a key USB may be right now: folders where the desktop mounted a removable disk, and removable partitions that
// nobody mounted but that this user may read (lsblk(8)). Internal disks are never looked at.
import { accessSync, constants, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, type Result } from '../../../preload/contract/result';
import { run } from '../../process/run';
import { parseJson } from '../../socket/call';
import { mountAt, readMounts } from '../mounts';
import { missingKey } from './key-file';
import { type FoundKey, readKey } from './read-key';

const maxSources = 32;
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

/** The first key on any source. A damaged one is told only if no other source has a good one. */
export async function findKey(more: readonly string[] = []): Promise<Result<FoundKey>> {
  let damaged: Result<FoundKey> | null = null;
  for (const source of await findKeySources(more)) {
    const found = await readKey(source);
    if (found.ok || found.fault.code === 'toolMissing') return found;
    if (damaged === null && found.fault.code === 'damagedKeyFile') damaged = found;
  }
  return damaged ?? fail(missingKey('any removable disk'));
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
