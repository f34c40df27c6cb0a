import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fsyncTree, writeDurably, writeNewDurably } from './durable';
import { faultOfErrno } from './errno';

const stage = 'files.test';

describe('a durable write', () => {
  let ground: string;
  beforeEach(() => {
    ground = mkdtempSync(join(tmpdir(), 'durable-'));
  });
  afterEach(() => rmSync(ground, { recursive: true, force: true }));

  it('replaces a file whole, mode 0600, and leaves nothing beside it', async () => {
    const path = join(ground, 'f');
    writeFileSync(path, 'old and longer', { mode: 0o644 });
    writeFileSync(`${path}.new`, 'left by a power cut', { mode: 0o644 });
    expect(await writeDurably(path, Buffer.from('new'), stage)).toEqual({ ok: true, value: undefined });
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(ground)).toEqual(['f']);
    expect(await fsyncTree(ground)).toEqual({ ok: true, value: undefined });
  });

  it('neither waits for a FIFO nor writes through a link that lies in wait under the temporary name', async () => {
    const path = join(ground, 'f');
    const other = join(ground, 'other');
    writeFileSync(other, 'untouched');
    execFileSync('mkfifo', [`${path}.new`]);
    expect(await writeDurably(path, 'one', stage)).toMatchObject({ ok: true });
    symlinkSync(other, `${path}.new`);
    expect(await writeDurably(path, 'two', stage)).toMatchObject({ ok: true });
    symlinkSync(join(ground, 'elsewhere'), `${path}.new`);
    expect(await writeDurably(path, 'three', stage)).toMatchObject({ ok: true });
    expect([readFileSync(path, 'utf8'), readFileSync(other, 'utf8')]).toEqual(['three', 'untouched']);
    expect(readdirSync(ground).sort()).toEqual(['f', 'other']);
  });

  it.skipIf(process.getuid?.() === 0)(
    'is refused by a folder that may not be written (root may), and the old file stays',
    async () => {
      const path = join(ground, 'f');
      writeFileSync(path, 'old');
      chmodSync(ground, 0o500);
      expect(await writeDurably(path, 'x', stage)).toMatchObject({ ok: false, fault: { code: 'denied' } });
      expect(readFileSync(path, 'utf8')).toBe('old');
      chmodSync(ground, 0o700);
    },
  );

  it('never writes over what is there when it must be new', async () => {
    const path = join(ground, 'f');
    writeFileSync(path, 'old');
    const written = await writeNewDurably({ path, bytes: Buffer.from('new'), stage });
    expect(written).toMatchObject({ ok: false, fault: { code: 'alreadyThere', stage } });
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it.each([
    ['ENOSPC', 'full'],
    ['EDQUOT', 'full'],
    ['EEXIST', 'alreadyThere'],
    ['EROFS', 'denied'],
    ['EIO', 'io'],
  ])('that fails with %s is the fault %s', (code, expected) => {
    expect(faultOfErrno(Object.assign(new Error('x'), { code }), 'vault.create').code).toBe(expected);
  });
});
