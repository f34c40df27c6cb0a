// What is known of a vault's repositories without asking them: for `backup status`, the screen and the bar. Reads small
// files of the vault only, so that it is quick and works while a disk or a server is away.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DrillPicture } from '../../preload/contract/backup';
import type { Fault } from '../../preload/contract/fault';
import { ok, type Result } from '../../preload/contract/result';
import { maxPictureBytes } from '../../preload/contract/setup';
import { readBounded } from '../files/bounded';
import { isWholePng } from '../guest/picture';
import { type RepositoryKind, sayLocation } from './location';
import { listRepositories, type Repository, repositoryFolder, repositoryNameSchema } from './repository';
import { type BackupState, type Drill, readState } from './state';

const stage = 'backup.facts';

/** The screen that woke, and the one that was suspended. */
export const drillPicture = 'drill.png';
export const drillBefore = 'drill-before.png';

export interface RepositoryFacts {
  readonly name: string;
  readonly kind: RepositoryKind;
  /** Without user and password. */
  readonly location: string;
  readonly appendOnly: boolean;
  readonly moments: Repository['moments'];
  readonly afterSuspend: boolean;
  /** The last run that came to a good end, RFC 3339 UTC; null: none did. */
  readonly lastGoodAt: string | null;
  /** The newest that was stored. */
  readonly generation: number | null;
  readonly bytesMoved: number | null;
  readonly seconds: number | null;
  readonly check: 'ok' | 'damaged' | 'never';
  readonly checkedAt: string | null;
  /** `picture`: the screen that woke in the drill, a file in the vault. */
  readonly drill:
    | (Omit<Drill, 'fault'> & { readonly picture: string | null; readonly fault: Fault | null })
    | null;
  /** Why the last run did not come to a good end; null: it did. */
  readonly fault: Fault | null;
}

/** Faults: damagedManifest (of one that cannot be read), denied, io. */
export async function repositoryFacts(mountPoint: string): Promise<Result<readonly RepositoryFacts[]>> {
  const listed = await listRepositories(mountPoint);
  if (!listed.ok) return listed;
  const facts: RepositoryFacts[] = [];
  for (const { repository } of listed.value) {
    if (!repository.ok) return repository;
    facts.push(await factsOf(mountPoint, repository.value));
  }
  return ok(facts);
}

async function factsOf(mountPoint: string, repository: Repository): Promise<RepositoryFacts> {
  const { name, location, appendOnly, moments, afterSuspend } = repository;
  const folder = repositoryFolder(mountPoint, name);
  const state = await readState(folder);
  return {
    ...{ name, kind: location.kind, location: sayLocation(location), appendOnly, moments, afterSuspend },
    lastGoodAt: state.last?.at ?? null,
    generation: newestOf(state)?.generation ?? null,
    bytesMoved: state.last?.bytesMoved ?? null,
    seconds: state.last?.seconds ?? null,
    check: state.check?.result ?? 'never',
    checkedAt: state.check?.at ?? null,
    drill: await drillOf(folder, state),
    fault: state.tried?.fault ?? null,
  };
}

function newestOf({ good }: BackupState): BackupState['good'][number] | undefined {
  return good.toSorted((a, b) => a.momentAt.localeCompare(b.momentAt)).at(-1);
}

/** Null: there is none, or none that may be shown. */
export async function readDrillPicture(
  mountPoint: string,
  { name, of }: DrillPicture,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!repositoryNameSchema.safeParse(name).success) return null;
  const path = join(repositoryFolder(mountPoint, name), of === 'woke' ? drillPicture : drillBefore);
  const read = await readBounded({ path, maxBytes: maxPictureBytes, damaged: 'damagedState', stage });
  return read.ok && isWholePng(read.value) ? Uint8Array.from(read.value) : null;
}

async function drillOf(folder: string, { drill }: BackupState): Promise<RepositoryFacts['drill']> {
  if (drill === null) return null;
  const path = join(folder, drillPicture);
  const drawn = await lstat(path).then(
    () => true,
    () => false,
  );
  return { ...drill, picture: drawn ? path : null };
}
