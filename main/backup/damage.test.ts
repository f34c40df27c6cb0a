// Damaged repositories: each kind of file changed by a bit's width, cut short, emptied, or gone. Check or drill must say
// so, and a restore must give the true moment or none at all. SOULPAD_FULL=1: every damage, else three of them.
import { chmod, cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { must, witnessIsBuilt } from '../keeper/keeper.fixture';
import { checkBackup, drillBackup, type Repository, readLocation, restoreFrom } from './backup';
import {
  addTo,
  type BackupWorld,
  backUp,
  emptyVault,
  endBackups,
  makeBackupWorld,
  never,
  resticIsThere,
  sumsOfGuest,
} from './backup.fixture';
import { withPaper } from './new-stick';

const full = process.env.SOULPAD_FULL === '1';
const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);

type Hurt = (path: string) => Promise<void>;

const flip: Hurt = async (path) => {
  await chmod(path, 0o600);
  const bytes = await readFile(path);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 0x01;
  await writeFile(path, bytes);
};
const cut: Hurt = async (path) => {
  await chmod(path, 0o600);
  await truncate(path, (await stat(path)).size >> 1);
};
const empty: Hurt = async (path) => {
  await chmod(path, 0o600);
  await truncate(path, 0);
};
const lose: Hurt = (path) => rm(path);

const hurts = { flip, cut, empty, lose };
const kinds = ['data', 'index', 'snapshots', 'keys', 'config'] as const;

const all = kinds.flatMap((kind) =>
  Object.keys(hurts).map((how) => ({ kind, how: how as keyof typeof hurts })),
);
const sample = all.filter(
  ({ kind, how }) =>
    (kind === 'data' && how === 'flip') ||
    (kind === 'snapshots' && how === 'lose') ||
    (kind === 'index' && how === 'cut'),
);

real('a damaged repository', () => {
  let world: BackupWorld;
  let repository: Repository;
  let whole: Map<string, string>;
  const about = () => ({ places: world.places, name: repository.name, signal: never });
  const folder = () => join(world.ground, repository.name);

  beforeAll(async () => {
    world = await makeBackupWorld();
    await world.live(1);
    repository = must(await addTo(world));
    must(await backUp(world, repository));
    whole = await sumsOfGuest(world.world.place);
    await cp(folder(), `${folder()}-good`, { recursive: true, preserveTimestamps: true });
  }, 180_000);
  afterAll(endBackups);

  test.each(full ? all : sample)(
    '$kind: $how is reported, and nothing wrong is restored',
    async ({ kind, how }) => {
      await rm(folder(), { recursive: true, force: true });
      await cp(`${folder()}-good`, folder(), { recursive: true, preserveTimestamps: true });
      for (const path of await victims(folder(), kind, how)) await hurts[how](path);
      const checked = await checkBackup({ ...about(), sample: 'all' });
      const tried = checked.ok ? await drillBackup({ ...about(), guest: null }) : null;
      const reported = !checked.ok || (tried !== null && (!tried.ok || !tried.value.passed));
      expect(reported, `neither check nor drill saw it`).toBe(true);
      const places = await emptyVault(world);
      const where = must(readLocation(folder()));
      const way = {
        ...where,
        recovery: world.recovery(),
        sshKey: null,
        trust: null,
        runtimeRoot: places.runtimeFolder,
      };
      const signal = AbortSignal.timeout(25_000); // restic 0.14 asks for a lost file for a quarter of an hour
      const restored = await withPaper(way, (access) =>
        restoreFrom({ places, access, guest: null, generation: null, signal }),
      );
      const there = { ...world.world.place, folder: join(places.guestsFolder, 'witness') };
      if (restored.ok && restored.value[0]?.generation === 1) {
        for (const [file, sum] of await sumsOfGuest(there))
          if (whole.has(file) && file !== 'CURRENT') expect(sum, file).toBe(whole.get(file));
      } else if (!restored.ok) {
        await expect(readdir(there.folder)).rejects.toThrow('ENOENT');
      }
    },
    240_000,
  );
});

/** The files of that kind: of packs the largest, which is the guest's own; of the others every one. */
async function victims(folder: string, kind: (typeof kinds)[number], how: string): Promise<string[]> {
  if (kind === 'config') return [join(folder, 'config')];
  const files = await filesBelow(join(folder, kind));
  const sized = await Promise.all(files.map(async (path) => ({ path, bytes: (await stat(path)).size })));
  const byName = sized.sort((a, b) => b.bytes - a.bytes).map(({ path }) => path);
  if (kind === 'data') return byName.slice(0, 1);
  // One lost index of several, or one lost snapshot, is what a careless hand does; a lost key is one of two.
  return how === 'lose' && kind !== 'index' && kind !== 'keys' ? byName.slice(0, 1) : byName;
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(path)));
    else found.push(path);
  }
  return found;
}
