// Keyslots of a real vault, edited through the vault organ as the kiosk and the command line do it.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { joinBoth } from './both-secret';
import { vaults } from './open-vaults';
import { newRecoveryKey } from './recovery/recovery-key';
import { type Ground, makeGround, secretOf } from './test-ground';
import type { NewKeyslot, Secret } from './vault';

const organ = vaults();
const second = 'marigold river lantern seven orbit';
const third = 'velvet quarry lantern north harbour';
let ground: Ground;

beforeAll(async () => {
  ground = makeGround();
  const made = await organ.create({ home: ground.home, name: 'first', secret: secretOf() });
  expect(made.ok).toBe(true);
}, 60_000);
afterAll(() => ground.clear());

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

async function kinds(): Promise<string[]> {
  const facts = await organ.status(ground.home);
  return facts.ok ? facts.value.keyslots.map(({ id, kind }) => `${id} ${kind}`) : [facts.fault.code];
}

/** 'open', or the fault's code. Nothing stays mounted. */
async function tryToOpen(secret: Secret): Promise<string> {
  const opened = await organ.open({ home: ground.home, secret, program: 'cli', stays: false });
  if (!opened.ok) {
    expect(ground.mounts()).toEqual([]);
    return opened.fault.code;
  }
  await opened.value.close();
  return 'open';
}

async function add(secret: Secret, keyslot: NewKeyslot): Promise<string> {
  const added = await organ.addKeyslot({ home: ground.home, secret, name: keyslot.kind, add: keyslot });
  // What was handed over is wiped, whatever came of it.
  expect(secret.bytes.every((byte) => byte === 0)).toBe(true);
  if ('bytes' in keyslot) expect(keyslot.bytes.every((byte) => byte === 0)).toBe(true);
  return added.ok ? 'added' : added.fault.code;
}

async function remove(secret: Secret, id: number): Promise<string> {
  const removed = await organ.removeKeyslot({ home: ground.home, secret, id });
  return removed.ok ? 'removed' : removed.fault.code;
}

it('leads from one passphrase to passphrase and key USB together, and never locks out on the way', {
  timeout: 240_000,
}, async () => {
  // One way in is never removed, and a wrong secret edits nothing.
  const before = readFileSync(join(ground.home, 'vault/keyslots.json'));
  expect(await remove(secretOf(), 0)).toBe('lastKeyslot');
  expect(await add(secretOf(second), { kind: 'passphrase', bytes: bytes(third) })).toBe('wrongSecret');
  expect(await add(secretOf(), { kind: 'passphrase', bytes: bytes('too short') })).toBe('secretTooShort');
  expect(readFileSync(join(ground.home, 'vault/keyslots.json')).equals(before)).toBe(true);

  // A recovery key alone is not enough to remove the passphrase.
  const recovery = newRecoveryKey();
  const paper = recovery.toString('latin1');
  expect(await add(secretOf(), { kind: 'recovery', bytes: new Uint8Array(recovery) })).toBe('added');
  expect(await tryToOpen(secretOf(paper))).toBe('open');
  expect(await remove(secretOf(paper), 0)).toBe('lastKeyslot');

  // Both: the key file is written once, never over another one.
  const keyFolder = join(ground.home, 'stick');
  mkdirSync(keyFolder);
  expect(await add(secretOf(), { kind: 'both', bytes: bytes(second), keyFolder })).toBe('added');
  expect(await add(secretOf(), { kind: 'keyUsb', keyFolder })).toBe('alreadyThere');
  const key = readFileSync(join(keyFolder, 'soulpad.key'));
  expect(key.length).toBe(64);
  expect(await kinds()).toEqual(['0 passphrase', '1 recovery', '2 both']);
  const both = (passphrase: string): Secret => ({
    kind: 'both',
    bytes: new Uint8Array(joinBoth(Buffer.from(passphrase, 'utf8'), key)),
  });

  // Removing the passphrase is proved by the new way in; its own word does not count.
  expect(await remove(secretOf(), 0)).toBe('otherSecretNeeded');
  expect(await remove(both(third), 0)).toBe('wrongSecret');
  expect(await remove(both(second), 0)).toBe('removed');
  expect(await tryToOpen(secretOf())).toBe('missingKey');
  expect(await tryToOpen(secretOf(second))).toBe('missingKey');
  expect(await tryToOpen({ kind: 'keyUsb', bytes: new Uint8Array(key) })).toBe('wrongSecret');
  expect(
    await tryToOpen({ kind: 'both', bytes: new Uint8Array(joinBoth(Buffer.from(second), randomBytes(64))) }),
  ).toBe('wrongSecret');
  expect(await tryToOpen(both(second))).toBe('open');

  // Its passphrase is changed with the key file at hand, and only with it.
  const change = async (secret: Secret, id: number): Promise<string> => {
    const changed = await organ.changePassphrase({ home: ground.home, secret, id, bytes: bytes(third) });
    return changed.ok ? 'changed' : changed.fault.code;
  };
  expect(await change(secretOf(paper), 2)).toBe('missingKey');
  expect(await change(both(second), 1)).toBe('missingKeyslot');
  expect(await change(both(second), 2)).toBe('changed');
  expect(await tryToOpen(both(second))).toBe('wrongSecret');
  expect(await tryToOpen(both(third))).toBe('open');

  // The paper opens still; with a key USB plugged in too.
  expect(await tryToOpen(both(paper))).toBe('open');
  expect(await remove(secretOf(paper), 2)).toBe('lastKeyslot');
  expect(existsSync(join(keyFolder, 'soulpad.key'))).toBe(true);
});
