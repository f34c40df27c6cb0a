// Real servers on loopback for backup tests: an sshd of this user, a rest-server with a password. native-scripts/backup/
// servers gets the programs, unpacked, never installed. `endServers` ends them all. Tests only.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { must } from '../keeper/keeper.fixture';
import { type Child, run, start } from '../process/run';

const repository = join(import.meta.dirname, '../..');
const programs = join(repository, 'out/servers');

export const serversAreThere = existsSync(join(programs, 'bin/rest-server')) && process.getuid?.() !== 0;
export const serversMissing =
  'servers for backups need a user who is not root, and native-scripts/backup/servers';

export interface Server {
  /** For `backup init --repository`. */
  readonly where: string;
  /** Where the repository lies, on this disk. */
  readonly folder: string;
  stop(): Promise<void>;
  /** Again at the same address. */
  go(): Promise<void>;
}

const ended: (() => Promise<void>)[] = [];

export async function endServers(): Promise<void> {
  for (const end of ended.splice(0)) await end();
}

export interface SshServer extends Server {
  /** Lets that public line in. */
  admit(line: string): Promise<void>;
  /** The same address with another host key: another computer. */
  changeKey(): Promise<void>;
}

export async function startSsh(): Promise<SshServer> {
  const folder = await mkdtemp(join(tmpdir(), 'soulpad-s-'));
  const port = await freePort();
  const hostKey = join(folder, 'host-key');
  const makeKey = async (): Promise<void> => {
    await rm(hostKey, { force: true });
    await rm(`${hostKey}.pub`, { force: true });
    must(
      await run({
        program: 'ssh-keygen',
        args: ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey],
        stage: 'test',
      }),
    );
  };
  await makeKey();
  const config = join(folder, 'config');
  const lines = [
    ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${hostKey}`, 'PidFile none', 'UsePAM no'],
    ...[`AuthorizedKeysFile ${join(folder, 'admitted')}`, 'StrictModes no', 'Subsystem sftp internal-sftp'],
    ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'admitted'), '');
  await mkdir(join(folder, 'data'));
  const server = serverOf({
    ...{ folder, port },
    program: join(programs, 'bin/sshd'),
    args: ['-D', '-e', '-f', config],
    env: { LD_LIBRARY_PATH: join(programs, 'lib') },
  });
  await server.go();
  return {
    ...server,
    where: `sftp://${userInfo().username}@127.0.0.1:${port}${join(folder, 'data/soulpad')}`,
    folder: join(folder, 'data/soulpad'),
    admit: (line) => writeFile(join(folder, 'admitted'), `${line}\n`),
    changeKey: async () => {
      await server.stop();
      await makeKey();
      await server.go();
    },
  };
}

export const restUser = { user: 'ana', password: 'p@ss/w:rd' };

/** `open`: to everybody, without a password. */
export async function startRest(
  about: { readonly appendOnly?: boolean; readonly open?: boolean } = {},
): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'soulpad-r-'));
  const port = await freePort();
  const sum = createHash('sha1').update(restUser.password).digest('base64');
  await writeFile(join(folder, 'users'), `${restUser.user}:{SHA}${sum}\n`);
  await mkdir(join(folder, 'data'));
  const server = serverOf({
    ...{ folder, port, env: {} },
    program: join(programs, 'bin/rest-server'),
    args: [
      ...['--path', join(folder, 'data'), '--listen', `127.0.0.1:${port}`],
      ...(about.open ? ['--no-auth'] : ['--htpasswd-file', join(folder, 'users')]),
      ...(about.appendOnly ? ['--append-only'] : []),
    ],
  });
  await server.go();
  return { ...server, where: `rest:http://127.0.0.1:${port}/soulpad/`, folder: join(folder, 'data/soulpad') };
}

function serverOf(about: {
  readonly folder: string;
  readonly port: number;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}): Pick<Server, 'stop' | 'go'> {
  let child: Child | null = null;
  const stop = async (): Promise<void> => {
    if (child === null) return;
    // Its own children too: an sshd has one for each connection.
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await child.ended;
    child = null;
  };
  ended.push(async () => {
    await stop();
    await rm(about.folder, { recursive: true, force: true });
  });
  return {
    stop,
    go: async () => {
      child = start({ program: about.program, args: about.args, env: about.env, detached: true });
      for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(50))
        if (await answers(about.port)) return;
      throw new Error(`${about.program} does not listen`);
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
