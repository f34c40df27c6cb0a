// What the kernel says is mounted: the truth about a vault, asked of /proc/self/mounts (proc_pid_mounts(5)), never
// remembered. Our mount is told from another's by its place, its type and its name together.
import { readFileSync } from 'node:fs';
import { isLuks2Mount } from './luks2/mounting';

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly type: string;
}

/** What `-fsname` calls the mount of the vault with this uuid. */
export function mountName(uuid: string): string {
  return `soulpad-${uuid}`;
}

/** Pure. fstab(5): blank, tab, newline and backslash stand as three octal digits. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [source, target, type] = line.split(' ');
    if (source === undefined || target === undefined || type === undefined) return [];
    return [{ source: unescapeOctal(source), target: unescapeOctal(target), type }];
  });
}

/** Names are bytes: decoded as such first, then read as UTF-8. */
function unescapeOctal(field: string): string {
  if (!field.includes('\\')) return field;
  const bytes = Buffer.from(field, 'utf8').toString('latin1');
  const plain = bytes.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return Buffer.from(plain, 'latin1').toString('utf8');
}

export function readMounts(): Mount[] {
  return parseMounts(readFileSync('/proc/self/mounts', 'utf8'));
}

/** The topmost mount on a folder; null when nothing is mounted there. */
export function mountAt(target: string, mounts: readonly Mount[] = readMounts()): Mount | null {
  return mounts.findLast((mount) => mount.target === target) ?? null;
}

export function isOurMount(mount: Mount | null, uuid: string): boolean {
  if (isLuks2Mount(mount, uuid)) return true;
  return mount !== null && mount.type === 'fuse.gocryptfs' && mount.source === mountName(uuid);
}
