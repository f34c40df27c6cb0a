// The vault as the person meets it: made, opened, refused, closed, with real gocryptfs. What is true is asked of
// /proc, not of our own answers.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readKey } from './key-usb/read-key';
import { vaults } from './open-vaults';
import { newRecoveryKey } from './recovery/recovery-key';
import { startOwner } from './start-owner';
import {
  type Ground,
  kill,
  makeGround,
  passphrase,
  pids,
  readProcess,
  secretOf,
  startClient,
  until,
  unwrap,
} from './test-ground';
import type { OpenVault } from './vault';

const vault = vaults();
let ground: Ground;

beforeAll(async () => {
  ground = makeGround();
  const facts = unwrap(await vault.create({ home: ground.home, name: 'mine', secret: secretOf() }));
  expect(facts).toMatchObject({ kind: 'gocryptfs', state: 'closed', mountPoint: null, freeBytes: null });
});
afterAll(() => ground.clear());

/** No test may leave anything for the next one. */
beforeEach(async () => {
  await until(() => ground.processes().length === 0);
  expect(ground.mounts()).toEqual([]);
});

async function openIt(about: { stays?: boolean; text?: string } = {}): Promise<OpenVault> {
  const secret = secretOf(about.text);
  const opened = await vault.open({ home: ground.home, secret, program: 'cli', stays: about.stays ?? false });
  expect(secret.bytes.every((byte) => byte === 0)).toBe(true);
  return unwrap(opened);
}

