import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fsyncTree, replaceFile, writeFault, writeNewFile } from './durable-file';

describe('a durable write', () => {
  let ground: string;
  beforeEach(() => {
    ground = mkdtempSync(join(tmpdir(), 'durable-'));
  });
  afterEach(() => rmSync(ground, { recursive: true, force: true }));

  it('replaces a file whole, mode 0600, and leaves nothing beside it', () => {
    const path = join(ground, 'f');
    writeFileSync(path, 'old and longer', { mode: 0o644 });
    writeFileSync(`${path}.making`, 'left by a power cut');
    replaceFile(path, Buffer.from('new'));
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(ground)).toEqual(['f']);
    fsyncTree(ground);
  });

  it('never writes over what is there when it must be new', () => {
    const path = join(ground, 'f');
    writeFileSync(path, 'old');
    expect(() => writeNewFile(path, Buffer.from('new'))).toThrow('EEXIST');
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it.each([
    ['ENOSPC', 'full'],
    ['EDQUOT', 'full'],
    ['EEXIST', 'alreadyThere'],
    ['EROFS', 'io'],
  ])('that fails with %s is the fault %s', (code, expected) => {
    expect(writeFault(Object.assign(new Error('x'), { code }), 'vault.create').code).toBe(expected);
  });
});
