// Several vaults in one home, with real gocryptfs: made by name, told apart, opened each by its own passphrase; a copy, a
// planted one and a damaged one are named and not opened.
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { homeNamed, homesIn } from './homes';
import { vaults } from './open-vaults';
import { surveyVaults } from './survey';
import { type Ground, makeGround, secretOf, unwrap } from './test-ground';

const vault = vaults();
const other = 'another passphrase for the work vault';
let ground: Ground;
let work = '';
const named = (name: string): string => unwrap(homeNamed(ground.home, name));
const seen = async () =>
  unwrap(await surveyVaults({ place: ground.home, vaults: vault })).map(({ name, facts }) => [
    name,
    facts.ok ? facts.value.state : facts.fault.code,
  ]);

beforeAll(async () => {
  ground = makeGround();
  work = named('Work');
  unwrap(await vault.create({ home: ground.home, name: 'mine', secret: secretOf() }));
  unwrap(await vault.create({ home: work, name: 'mine', secret: secretOf(other) }));
}, 120_000);
afterAll(() => ground.clear());
/** Only the two that were made first. */
afterEach(() => {
  for (const name of ['Copy', 'Damaged', 'link', 'empty', '.hidden'])
    rmSync(join(ground.home, 'vaults', name), { recursive: true, force: true });
});

it('are both there, and each opens with its own passphrase only', async () => {
  expect(await seen()).toEqual([
    [null, 'closed'],
    ['Work', 'closed'],
  ]);
  const swapped = await vault.open({ home: work, secret: secretOf(), program: 'cli', stays: false });
  expect(swapped).toMatchObject({ ok: false, fault: { code: 'wrongSecret' } });
  expect(ground.mounts()).toEqual([]);
  const first = unwrap(
    await vault.open({ home: ground.home, secret: secretOf(), program: 'cli', stays: false }),
  );
  const second = unwrap(
    await vault.open({ home: work, secret: secretOf(other), program: 'cli', stays: false }),
  );
  expect(new Set(ground.mounts())).toEqual(new Set([first.mountPoint, second.mountPoint]));
  expect(await seen()).toEqual([
    [null, 'open'],
    ['Work', 'open'],
  ]);
  unwrap(await first.close());
  unwrap(await second.close());
}, 120_000);

describe('a copy of a vault', () => {
  it('and what it was copied from are named, and neither is asked for; another one still is', async () => {
    cpSync(work, named('Copy'), { recursive: true });
    const [own, ...twins] = unwrap(await surveyVaults({ place: ground.home, vaults: vault }));
    expect(own?.facts.ok).toBe(true);
    expect(twins).toMatchObject([
      { name: 'Copy', facts: { fault: { code: 'ambiguousVault' } } },
      { name: 'Work', facts: { fault: { code: 'ambiguousVault' } } },
    ]);
    for (const { facts } of twins)
      expect(facts.ok ? '' : facts.fault.message).toContain(`${named('Copy')} and ${work}`);
  });

  it('is never taken for the one that is open, and a vault that was moved still is itself', async () => {
    const open = unwrap(
      await vault.open({ home: work, secret: secretOf(other), program: 'cli', stays: false }),
    );
    const copy = named('Copy');
    cpSync(work, copy, { recursive: true });
    const twin = { ok: false, fault: { code: 'ambiguousVault' } };
    expect(await vault.status(copy)).toMatchObject(twin);
    expect(await vault.adopt({ home: copy, program: 'cli' })).toMatchObject(twin);
    const secret = secretOf(other);
    expect(await vault.open({ home: copy, secret, program: 'cli', stays: false })).toMatchObject(twin);
    expect(secret.bytes.every((byte) => byte === 0)).toBe(true);
    const moved = named('Moved');
    renameSync(work, moved);
    expect(await vault.status(moved)).toMatchObject({ ok: true, value: { state: 'open' } });
    renameSync(moved, work);
    unwrap(await open.close());
  }, 120_000);
});

it('a damaged one says so and hides no other', async () => {
  mkdirSync(join(named('Damaged'), 'vault'), { recursive: true });
  writeFileSync(join(named('Damaged'), 'vault/keyslots.json'), '{');
  expect(await seen()).toEqual([
    [null, 'closed'],
    ['Damaged', 'damagedKeyslots'],
    ['Work', 'closed'],
  ]);
});

it('a link, a hidden folder and an empty one are none', async () => {
  symlinkSync(work, join(ground.home, 'vaults/link'));
  mkdirSync(join(ground.home, 'vaults/.hidden/vault'), { recursive: true });
  mkdirSync(join(ground.home, 'vaults/empty'));
  expect(unwrap(await homesIn(ground.home)).map(({ name }) => name)).toEqual([null, 'Work']);
});

it.each([
  '',
  '.',
  '..',
  '../x',
  'a/b',
  '.hidden',
  'line\nbreak',
  'nul\0',
  ' space',
  'x'.repeat(81),
  'ü'.repeat(101),
])('no vault is called %j', (name) => {
  expect(homeNamed('/home', name)).toMatchObject({ ok: false, fault: { code: 'usage' } });
});