/** Every file below a folder, unreadable ones and sockets left out. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

describe('making a vault', () => {
  it('gives one keyslot at the pinned cost, closed to other users', async () => {
    const facts = unwrap(await vault.status(ground.home));
    expect(facts.keyslots).toEqual([
      {
        id: 0,
        name: 'mine',
        kind: 'passphrase',
        ...{ kdf: 'argon2id', memoryKiB: 262_144, iterations: 4, parallelism: 1 },
      },
    ]);
    expect(statSync(join(ground.home, 'vault/keyslots.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(ground.home)).toEqual(['vault']);
    expect(readdirSync(join(ground.home, 'vault')).sort()).toEqual(['cipher', 'keyslots.json']);
  });

  it('refuses where one is, and leaves that one as it is', async () => {
    const before = readFileSync(join(ground.home, 'vault/keyslots.json'));
    const made = await vault.create({ home: ground.home, name: 'other', secret: secretOf() });
    expect(made).toMatchObject({ ok: false, fault: { code: 'alreadyThere' } });
    expect(readFileSync(join(ground.home, 'vault/keyslots.json'))).toEqual(before);
  });

  it('refuses a short passphrase and makes nothing', async () => {
    const home = join(ground.home, '../short');
    const made = await vault.create({ home, name: 'mine', secret: secretOf('nineteen characters') });
    expect(made).toMatchObject({ ok: false, fault: { code: 'secretTooShort' } });
    expect(existsSync(home)).toBe(false);
  });

  it('refuses a name that would play with a terminal', async () => {
    const home = join(ground.home, '../named');
    const made = await vault.create({ home, name: '\u001b[2J', secret: secretOf() });
    expect(made).toMatchObject({ ok: false, fault: { code: 'usage' } });
    expect(existsSync(home)).toBe(false);
  });

  it('leaves no vault when it is killed half-way, and the next one clears the remains', async () => {
    const home = join(ground.home, '../killed');
    const making = startOwner({
      about: { mode: 'create', home, name: 'mine', secretKind: 'passphrase', recovery: 'false' },
      lock: null,
      secret: secretOf(),
    });
    await until(() => existsSync(home) && readdirSync(home).length > 0);
    const [remains] = readdirSync(home);
    kill(Number(remains?.split('-')[1]), 'SIGKILL');
    expect(await making).toMatchObject({ ok: false, fault: { code: 'bug' } });
    expect(readdirSync(home)).toEqual([remains]);
    expect(await vault.status(home)).toMatchObject({ fault: { code: 'missingVault' } });
    expect((await vault.create({ home, name: 'mine', secret: secretOf() })).ok).toBe(true);
    expect(readdirSync(home)).toEqual(['vault']);
  });
});

describe('opening a vault', () => {
  it('mounts it without devices, setuid and programs, and closing leaves nothing mounted', async () => {
    const opened = await openIt();
    const line = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .find((mount) => mount.includes(opened.mountPoint));
    expect(line).toMatch(/fuse\.gocryptfs rw,nosuid,nodev,noexec/);
    writeFileSync(join(opened.guestsFolder, 'kept'), 'kept');
    const facts = unwrap(await vault.status(ground.home));
    expect(facts).toMatchObject({ state: 'open', mountPoint: opened.mountPoint, reflink: false });
    expect(facts.freeBytes).toBeGreaterThan(0);
    unwrap(await opened.close());
    expect(ground.mounts()).toEqual([]);
    expect(existsSync(opened.mountPoint)).toBe(false);
    await until(() => ground.processes().length === 0);
    const again = await openIt();
    expect(readFileSync(join(again.guestsFolder, 'kept'), 'utf8')).toBe('kept');
    again.detach();
  });

  it('takes the passphrase in another Unicode form', async () => {
    const opened = await openIt({ text: passphrase.normalize('NFD') });
    opened.detach();
  });

  it('mounts nothing for a wrong passphrase and leaves no process', async () => {
    const secret = secretOf(`${passphrase}!`);
    const opened = await vault.open({ home: ground.home, secret, program: 'cli', stays: false });
    expect(opened).toMatchObject({ ok: false, fault: { code: 'wrongSecret' } });
    expect(secret.bytes.every((byte) => byte === 0)).toBe(true);
    expect(ground.mounts()).toEqual([]);
    expect(ground.processes()).toEqual([]);
    const left = filesBelow(ground.runtime).map((path) => path.slice(path.lastIndexOf('/') + 1));
    expect(left).toEqual(['owner.lock']);
  });

  it('can be cancelled, and then nothing is open', async () => {
    const stop = new AbortController();
    const opened = await vault.open({
      ...{ home: ground.home, secret: secretOf(), program: 'cli', stays: false, signal: stop.signal },
      onProgress: () => stop.abort(),
    });
    if (opened.ok)
      opened.value.detach(); // the word came after the mount: then it is open, and told so
    else expect(opened.fault.code).toBe('cancelled');
    await until(() => ground.mounts().length === 0);
  });

  it('is won by one of two who try at once, and the other is told who', async () => {
    const tries = [1, 2].map(() =>
      vault.open({ home: ground.home, secret: secretOf(), program: 'cli', stays: false }),
    );
    const results = await Promise.all(tries);
    const won = results.filter((result) => result.ok);
    const lost = results.filter((result) => !result.ok);
    expect(won).toHaveLength(1);
    expect(lost).toMatchObject([
      { fault: { code: 'busy', message: expect.stringMatching(`cli \\(pid ${process.pid}\\)`) } },
    ]);
    expect(ground.mounts()).toHaveLength(1);
    for (const result of won) if (result.ok) result.value.detach();
  });

  it('shows it to one kiosk only; the second is told the first', async () => {
    const opened = await openIt();
    const socket = opened.ownerSocket;
    const first = await startClient(socket, 'kiosk');
    expect(first.answer).toContain('"ok":true');
    const second = await startClient(socket, 'kiosk');
    expect(second.answer).toContain('"code":"busy"');
    expect(second.answer).toContain(`kiosk (pid ${first.child.pid})`);
    expect(await opened.close()).toMatchObject({
      fault: { code: 'busy', message: expect.stringContaining('kiosk') },
    });
    for (const { child } of [first, second]) child.process.kill('SIGKILL');
    opened.detach();
  });

  it('stays open without anybody when asked to, until it is closed', async () => {
    const opened = await openIt({ stays: true });
    opened.detach();
    await opened.closed;
    const adopted = unwrap(await vault.adopt({ home: ground.home, program: 'cli' }));
    expect(ground.mounts()).toEqual([adopted.mountPoint]);
    unwrap(await adopted.close());
    expect(await vault.adopt({ home: ground.home, program: 'cli' })).toMatchObject({
      fault: { code: 'missingVault' },
    });
  });

  it('keeps the passphrase out of every argv, environment and file, and core dumps off', async () => {
    const opening = openIt();
    // It reads the passphrase, works out the key, and ends: looked at while it lives.
    let helperLimits = '';
    await until(() => {
      helperLimits = readProcess(ground.processes('unseal')[0] ?? 0, 'limits');
      return helperLimits !== '';
    });
    const opened = await opening;
    expect(helperLimits).toMatch(/Max core file size +0 +0/);
    const bytes = Buffer.from(passphrase, 'utf8');
    const spellings = [bytes.toString('latin1'), bytes.toString('hex'), bytes.toString('base64')];
    const seen = [
      ...pids().flatMap((pid) => [readProcess(pid, 'cmdline'), readProcess(pid, 'environ')]),
      ...[ground.home, ground.runtime].flatMap(filesBelow).map((path) => readFileSync(path, 'latin1')),
    ];
    expect(seen.length).toBeGreaterThan(10);
    for (const text of seen) for (const spelling of spellings) expect(text.includes(spelling)).toBe(false);
    for (const program of ['owner.cjs', 'gocryptfs']) {
      const [pid] = ground.processes(program);
      expect(readProcess(pid ?? 0, 'limits')).toMatch(/Max core file size +0 +0/);
    }
    opened.detach();
  });
});

describe('a damaged vault', () => {
  const spoilt = (spoil: (file: string) => void): string => {
    const home = mkdtempSync(join(ground.home, '../spoilt-'));
    mkdirSync(join(home, 'vault'));
    const file = join(home, 'vault/keyslots.json');
    writeFileSync(file, readFileSync(join(ground.home, 'vault/keyslots.json')));
    spoil(file);
    return home;
  };

  it.each<[string, (file: string) => void]>([
    ['cut short', (file) => truncateSync(file, 200)],
    ['downgraded', (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('262144', '8'))],
    ['a folder', (file) => rmSync(file) ?? mkdirSync(file)],
    ['endless', (file) => truncateSync(file, 2 ** 33)],
  ])('is refused before anything starts when keyslots.json is %s', async (_, spoil) => {
    const home = spoilt(spoil);
    const opened = await vault.open({ home, secret: secretOf(), program: 'cli', stays: false });
    expect(opened).toMatchObject({ ok: false, fault: { code: 'damagedKeyslots' } });
    expect(ground.processes()).toEqual([]);
  });

  it.each<[string, (text: string) => string]>([
    ['is of another vault', (text) => text.replace(/"EncryptedKey": "...../, '"EncryptedKey": "AAAAA')],
    ['asks for 256 GiB to derive a key', (text) => text.replace('"N": 1024', '"N": 268435456')],
    ['is cut short', (text) => text.slice(0, 100)],
  ])('is refused when gocryptfs.conf %s', async (_, spoil) => {
    const home = spoilt(() => {});
    mkdirSync(join(home, 'vault/cipher'));
    const config = readFileSync(join(ground.home, 'vault/cipher/gocryptfs.conf'), 'utf8');
    expect(spoil(config)).not.toBe(config);
    writeFileSync(join(home, 'vault/cipher/gocryptfs.conf'), spoil(config));
    const opened = await vault.open({ home, secret: secretOf(), program: 'cli', stays: false });
    expect(opened).toMatchObject({ ok: false, fault: { code: 'damagedKeyslots' } });
    expect(ground.mounts()).toEqual([]);
  });
});

describe('a key USB', () => {
  it('is added by the passphrase, then opens the vault; another key file does not', async () => {
    const keyFolder = mkdtempSync(join(ground.home, '../key-'));
    const add = () =>
      vault.addKeyslot({
        ...{ home: ground.home, secret: secretOf(), name: 'key ring' },
        add: { kind: 'keyUsb', keyFolder },
      });
    expect(unwrap(await add()).keyslots).toMatchObject([
      { kind: 'passphrase' },
      { id: 1, kind: 'keyUsb', name: 'key ring', memoryKiB: 8192 },
    ]);
    expect(await add()).toMatchObject({ ok: false, fault: { code: 'alreadyThere' } });
    expect(readdirSync(join(ground.home, 'vault')).sort()).toEqual(['cipher', 'keyslots.json']);
    const found = unwrap(await readKey(keyFolder));
    const opened = await vault.open({
      ...{ home: ground.home, secret: found.secret, program: 'cli', stays: false },
    });
    unwrap(opened).detach();
    await until(() => ground.processes().length === 0);
    writeFileSync(join(keyFolder, 'soulpad.key'), Buffer.alloc(64, 1));
    const other = unwrap(await readKey(keyFolder));
    expect(
      await vault.open({ home: ground.home, secret: other.secret, program: 'cli', stays: false }),
    ).toMatchObject({ fault: { code: 'wrongSecret' } });
  });
});

describe('a recovery key', () => {
  it('opens the vault where the passphrase is asked, and only that one', async () => {
    const home = join(ground.home, '../recovery');
    const key = newRecoveryKey();
    const typed = `${key.toString('latin1').replace(/(\d{6})/g, '$1 - ')} `;
    const [before, after] = [typed.slice(0, 5), typed.slice(6)];
    const wrong = before + ((Number(typed[5]) + 1) % 10) + after;
    const made = await vault.create({ home, name: 'mine', secret: secretOf(), recovery: key });
    expect(unwrap(made).keyslots.map(({ kind, name }) => [kind, name])).toEqual([
      ['passphrase', 'mine'],
      ['recovery', 'recovery key'],
    ]);
    expect(key.every((byte) => byte === 0)).toBe(true);
    const open = (text: string) => vault.open({ home, secret: secretOf(text), program: 'cli', stays: false });
    expect(await open(wrong)).toMatchObject({
      fault: { code: 'mistypedKey', message: expect.stringContaining('group 1') },
    });
    const other = newRecoveryKey().toString('latin1');
    expect(await open(other)).toMatchObject({ fault: { code: 'wrongSecret' } });
    expect(ground.mounts()).toEqual([]);
    for (const text of [typed, passphrase])
      expect(unwrap(await unwrap(await open(text)).close())).toBeUndefined();
  });
});
