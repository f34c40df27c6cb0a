// Where the keys of a world's repositories lie: files that others could read, and files outside the vault that hold one.
// Tests only.
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupWorld } from './backup.fixture';
import { repositoriesFolder } from './repository';

export async function readPrivate(world: BackupWorld): Promise<{ open: string[]; leaks: string[] }> {
  const inside = repositoriesFolder(world.places.mountPoint);
  const open: string[] = [];
  const secrets = [world.recovery()];
  for (const path of await everythingIn(inside)) {
    const facts = await lstat(path);
    if ((facts.mode & 0o077) !== 0) open.push(path);
    if (path.endsWith('/key')) secrets.push(await readFile(path));
  }
  const leaks: string[] = [];
  for (const path of await everythingIn(world.ground)) {
    if (!(await lstat(path)).isFile()) continue;
    const bytes = await readFile(path);
    if (secrets.some((secret) => bytes.includes(secret))) leaks.push(path);
  }
  for (const path of await everythingIn(inside)) {
    if (!(await lstat(path)).isFile()) continue;
    if ((await readFile(path)).includes(world.recovery())) leaks.push(path);
  }
  return { open, leaks };
}

async function everythingIn(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    paths.push(path);
    if (entry.isDirectory()) paths.push(...(await everythingIn(path)));
  }
  return paths;
}
