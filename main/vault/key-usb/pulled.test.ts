// A key USB that goes away while it is read. A real file system in a process of its own (gocryptfs) plays the disk: stopped,
// it does not answer, and killed, it is gone, as a disk is whose plug is pulled.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mountAt } from '../mounts';
import { keyFileName, passphraseFileName } from './key-file';
import { readKey } from './read-key';
import { findKeys } from './sources';

let ground = '';
let disk: ChildProcess | null = null;

beforeEach(() => {
  ground = mkdtempSync(join(tmpdir(), 'key-pulled-'));
});
afterEach(async () => {
  disk?.kill('SIGKILL');
  disk = null;
  const point = join(ground, 'KEYS');
  if (mountAt(point) !== null) execFileSync('fusermount3', ['-u', '-z', point]);
  rmSync(ground, { recursive: true, force: true });
});

/** Mounted at KEYS, with what its files hold. */
async function plugIn(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const [cipher, point] = [join(ground, 'cipher'), join(ground, 'KEYS')];
  for (const folder of [cipher, point]) mkdirSync(folder);
  const password = ['-q', '-nosyslog', '-extpass', 'echo', '-extpass', 'played'];
  execFileSync('gocryptfs', ['-init', '-scryptn', '10', '-plaintextnames', ...password, cipher]);
  const mount = async (): Promise<void> => {
    disk = spawn('gocryptfs', ['-fg', ...password, cipher, point], { stdio: 'ignore' });
    await until(() => mountAt(point) !== null);
  };
  await mount();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(point, name), bytes);
  // Once more, so that nothing of it is in the kernel's cache.
  execFileSync('fusermount3', ['-u', point]);
  await until(() => mountAt(point) === null);
  await mount();
  return point;
}

async function until(is: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !is(); ) {
    if (Date.now() > deadline) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('is a fault once it is gone, holds up nobody meanwhile, and gives no part of a key', async () => {
  const key = randomBytes(64);
  const point = await plugIn({ [keyFileName]: key, [passphraseFileName]: 'never taken in its place' });
  disk?.kill('SIGSTOP');
  const reading = readKey(point);
  let turns = 0;
  const counting = setInterval(() => turns++, 10);
  await until(() => turns >= 10); // our own program goes on
  expect(await Promise.race([reading, 'still reading'])).toBe('still reading');
  clearInterval(counting);
  disk?.kill('SIGKILL');
  const read = await reading;
  expect(read).toMatchObject({ ok: false, fault: { code: 'io', stage: 'vault.keyUsb' } });
  expect(JSON.stringify(read)).not.toContain(key.toString('hex'));
  // To the person it is a key USB that is not there.
  expect(await findKeys([point])).toMatchObject({ ok: false, fault: { code: 'missingKey' } });
}, 120_000);

it('is a fault when its blocks cannot be read, and the passphrase beside it is not taken instead', async () => {
  const point = await plugIn({ [keyFileName]: randomBytes(64), [passphraseFileName]: 'never taken' });
  const [name = ''] = readdirSync(join(ground, 'cipher')).filter((each) => each === keyFileName);
  truncateSync(join(ground, 'cipher', name), 60); // within its encrypted block: reading it is EIO
  expect(await readKey(point)).toMatchObject({ ok: false, fault: { code: 'io' } });
}, 120_000);

it('is a fault when an image ends before the key does', async () => {
  const image = join(ground, 'stick.img');
  writeFileSync(image, '');
  truncateSync(image, 8 << 20);
  execFileSync('/usr/sbin/mkfs.vfat', [image], { stdio: 'ignore' });
  const from = join(ground, keyFileName);
  const environment = { env: { PATH: '/usr/bin', MTOOLSRC: '/dev/null' } };
  const filler = join(ground, 'filler');
  writeFileSync(filler, randomBytes(4 << 20));
  writeFileSync(from, randomBytes(64));
  execFileSync('mcopy', ['-i', image, filler, '::/filler'], environment);
  execFileSync('mcopy', ['-i', image, from, `::/${keyFileName}`], environment);
  truncateSync(image, 2 << 20); // the root folder is there, the key's block is not
  const read = await readKey(image);
  expect(read).toMatchObject({ ok: false, fault: { code: 'damagedKeyFile' } });
}, 120_000);
