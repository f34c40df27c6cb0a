// Makes a vault where there is none: everything is built in a temp folder beside, made durable, and renamed into place
// in one step. Killed half-way, there is no vault and the next attempt clears the remains. Runs in the owner program.
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, type Result } from '../../preload/contract/result';
import { fsyncFolder, fsyncTree, writeNewDurably } from '../files/durable';
import { faultOfErrno } from '../files/errno';
import { statOf } from '../process/proc';
import { initCipher } from './gocryptfs';
import type { KdfCost } from './keyslots/cost';
import { formatKeyslots } from './keyslots/format';
import { newVolumeKey, sealVolumeKey } from './keyslots/seal';
import { vaultFolderOf } from './places';
import type { SecretKind } from './vault';

const making = '.making-';

/** `secret` is normalized and checked; the caller wipes it and `recovery`. Faults: alreadyThere, toolMissing, full, io. */
export async function makeVault(about: {
  readonly home: string;
  readonly name: string;
  readonly kind: SecretKind;
  readonly secret: Uint8Array;
  /** 48 ASCII digits, or no recovery keyslot. */
  readonly recovery: Uint8Array | null;
  readonly onProgress: OnProgress;
  readonly testOnlyCost?: KdfCost;
}): Promise<Result<void>> {
  const { home, name, kind, secret } = about;
  const step = (stage: 'key' | 'create' | 'fsync', done: number): void =>
    about.onProgress({ stage, done, total: 4, unit: 'steps', secondsLeft: null, reversible: true });
  const vaultFolder = vaultFolderOf(home);
  if (existsSync(vaultFolder)) return alreadyThere(vaultFolder);
  const volumeKey = newVolumeKey();
  let building: string | null = null;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    await clearRemains(home);
    const started = (await statOf(process.pid))?.start ?? '';
    building = join(home, `${making}${process.pid}-${started}-${randomBytes(4).toString('hex')}`);
    mkdirSync(building, { mode: 0o700 });
    step('key', 0);
    const uuid = randomUUID();
    const { testOnlyCost } = about;
    const cost = testOnlyCost === undefined ? {} : { testOnlyCost };
    const slots = [await sealVolumeKey({ ...{ volumeKey, secret, uuid, id: 0, name, kind }, ...cost })];
    step('key', 1);
    if (about.recovery !== null) {
      const how = { id: 1, name: 'recovery key', kind: 'recovery' as const };
      slots.push(await sealVolumeKey({ ...{ volumeKey, secret: about.recovery, uuid }, ...how, ...cost }));
    }
    step('create', 2);
    const made = await initCipher({ folder: join(building, 'cipher'), volumeKey });
    if (!made.ok) return made;
    const keyslots = formatKeyslots({
      ...{ format: 'soulpad-keyslots', version: 1, uuid, kind: 'gocryptfs' },
      keyslots: slots,
    });
    const stage = 'vault.create';
    const written = await writeNewDurably({ path: join(building, 'keyslots.json'), bytes: keyslots, stage });
    if (!written.ok) return written;
    step('fsync', 3);
    const synced = await fsyncTree(building, stage);
    if (!synced.ok) return synced;
    // rename(2) replaces an empty folder; a folder with something in it, made meanwhile, it refuses.
    if (existsSync(vaultFolder)) return alreadyThere(vaultFolder);
    renameSync(building, vaultFolder);
    building = null;
    // The home's own folder may be another user's, whom we cannot ask to write it down.
    await fsyncFolder(dirname(home), stage);
    return await fsyncFolder(home, stage);
  } catch (error) {
    return fail(faultOfErrno(error, 'vault.create'));
  } finally {
    volumeKey.fill(0);
    if (building !== null) rmSync(building, { recursive: true, force: true });
  }
}

/** Removes what killed attempts left; not what a living one is building now. */
async function clearRemains(home: string): Promise<void> {
  for (const entry of readdirSync(home)) {
    if (!entry.startsWith(making)) continue;
    const [pid, start] = entry.slice(making.length).split('-');
    if (start !== undefined && start === (await statOf(Number(pid)))?.start) continue;
    rmSync(join(home, entry), { recursive: true, force: true });
  }
}

function alreadyThere(folder: string): Result<never> {
  return fail({
    code: 'alreadyThere',
    stage: 'vault.create',
    message: `${folder} is there already and is left as it is`,
    hint: 'open it, or choose another home',
  });
}
