// What every vault must do, done by a gocryptfs vault through the vault organ, as kiosk and command line use it: the same
// table as for LUKS2 vaults (main/soulpadd/emulated-pc.test.ts). Mounts and processes are asked of /proc.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { splitBoth } from './both-secret';
import { secrets, type VaultGround, vaultCases } from './cases.fixture';
import { vaults } from './open-vaults';
import { type Ground, makeGround, until, unwrap } from './test-ground';
import type { NewKeyslot, OpenVault } from './vault';

const organ = vaults();
let ground: Ground;
let opened: OpenVault | null = null;

beforeAll(async () => {
  ground = makeGround();
  const { home } = ground;
  const secret = { kind: 'passphrase' as const, bytes: Uint8Array.from(secrets.passphrase) };
  const recovery = Uint8Array.from(secrets.recovery);
  unwrap(await organ.create({ home, name: 'passphrase', secret, recovery }));
});
afterAll(() => ground.clear());

/** The organ has the key file made and written; the table goes on with that one. */
function keyslotOf(kind: NewKeyslot['kind'], bytes: Uint8Array): { add: NewKeyslot; learn: () => void } {
  const keyFolder = mkdtempSync(join(ground.runtime, 'stick-'));
  const learnAs = (key: Uint8Array) => () => key.set(readFileSync(join(keyFolder, 'soulpad.key')));
  if (kind === 'keyUsb') return { add: { kind, keyFolder }, learn: learnAs(secrets.otherKey) };
  if (kind !== 'both') return { add: { kind, bytes }, learn: () => {} };
  const passphrase = splitBoth(bytes)?.passphrase ?? new Uint8Array();
  return { add: { kind, bytes: Uint8Array.from(passphrase), keyFolder }, learn: learnAs(secrets.key) };
}

const note = (): string => join(opened?.guestsFolder ?? '', 'note');
const gocryptfs: VaultGround = {
  open: async (secret) => {
    const tried = await organ.open({ home: ground.home, secret, program: 'cli', stays: false });
    if (tried.ok) opened = tried.value;
    return tried.ok ? 'open' : tried.fault.code;
  },
  close: async () => {
    const closed = await opened?.close();
    await until(() => ground.processes().length === 0);
    opened = null;
    return closed?.ok ? 'done' : 'open still';
  },
  add: async (secret, { kind, name, bytes }) => {
    const { add, learn } = keyslotOf(kind, bytes);
    const added = await organ.addKeyslot({ home: ground.home, secret, name, add });
    if (added.ok) learn();
    return added.ok ? 'done' : added.fault.code;
  },
  remove: async (secret, id) => {
    const removed = await organ.removeKeyslot({ home: ground.home, secret, id });
    return removed.ok ? 'done' : removed.fault.code;
  },
  keyslots: async () => unwrap(await organ.status(ground.home)).keyslots,
  traces: async () => [...ground.mounts(), ...ground.processes('gocryptfs').map((pid) => `process ${pid}`)],
  write: async (text) => writeFileSync(note(), text),
  read: async () => readFileSync(note(), 'utf8'),
};

describe('a gocryptfs vault', () => {
  it.each(vaultCases.map(({ title, go }) => [title, go] as const))('%s', (_, go) => go(gocryptfs), 600_000);
});
