// Keyslots of a LUKS2 vault in a file, through stock cryptsetup and beside it: what we make it opens, what it makes we
// open. Nothing is mapped, so no root and no device-mapper are needed; mapping is shown in the emulated PC.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { joinBoth } from '../both-secret';
import { newRecoveryKey } from '../recovery/recovery-key';
import { testKeyslot } from './cryptsetup';
import { readHeader } from './disk';
import type { SecretKind } from './slots';
import { unlock } from './unlock';
import { addKeyslot, makeVolume, readSlots, removeKeyslot } from './volume';
import { passphrase, testOnlyCosts, testSlot, testVolume } from './volume.fixture';

const folder = mkdtempSync(join(tmpdir(), 'luks2-volume-'));
const device = join(folder, 'vault.luks');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = randomBytes(64);
const recovery = newRecoveryKey();
const both = joinBoth(Buffer.from('zusammen mit dem Schlüssel'), key);
const secretOf = (kind: SecretKind, bytes: Uint8Array | string) => ({ kind, bytes: Buffer.from(bytes) });
const owner = secretOf('passphrase', passphrase);

async function open(kind: SecretKind, bytes: Uint8Array | string) {
  const slots = readSlots(device);
  if (!slots.ok) return slots.fault.code;
  const opened = await unlock({
    ...{ slots: slots.value, kind, secret: Buffer.from(bytes), testOnlyFloor: testOnlyCosts },
    attempt: (tried) => testKeyslot({ device, stage: 'test', ...tried }),
  });
  return opened.ok ? opened.value : opened.fault.code;
}

function names() {
  const slots = readSlots(device);
  return slots.ok ? slots.value.map(({ id, kind, name }) => `${id} ${kind} ${name}`) : slots.fault.code;
}

/** Stock cryptsetup as anybody would run it. */
function stock(args: readonly string[], input: Uint8Array | string): number | null {
  return spawnSync('cryptsetup', [...args, device], { input, env: { PATH: '/usr/sbin:/usr/bin' } }).status;
}
const stockOpens = (input: Uint8Array | string): boolean =>
  stock(['open', '--test-passphrase', '--key-file', '-'], input) === 0;

const add = (slot: ReturnType<typeof testSlot>, secret = owner) =>
  addKeyslot({ device, secret, slot, testOnlyCosts });
const remove = (id: number, secret = owner) => removeKeyslot({ device, secret, id, testOnlyCosts });

