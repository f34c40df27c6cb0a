import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBounded } from './bounded';

describe('a bounded read', () => {
  let ground: string;
  beforeEach(() => {
    ground = mkdtempSync(join(tmpdir(), 'bounded-'));
  });
  afterEach(() => rmSync(ground, { recursive: true, force: true }));

  const read = (name: string, maxBytes = 4) =>
    readBounded({ path: join(ground, name), maxBytes, damaged: 'damagedGuest', stage: 'files.test' });

  it('gives every byte of a file that is just short enough', async () => {
    writeFileSync(join(ground, 'f'), 'four');
    expect(await read('f')).toEqual({ ok: true, value: Buffer.from('four') });
  });

  it('refuses a longer file, a link, a folder, a FIFO and a device, each by its name', async () => {
    writeFileSync(join(ground, 'long'), 'fiver');
    symlinkSync(join(ground, 'long'), join(ground, 'link'));
    mkdirSync(join(ground, 'folder'));
    execFileSync('mkfifo', [join(ground, 'fifo')]);
    for (const name of ['long', 'link', 'folder', 'fifo', '../../dev/null']) {
      const message = expect.stringContaining(join(ground, name));
      expect(await read(name)).toMatchObject({ ok: false, fault: { code: 'damagedGuest', message } });
    }
  });

  it('calls a file that is not there missing, not damaged', async () => {
    writeFileSync(join(ground, 'f'), '');
    for (const name of ['nowhere', 'f/below'])
      expect(await read(name)).toMatchObject({ ok: false, fault: { code: 'missingFile' } });
  });
});
