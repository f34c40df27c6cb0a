// Where an open LUKS2 vault is: its names in the kernel, made of its uuid alone. soulpadd maps and mounts it there, and
// everybody else recognizes it by them.
import { join } from 'node:path';
import type { Mount } from '../mounts';

/** What soulpadd owns; $SOULPADD_FOLDER in tests. */
export function soulpaddFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return environment.SOULPADD_FOLDER ?? '/run/soulpad';
}

export function soulpaddSocket(folder: string = soulpaddFolder()): string {
  return join(folder, 'soulpadd.sock');
}

export function mapperName(uuid: string): string {
  return `soulpad-${uuid}`;
}

export function luks2Mount(uuid: string, folder: string = soulpaddFolder()) {
  return { mapper: `/dev/mapper/${mapperName(uuid)}`, mountPoint: join(folder, 'mounts', uuid) };
}

export function isLuks2Mount(mount: Mount | null, uuid: string): boolean {
  return mount !== null && mount.type === 'xfs' && mount.source === `/dev/mapper/${mapperName(uuid)}`;
}
