// A vault's disk on its way into the kernel and out again: loop device (images), dm-crypt, XFS. What is acquired is
// released in reverse, also after a failure. What is there is asked of the kernel each time; nothing is remembered, so
// that a soulpadd that was started anew knows as much as the one before.
import { chmodSync, existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { run } from '../process/run';
import { unmap } from '../vault/luks2/cryptsetup';
import { luks2Mount, mapperName } from '../vault/luks2/mounting';
import { mountAt } from '../vault/mounts';
import { type Disk, type DiskPlaces, loopOf } from './disks';

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
const toolMs = 120_000;

/**
 * The block device that stands for a disk. An image gets a loop device, taken away again after `work` unless it says
 * `keep` (the vault is open now).
 */
export async function withDevice<T>(
  about: {
    readonly places: DiskPlaces;
    readonly disk: Disk;
    readonly descriptor: number;
    readonly stage: string;
  },
  work: (device: string, keep: () => void) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { disk, places, stage } = about;
  if (disk.kind !== 'image') return work(disk.path, () => {});
  const there = loopOf(places, disk.path);
  if (there !== null) return work(join(places.dev, there), () => {});
  // By our own descriptor: the file that was checked, whatever lies at its path by now.
  const file = `/proc/${process.pid}/fd/${about.descriptor}`;
  const made = await tool('losetup', ['--find', '--show', '--nooverlap', '--', file], stage);
  if (!made.ok) return made;
  const device = made.value;
  let kept = false;
  try {
    return await work(device, () => {
      kept = true;
    });
  } finally {
    if (!kept) await tool('losetup', ['--detach', device], stage);
  }
}

/** No discards pass: docs/decisions, "no discards". */
export const mountOptions = 'nodev,nosuid,noexec,noatime,nodiscard';

/** The mapped disk becomes a folder; when it cannot, it is unmapped again. Faults: denied, io. */
export async function mountMapped(about: {
  readonly uuid: string;
  readonly root: string;
}): Promise<Result<string>> {
  const stage = 'vault.mount';
  const { uuid, root } = about;
  const { mountPoint, mapper } = luks2Mount(uuid, root);
  // To be passed through; each vault's own root folder keeps others out.
  if (mkdirSync(join(root, 'mounts'), { recursive: true }) !== undefined)
    chmodSync(join(root, 'mounts'), 0o755);
  mkdirSync(mountPoint, { recursive: true, mode: 0o700 });
  const mounted = await tool('mount', ['-t', 'xfs', '-o', mountOptions, '--', mapper, mountPoint], stage);
  if (mounted.ok) return ok(mountPoint);
  await unmap({ name: mapperName(uuid), stage });
  rmdirQuietly(mountPoint);
  return mounted;
}

/** Nothing is mounted or mapped afterwards. Fault busy: files in it are in use and `detach` was not asked for. */
export async function closeVault(about: {
  readonly uuid: string;
  readonly root: string;
  readonly detach: boolean;
}): Promise<Result<void>> {
  const stage = 'vault.close';
  const { mountPoint, mapper } = luks2Mount(about.uuid, about.root);
  const loop = await loopBehind(about.uuid);
  // Whoever mounted it a second time over itself must not keep the key in the kernel.
  while (mountAt(mountPoint) !== null) {
    const gone = await tool('umount', [...(about.detach ? ['--lazy'] : []), '--', mountPoint], stage);
    if (!gone.ok) return /busy/i.test(gone.fault.message) ? fail({ ...gone.fault, code: 'busy' }) : gone;
  }
  rmdirQuietly(mountPoint);
  if (existsSync(mapper)) {
    const unmapped = about.detach
      ? await tool('cryptsetup', ['close', '--deferred', '--', mapperName(about.uuid)], stage)
      : await unmap({ name: mapperName(about.uuid), stage });
    if (!unmapped.ok) return unmapped;
  }
  if (loop !== null) await tool('losetup', ['--detach', loop], stage);
  return ok(undefined);
}

/**
 * Empty XFS with reflinks, made with its folders as the person's own (mkfs.xfs(8), -p: a mode, an owner, a group a line),
 * so that nobody has to be able to give files away. Faults: full, io.
 */
export async function makeFileSystem(about: {
  readonly uuid: string;
  readonly root: string;
  readonly userId: number;
  readonly groupId: number;
}): Promise<Result<void>> {
  const stage = 'vault.create';
  const { uuid, root, userId, groupId } = about;
  const folder = `d--700 ${userId} ${groupId}`;
  const plan = join(root, `folders-${uuid}`);
  writeFileSync(plan, `-\n0 0\n${folder}\nguests ${folder}\n$\n$\n`, { flag: 'wx', mode: 0o600 });
  // -K: no discards. The label is for people who open it with other tools.
  const options = ['-q', '-K', '-m', 'reflink=1', '-L', 'soulpad', '-p', plan];
  const made = await tool('mkfs.xfs', [...options, '--', luks2Mount(uuid, root).mapper], stage);
  rmSync(plan, { force: true });
  return dropValue(made);
}

/** The loop device under a mapped vault: dmsetup(8), deps. */
async function loopBehind(uuid: string): Promise<string | null> {
  const said = await tool('dmsetup', ['deps', '-o', 'devname', mapperName(uuid)], 'vault.close');
  const name = said.ok ? /\((loop\d+)\)/.exec(said.value)?.[1] : undefined;
  return name === undefined ? null : `/dev/${name}`;
}

async function tool(program: string, args: readonly string[], stage: string): Promise<Result<string>> {
  const ran = await run({ program, args, stage, env: environment, timeoutMs: toolMs });
  return ran.ok ? ok(ran.value.stdout.toString('utf8').trim()) : ran;
}

function dropValue(result: Result<unknown>): Result<void> {
  return result.ok ? ok(undefined) : result;
}

function rmdirQuietly(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not there, or something is in it: an empty folder that stays harms nobody.
  }
}
