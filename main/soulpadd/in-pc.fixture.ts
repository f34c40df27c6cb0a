// Runs inside the emulated PC, as root: starts soulpadd with a cheap KDF, and goes through the table of cases as the
// vault's user would, over its socket. What is true is asked of dmsetup, losetup, /proc/mounts and stock cryptsetup.
// Prints one JSON line a case. Tests only. One file, because one file is what is put into that PC.
import { deepStrictEqual as same } from 'node:assert';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Writable } from 'node:stream';
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
/** A user's own group need not have its name. */
const group = execFileSync('id', ['-g', '--', user], { encoding: 'utf8' }).trim();
const repository = process.argv[3] ?? '.';
const real = process.argv[4] === 'real';

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
          ['vdb', false],
          ['vdb1', true],
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
      title: 'whose making was cut counts as none: it is not opened, and is made anew',
      go: async () => {
        execFileSync('cryptsetup', ['config', '--label', 'soulpad-unfinished', `${images}/mine.luks`]);
        const { id, vault } = await diskNamed('mine.luks');
        same(vault, null);
        same(
          said(await ask('open', { disk: id, kind: 'passphrase' }, [by.passphrase().bytes])),
          'missingVault',
        );
        same(await format('mine.luks'), 'done');
        same(await ground('mine.luks').open(by.passphrase()), 'open');
        same(await ground('mine.luks').close(), 'done');
      },
    },
    {
      title: 'is reached by its user and root only, and so is what is in it',
      go: async () => {
        const facts = statSync(`${folder}/soulpadd.sock`);
        same([facts.uid, facts.mode & 0o777], [0, 0o660]);
        const as = (who: string, whose: string, command: readonly string[]) =>
          spawnSync('setpriv', [
            ...['--reuid', who, '--regid', whose, '--clear-groups', '--inh-caps=-all', ...command],
          ]);
        const script = `require("net").connect("${folder}/soulpadd.sock").on("connect",()=>process.exit(0)).on("error",()=>process.exit(7))`;
        const connects = (who: string, whose: string) => as(who, whose, ['node', '-e', script]).status;
        same([connects(user, group), connects('nobody', 'nogroup')], [0, 7]);
        same(await vda1.open(by.both()), 'open');
        const note = `${(await diskNamed('vda1')).vault?.mountPoint}/guests/note`;
        same(as(user, group, ['cat', note]).stdout.toString(), 'kept');
        same(as('nobody', 'nogroup', ['cat', note]).status, 1);
        same(await vda1.close(), 'done');
      },
    },
    {
      title: 'is made, opened, refused and closed by the command line of its user',
      go: commandLine,
    },
    {
      title: 'is found again, and never mistaken, when disks come back under the names of others',
      go: async () => {
        const before = await diskNamed('vda1');
        swapDisks();
        same(said(await ask('open', { disk: before.id, kind: 'both' }, [by.both().bytes])), 'missingDisk');
        same((await diskNamed('vda1')).vault, null);
        same((await diskNamed('vdb1')).vault?.uuid, before.vault?.uuid);
        same(await ground('vdb1').open(by.both()), 'open');
        same(await ground('vdb1').read(), 'kept');
        same(await ground('vdb1').close(), 'done');
        same(await traces(), []);
        swapDisks();
        same((await diskNamed('vda1')).vault?.uuid, before.vault?.uuid);
      },
    },
  ];
}

interface Said {
  readonly status: number | null;
  readonly data?: { readonly state?: string; readonly kind?: string; readonly disks?: unknown };
  readonly code?: string;
}

/** The command line, as the vault's user calls it: stock programs, nothing of the tests in them. */
async function soulpad(words: readonly string[], secret = ''): Promise<Said> {
  const node = ['node', `${repository}/out/programs/soulpad.cjs`, ...words, '--json'];
  const child = spawn('setpriv', ['--reuid', user, '--regid', group, '--clear-groups', ...node], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: '/run/person',
      SOULPAD_HOME: '/run/person/home',
      XDG_RUNTIME_DIR: '/run/person/run',
    },
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  });
  const pipe = child.stdio[3] as Writable;
  pipe.on('error', () => {}); // a verb that reads no secret
  pipe.end(secret);
  let said = '';
  for await (const chunk of child.stdout ?? []) said += String(chunk);
  const status = child.exitCode ?? ((await once(child, 'exit'))[0] as number | null);
  const answer = JSON.parse(said) as { data?: Said['data']; fault?: { code: string } };
  return {
    status,
    ...(answer.data ? { data: answer.data } : {}),
    ...(answer.fault ? { code: answer.fault.code } : {}),
  };
}

async function commandLine(): Promise<void> {
  for (const folder of ['/run/person', '/run/person/run']) {
    mkdirSync(folder, { recursive: true });
    execFileSync('chown', [`${user}:`, folder]);
    execFileSync('chmod', ['0700', folder]);
  }
  makeImage('mine-too.luks', 340);
  const { id } = await diskNamed('mine-too.luks');
  const words = 'a passphrase typed at a terminal';
  const secret = ['--passphrase-fd', '3'];
  const made = await soulpad(['vault', 'create', '--on', id, ...secret], words);
  same([made.status, made.data?.kind, made.data?.state], [0, 'luks2', 'closed']);
  const wrong = await soulpad(['vault', 'open', ...secret], `${words}!`);
  same([wrong.status, wrong.code], [77, 'wrongSecret']);
  same(await traces(), []);
  const opened = await soulpad(['vault', 'open', ...secret], words);
  same([opened.status, opened.data?.state], [0, 'open']);
  same((await traces()).length, 3); // the mount, the mapping, the image's loop device
  same((await soulpad(['vault', 'status'])).data?.state, 'open');
  same((await soulpad(['vault', 'close'])).data?.state, 'closed');
  same(await traces(), []);
}

/** Two disks are pulled out, and come back the other way round: under each other's names. */
function swapDisks(): void {
  const drivers = '/sys/bus/virtio/drivers/virtio_blk';
  const devices = ['vda', 'vdb'].map((name) => basename(readlinkSync(`/sys/block/${name}/device`)));
  for (const device of devices) writeFileSync(`${drivers}/unbind`, device);
  for (const device of devices.reverse()) writeFileSync(`${drivers}/bind`, device);
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
  const serving = await startSoulpadd({ user, folder, images: [images], keepers: null, ...costs });
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