describe('a LUKS2 vault', () => {
  beforeEach(async () => {
    await testVolume(device, testSlot('recovery', recovery, 'paper'));
  });

  it('is plain LUKS2, with the names of its keyslots in a token', async () => {
    expect(names()).toEqual(['0 passphrase passphrase', '1 recovery paper']);
    const dump = execFileSync('cryptsetup', ['luksDump', device], {
      encoding: 'utf8',
      env: { PATH: '/usr/sbin' },
    });
    expect(dump).toMatch(/Version:\s+2\n/);
    expect(dump).toContain('31: soulpad');
    expect(stockOpens(passphrase)).toBe(true);
    expect(stockOpens(recovery)).toBe(true);
    const header = readHeader(device);
    expect(header).toMatchObject({ ok: true, value: { label: 'soulpad', oneCopy: false } });
  });

  it('is opened by every kind of keyslot, by us and by stock cryptsetup', async () => {
    expect(await add(testSlot('keyUsb', key, 'silver stick'))).toEqual({ ok: true, value: undefined });
    expect(await add(testSlot('both', both, 'both'))).toEqual({ ok: true, value: undefined });
    expect(await open('passphrase', passphrase)).toBe(0);
    expect(
      await open(
        'passphrase',
        Buffer.from(recovery)
          .toString()
          .replace(/(\d{6})/g, '$1 '),
      ),
    ).toBe(1);
    expect(await open('keyUsb', key)).toBe(2);
    expect(await open('both', both)).toBe(3);
    expect([passphrase, recovery, key, both].map(stockOpens)).toEqual([true, true, true, true]);
    expect(names()).toEqual([
      '0 passphrase passphrase',
      '1 recovery paper',
      '2 keyUsb silver stick',
      '3 both both',
    ]);
  });

  it('is opened by nothing else: not by a part of a secret, nor by one as another kind', async () => {
    await add(testSlot('both', both));
    expect(await open('passphrase', passphrase.slice(1))).toBe('wrongSecret');
    expect(await open('passphrase', 'zusammen mit dem Schlüssel')).toBe('wrongSecret');
    expect(await open('keyUsb', key)).toBe('wrongSecret');
    expect(await open('both', joinBoth(Buffer.from('zusammen mit dem Schlüssel'), randomBytes(64)))).toBe(
      'wrongSecret',
    );
    expect(await open('passphrase', newRecoveryKey())).toBe('wrongSecret');
    const mistyped = Buffer.from(recovery);
    mistyped[3] = 0x30 + (((mistyped[3] ?? 0) - 0x2f) % 10);
    expect(await open('passphrase', mistyped)).toBe('mistypedKey');
  });

  it('forgets a keyslot that was removed, on the word of another one only', async () => {
    await add(testSlot('passphrase', 'the second passphrase, as long', 'second'));
    expect(await remove(0)).toMatchObject({ ok: false, fault: { code: 'otherSecretNeeded' } });
    expect(await remove(0, secretOf('passphrase', 'nobody has chosen this one'))).toMatchObject({
      fault: { code: 'wrongSecret' },
    });
    expect(await remove(0, secretOf('passphrase', 'the second passphrase, as long'))).toEqual({
      ok: true,
      value: undefined,
    });
    expect(await open('passphrase', passphrase)).toBe('wrongSecret');
    expect(stockOpens(passphrase)).toBe(false);
    expect(names()).toEqual(['1 recovery paper', '2 passphrase second']);
  });

  it('never loses its last way in', async () => {
    expect(await remove(0, secretOf('passphrase', recovery))).toMatchObject({
      fault: { code: 'lastKeyslot' },
    });
    expect(await remove(9)).toMatchObject({ fault: { code: 'missingKeyslot' } });
    expect(names()).toHaveLength(2);
  });

  it('adds nothing on the word of a wrong secret', async () => {
    const added = await add(testSlot('keyUsb', key), secretOf('passphrase', 'no such passphrase here'));
    expect(added).toMatchObject({ ok: false, fault: { code: 'wrongSecret' } });
    expect(names()).toHaveLength(2);
  });

  it('is opened by what stock cryptsetup added, and calls it what it is', async () => {
    writeFileSync(join(folder, 'new'), 'added at a terminal');
    const cost = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
    const added = spawnSync(
      'cryptsetup',
      ['luksAddKey', ...cost, '--key-file', '-', device, join(folder, 'new')],
      { input: passphrase, env: { PATH: '/usr/sbin' } },
    );
    expect(added.status).toBe(0);
    expect(names()).toContain('2 passphrase keyslot 2');
    expect(await open('passphrase', 'added at a terminal')).toBe(2);
  });

  it('does not call a keyslot by the name of one that stock cryptsetup replaced', async () => {
    writeFileSync(join(folder, 'new'), 'changed at a terminal');
    const cost = ['--pbkdf', 'argon2id', '--pbkdf-force-iterations', '4', '--pbkdf-memory', '64'];
    const changed = spawnSync(
      'cryptsetup',
      ['luksChangeKey', ...cost, '--key-slot', '1', '--key-file', '-', device, join(folder, 'new')],
      { input: recovery, env: { PATH: '/usr/sbin' } },
    );
    expect(changed.status).toBe(0);
    expect(names()).toEqual(['0 passphrase passphrase', '1 passphrase keyslot 1']);
    expect(await open('passphrase', 'changed at a terminal')).toBe(1);
  });

  it('has 16 keyslots and says when they are taken', async () => {
    for (let count = 2; count < 16; count++)
      expect(await add(testSlot('keyUsb', randomBytes(64), `${'é'.repeat(70)} ${count}`))).toMatchObject({
        ok: true,
      });
    expect(await add(testSlot('keyUsb', key))).toMatchObject({ ok: false, fault: { code: 'full' } });
    expect(await open('passphrase', passphrase)).toBe(0);
  });
});

it('costs what is pinned, whatever PC it is made on', async () => {
  writeFileSync(device, '');
  execFileSync('truncate', ['-s', '20M', device]);
  const keyslots = [testSlot('passphrase', passphrase), testSlot('keyUsb', key)] as const;
  expect(await makeVolume({ device, keyslots: [...keyslots] })).toMatchObject({ ok: true });
  const slots = readSlots(device);
  expect(slots.ok ? slots.value : slots).toMatchObject([
    { kind: 'passphrase', kdf: 'argon2id', memoryKiB: 262_144, iterations: 4, parallelism: 1 },
    { kind: 'keyUsb', kdf: 'argon2id', memoryKiB: 8192, iterations: 4, parallelism: 1 },
  ]);
});
