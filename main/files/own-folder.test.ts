import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeOwnFolder, makeProcessFolder } from './own-folder';

const stage = 'files.test';
let ground = '';
beforeEach(() => {
  ground = mkdtempSync(join(tmpdir(), 'own-'));
});
afterEach(() => rmSync(ground, { recursive: true, force: true }));

it('a folder of our own is made with mode 0700, and taken when it is there', () => {
  const folder = join(ground, 'ours');
  for (const _ of [1, 2]) expect(makeOwnFolder(folder, stage)).toMatchObject({ ok: true });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it('a folder that others may enter, a link to one of ours and a file are refused', () => {
  mkdirSync(join(ground, 'open'));
  chmodSync(join(ground, 'open'), 0o750);
  mkdirSync(join(ground, 'ours'), { mode: 0o700 });
  symlinkSync(join(ground, 'ours'), join(ground, 'link'));
  writeFileSync(join(ground, 'file'), '');
  for (const name of ['open', 'link', 'file'])
    expect(makeOwnFolder(join(ground, name), stage)).toMatchObject({ fault: { code: 'denied', stage } });
});

it('a folder for this process sweeps away what killed ones left, and nothing else', () => {
  for (const left of ['x-4194305-gone', `x-${process.pid}-alive`, 'other-4194305-gone', 'x-y-z'])
    mkdirSync(join(ground, left));
  const made = makeProcessFolder({ root: ground, name: 'x', stage });
  expect(made).toMatchObject({ ok: true });
  const kept = readdirSync(ground).filter((name) => made.ok && join(ground, name) !== made.value);
  expect(kept.sort()).toEqual([`x-${process.pid}-alive`, 'other-4194305-gone', 'x-y-z'].sort());
});
