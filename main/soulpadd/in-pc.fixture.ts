// Runs inside the emulated PC, as root: starts soulpadd with a cheap KDF, and goes through the table of cases as the
// vault's user would, over its socket. What is true is asked of dmsetup, losetup, /proc/mounts and stock cryptsetup.
// Prints one JSON line a case. Tests only.
import { deepStrictEqual as same } from 'node:assert';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Result } from '../../preload/contract/result';
import { type SoulpaddVerb, soulpaddVerbs } from '../../preload/contract/soulpadd';
import type { RequestOf } from '../../preload/contract/verbs';
import { askWithSecrets } from '../socket/ask-with-secrets';
import { by, type Case, type Given, secrets, type VaultGround, vaultCases } from '../vault/cases.fixture';
import { luks2Costs } from '../vault/luks2/slots';
import { startSoulpadd } from './start';

const folder = '/run/soulpad';
const images = '/run/images';
const cheap = { memoryKiB: 64, iterations: 4, parallelism: 1 };
const testOnlyCosts = { passphrase: cheap, keyUsb: cheap, recovery: cheap, both: cheap };
const user = process.argv[2] ?? 'soulpad';
const real = process.argv[3] === 'real';

function ask<V extends SoulpaddVerb>(
  verb: V,
  request: RequestOf<typeof soulpaddVerbs, V>,
  parts: Uint8Array[] = [],
) {
  const path = `${folder}/soulpadd.sock`;
  return askWithSecrets({
    path,
    stage: 'test',
    verbs: soulpaddVerbs,
    verb,
    request,
    parts,
    timeoutMs: 300_000,
  });
}
const said = (result: Result<unknown>, done = 'done'): string => (result.ok ? done : result.fault.code);

async function disks() {
  const listed = await ask('list', {});
  if (!listed.ok) throw new Error(listed.fault.message);
  return listed.value.disks;
}
async function diskNamed(name: string) {
  const found = (await disks()).find((disk) => disk.name === name);
  if (found === undefined) throw new Error(`no disk ${name}: ${JSON.stringify(await disks())}`);
  return found;
}

