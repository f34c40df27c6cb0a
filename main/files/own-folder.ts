// Folders of this user alone. Sockets, cookies, mount points and other programs' settings lie in such ones, so one that
// is a link, belongs to somebody else or is open to others is refused: in /tmp anybody could have made it first.
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { errnoOf, faultOfErrno } from './errno';

/** Makes it, mode 0700, unless it is there; its parent must be. Faults: denied (not ours alone), missingFile, full, io. */
export function makeOwnFolder(folder: string, stage: string): Result<void> {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') return fail(faultOfErrno(error, stage));
  }
  const seen = lstatSync(folder, { throwIfNoEntry: false });
  if (seen?.isDirectory() && seen.uid === process.getuid?.() && (seen.mode & 0o077) === 0)
    return ok(undefined);
  return fail({
    code: 'denied',
    stage,
    message: `${folder} must be a folder of this user alone (mode 0700)`,
  });
}

/**
 * A new folder of this process in `root` (made when missing); the caller removes it. What processes of the same `name`
 * left that were killed is removed first. Faults: as makeOwnFolder's.
 */
export function makeProcessFolder(about: {
  readonly root: string;
  readonly name: string;
  readonly stage: string;
}): Result<string> {
  const { root, name, stage } = about;
  const made = makeOwnFolder(root, stage);
  if (!made.ok) return made;
  try {
    for (const entry of readdirSync(root)) {
      const pid = entry.startsWith(`${name}-`)
        ? /^(\d{1,10})-/.exec(entry.slice(name.length + 1))?.[1]
        : null;
      if (pid === undefined || pid === null || existsSync(`/proc/${pid}`)) continue;
      rmSync(join(root, entry), { recursive: true, force: true });
    }
    return ok(mkdtempSync(join(root, `${name}-${process.pid}-`)));
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}
