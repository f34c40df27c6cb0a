// A disk that is swapped between the listing and the opening: an image whose name somebody else gives to another file,
// to a link or to a folder, as fast as they can. What is worked on is the file that was listed, or nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../preload/contract/result';
import { type DiskPlaces, listDisks, withDisk } from './disks';

let folder = '';
let places: DiskPlaces;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disks-'));
  mkdirSync(join(folder, 'sys/class/block'), { recursive: true });
  mkdirSync(join(folder, 'images'));
  places = {
    ...{ sys: join(folder, 'sys'), dev: join(folder, 'dev'), images: [join(folder, 'images')] },
    userId: process.getuid?.() ?? 0,
  };
  writeFileSync(join(folder, 'images/mine.luks'), 'mine', { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const swapper = `
  const { linkSync, mkdirSync, renameSync, rmdirSync, symlinkSync, unlinkSync, writeFileSync } = require('node:fs');
  process.chdir(process.argv[1]);
  const name = 'images/mine.luks';
  const mine = () => renameSync('mine', name);
  process.stdout.write('up');
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    renameSync(name, 'mine');
    writeFileSync(name, 'theirs', { mode: 0o600 });
    mine();
    renameSync(name, 'mine');
    symlinkSync('../mine', name);
    mine();
    renameSync(name, 'mine');
    mkdirSync(name);
    rmdirSync(name);
    mine();
  }
`;

describe('an image that somebody swaps all the time', () => {
  it('is the one that was listed, or is not there', { timeout: 60_000 }, async () => {
    const [listed] = listDisks(places);
    const { ino } = statSync(join(folder, 'images/mine.luks'));
    const child = spawn(process.execPath, ['-e', swapper, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const seen = { mine: 0, missingDisk: 0 };
    for (const deadline = Date.now() + 8_000; seen.mine < 300 || seen.missingDisk < 300; ) {
      const got = await withDisk(places, listed?.id ?? '', async (_, descriptor) =>
        ok(fstatSync(descriptor).ino),
      );
      if (got.ok) expect(got.value).toBe(ino);
      else expect(got.fault.code).toBe('missingDisk');
      seen[got.ok ? 'mine' : 'missingDisk']++;
      if (Date.now() > deadline) break;
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(seen.mine + seen.missingDisk).toBeGreaterThan(0);
  });
});