/** Of all vaults: mounts, mappings, and loop devices. */
async function traces(): Promise<string[]> {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => /soulpad-|mounts\//.test(line));
  const mapped = execFileSync('dmsetup', ['ls'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => /^soulpad/.test(line));
  const loops = execFileSync('losetup', ['--list', '--noheadings'], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
  return [...mounts, ...mapped, ...loops];
}

function ground(name: string): VaultGround {
  const uuidOf = async (): Promise<string> => (await diskNamed(name)).vault?.uuid ?? '';
  const file = async (): Promise<string> => `${folder}/mounts/${await uuidOf()}/guests/note`;
  return {
    open: async ({ kind, bytes }) =>
      said(await ask('open', { disk: (await diskNamed(name)).id, kind }, [bytes]), 'open'),
    close: async () => said(await ask('close', { uuid: await uuidOf(), detach: false })),
    add: async (given, { kind, name: called, bytes }) =>
      said(
        await ask(
          'addKeyslot',
          { disk: (await diskNamed(name)).id, opens: given.kind, keyslot: { kind, name: called } },
          [given.bytes, bytes],
        ),
      ),
    remove: async (given, id) =>
      said(
        await ask('removeKeyslot', { disk: (await diskNamed(name)).id, opens: given.kind, id }, [
          given.bytes,
        ]),
      ),
    keyslots: async () => (await diskNamed(name)).vault?.keyslots ?? [],
    traces,
    write: async (words) => {
      const path = await file();
      writeFileSync(path, words);
      const { uid, gid } = statSync(dirname(path));
      chownSync(path, uid, gid); // we are root here; the vault is its user's
    },
    read: async () => readFileSync(await file(), 'utf8'),
  };
}

async function format(name: string): Promise<string> {
  const keyslots = [
    { kind: 'passphrase' as const, name: 'passphrase' },
    { kind: 'recovery' as const, name: 'paper' },
  ];
  const parts = [Uint8Array.from(secrets.passphrase), Uint8Array.from(secrets.recovery)];
  return said(await ask('format', { disk: (await diskNamed(name)).id, opens: null, keyslots }, parts));
}

/** As anybody would on any Linux: the mapped disk's file, read by stock tools. */
function stockReads(device: string, { bytes }: Given): string {
  const opened = spawnSync('cryptsetup', ['open', '--readonly', '--key-file', '-', device, 'stock'], {
    input: bytes,
  });
  if (opened.status !== 0) return opened.stderr.toString();
  try {
    mkdirSync('/mnt/stock', { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'xfs', '-o', 'ro', '/dev/mapper/stock', '/mnt/stock']);
    if (mounted.status !== 0) return `${mounted.stderr}${spawnSync('dmesg').stdout.toString().slice(-600)}`;
    const text = readFileSync('/mnt/stock/guests/note', 'utf8');
    execFileSync('umount', ['/mnt/stock']);
    return text;
  } finally {
    execFileSync('cryptsetup', ['close', 'stock']);
  }
}

function makeImage(name: string, megabytes: number): string {
  const path = `${images}/${name}`;
  writeFileSync(path, '');
  truncateSync(path, megabytes << 20);
  return path;
}

const partition = '/dev/vda1';
const only = <T>(cases: readonly Case<T>[], on: T) =>
  cases.map(({ title, go }) => ({ title, go: () => go(on) }));

/** In order: each builds on the ones before. */
function luks2Cases(): { title: string; go: () => Promise<void> }[] {
  const vda1 = ground('vda1');
  return [
    {
      title: "is made only on a partition that is a vault's place",
      go: async () => {
        same((await disks()).map(({ name, mayFormat }) => [name, mayFormat]).sort(), [
          ['vda', false],
          ['vda1', true],
          ['vda2', false],
        ]);
        same(await format('vda2'), 'denied');
        same(await format('vda1'), 'done');
        same(await format('vda1'), 'alreadyThere');
      },
    },
    ...only(vaultCases.slice(0, 6), vda1),
    {
      title: 'is opened by stock cryptsetup with each secret, also passphrase and key together',
      go: async () => {
        for (const kind of ['passphrase', 'recovery', 'keyUsb', 'both'] as const)
          same(stockReads(partition, by[kind]()), 'kept', kind);
      },
    },
    {
      title: 'is opened by us with a secret that stock cryptsetup added',
      go: async () => {
        writeFileSync('/run/new', 'added at a terminal');
        const cost = ['--pbkdf', 'argon2id', '--pbkdf-memory', '64', '--pbkdf-force-iterations', '4'];
        const args = ['luksAddKey', ...cost, '--key-slot', '9', '--key-file', '-', partition, '/run/new'];
        execFileSync('cryptsetup', args, { input: secrets.passphrase });
        same(await vda1.open(by.words('added at a terminal')), 'open');
        same(await vda1.close(), 'done');
        same(await vda1.remove(by.passphrase(), 9), 'done');
      },
    },
    ...only(vaultCases.slice(6), vda1),
    {
      title: 'is opened once: a second time is refused, and so is closing under a program that uses it',
      go: async () => {
        same(await vda1.open(by.both()), 'open');
        same(await vda1.open(by.both()), 'busy');
        const { vault } = await diskNamed('vda1');
        const worker = spawn('sleep', ['600'], { cwd: vault?.mountPoint ?? '', stdio: 'ignore' });
        await once(worker, 'spawn');
        same(await vda1.close(), 'busy');
        worker.kill('SIGKILL');
        await once(worker, 'exit');
        same(await vda1.close(), 'done');
        same(await traces(), []);
      },
    },
    {
      title:
        'belongs to its user alone, on a file system without devices, programs or set-uid, with reflinks',
      go: async () => {
        same(await vda1.open(by.both()), 'open');
        const mountPoint = (await diskNamed('vda1')).vault?.mountPoint ?? '';
        const line =
          readFileSync('/proc/mounts', 'utf8')
            .split('\n')
            .find((one) => one.includes(mountPoint)) ?? '';
        same(
          ['nodev', 'nosuid', 'noexec', 'noatime'].filter((option) => !line.includes(option)),
          [],
        );
        same(line.includes(' xfs '), true);
        const facts = statSync(mountPoint);
        same([facts.mode & 0o777, facts.uid !== 0], [0o700, true]);
        execFileSync('cp', ['--reflink=always', `${mountPoint}/guests/note`, `${mountPoint}/guests/copy`]);
        same(
          /discard/.test(execFileSync('dmsetup', ['table', '--target', 'crypt'], { encoding: 'utf8' })),
          false,
        );
        same(await vda1.close(), 'done');
      },
    },
    {
      title: 'in an image file does the same',
      go: async () => {
        mkdirSync(images, { recursive: true });
        makeImage('mine.luks', 340);
        same(await format('mine.luks'), 'done');
        const image = ground('mine.luks');
        same(await image.open(by.words('not the one that it was made with')), 'wrongSecret');
        same(await traces(), []);
        same(await image.open(by.passphrase()), 'open');
        await image.write('in a file');
        same(await image.read(), 'in a file');
        same(await image.close(), 'done');
        same(await traces(), []);
      },
    },
    {
      title: 'is not opened while another disk says that it is the same vault',
      go: async () => {
        execFileSync('cp', ['--sparse=always', `${images}/mine.luks`, `${images}/copy.luks`]);
        const disk = (await diskNamed('mine.luks')).id;
        same(
          said(await ask('open', { disk, kind: 'passphrase' }, [by.passphrase().bytes])),
          'ambiguousVault',
        );
        execFileSync('rm', [`${images}/copy.luks`]);
        same(await traces(), []);
      },
    },
    {
      title: 'is not the one that lies under its name now: an id dies with its disk',
      go: async () => {
        const disk = (await diskNamed('mine.luks')).id;
        renameSync(`${images}/mine.luks`, `${images}/aside`);
        makeImage('mine.luks', 340);
        same(said(await ask('open', { disk, kind: 'passphrase' }, [by.passphrase().bytes])), 'missingDisk');
        execFileSync('ln', ['-sf', `${images}/aside`, `${images}/mine.luks`]);
        same(said(await ask('open', { disk, kind: 'passphrase' }, [by.passphrase().bytes])), 'missingDisk');
        execFileSync('mv', [`${images}/aside`, `${images}/mine.luks`]);
        same((await diskNamed('mine.luks')).id, disk);
      },
    },
    {
      title: 'is not taken from a file that others may change, or that has a second name',
      go: async () => {
        makeImage('theirs.luks', 1);
        chownSync(`${images}/theirs.luks`, 65534, 65534);
        makeImage('shared.luks', 1);
        execFileSync('chmod', ['666', `${images}/shared.luks`]);
        makeImage('named.luks', 1);
        execFileSync('ln', [`${images}/named.luks`, `${images}/elsewhere`]);
        same(
          (await disks()).map(({ name }) => name).filter((name) => name.endsWith('.luks')),
          ['mine.luks'],
        );
      },
    },
    {
      title: 'does not take a mapping of its name that somebody else planted for its own',
      go: async () => {
        const uuid = (await diskNamed('vda1')).vault?.uuid ?? '';
        execFileSync('dmsetup', ['create', `soulpad-${uuid}`, '--table', '0 8 error']);
        same(await vda1.open(by.both()), 'busy');
        execFileSync('dmsetup', ['remove', `soulpad-${uuid}`]);
        same(await traces(), []);
      },
    },
    {
      title: 'is erased only by who can open it',
      go: async () => {
        const { id } = await diskNamed('vda1');
        const keyslots = [{ kind: 'passphrase' as const, name: 'new' }];
        const anew = (opens: Given['kind'], parts: Uint8Array[]) =>
          ask('format', { disk: id, opens, keyslots }, parts);
        const wrong = by.bothWith('not the one that it was made with').bytes;
        same(said(await anew('both', [wrong, by.passphrase().bytes])), 'wrongSecret');
        same(await vda1.open(by.both()), 'open');
        same(await vda1.close(), 'done');
      },
    },
    {
      title: 'is reached by its user and root only, and so is what is in it',
      go: async () => {
        const facts = statSync(`${folder}/soulpadd.sock`);
        same([facts.uid, facts.mode & 0o777], [0, 0o660]);
        const as = (who: string, group: string, command: readonly string[]) =>
          spawnSync('setpriv', [
            ...['--reuid', who, '--regid', group, '--clear-groups', '--inh-caps=-all', ...command],
          ]);
        const script = `require("net").connect("${folder}/soulpadd.sock").on("connect",()=>process.exit(0)).on("error",()=>process.exit(7))`;
        const connects = (who: string, group: string) => as(who, group, ['node', '-e', script]).status;
        same([connects(user, user), connects('nobody', 'nogroup')], [0, 7]);
        same(await vda1.open(by.both()), 'open');
        const note = `${(await diskNamed('vda1')).vault?.mountPoint}/guests/note`;
        same(as(user, user, ['cat', note]).stdout.toString(), 'kept');
        same(as('nobody', 'nogroup', ['cat', note]).status, 1);
        same(await vda1.close(), 'done');
      },
    },
  ];
}

/** The pinned KDF, timed: what the person waits for, and how much of it is not the KDF. */
async function measure(): Promise<object> {
  same(await format('vda1'), 'done');
  const vda1 = ground('vda1');
  const seconds = async (work: () => unknown): Promise<number> => {
    const start = performance.now();
    await work();
    return Math.round(performance.now() - start) / 1000;
  };
  const open = await seconds(async () => same(await vda1.open(by.passphrase()), 'open'));
  same(await vda1.close(), 'done');
  const args = ['open', '--test-passphrase', '--key-slot', '0', '--key-file', '-', partition];
  const kdf = await seconds(() => execFileSync('cryptsetup', args, { input: secrets.passphrase }));
  return { openSeconds: open, kdfSeconds: kdf };
}

async function main(): Promise<void> {
  mkdirSync(images, { recursive: true });
  const costs = real ? {} : { testOnlyCosts };
  same(luks2Costs.passphrase.memoryKiB, 262_144);
  const serving = await startSoulpadd({ user, folder, images: [images], ...costs });
  if (!serving.ok) throw new Error(serving.fault.message);
  if (real) process.stdout.write(`${JSON.stringify(await measure())}\n`);
  else
    for (const { title, go } of luks2Cases()) {
      const start = performance.now();
      const error = await go().then(
        () => null,
        (thrown: unknown) => (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)),
      );
      process.stdout.write(
        `${JSON.stringify({ title, error, ms: Math.round(performance.now() - start) })}\n`,
      );
    }
  await serving.value.close();
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
