// What sftp needs, kept beside the repository's key: a key pair of our own, and the server's host key, pinned when the
// repository is added. A server that answers with another host key later is refused; nothing asks "are you sure?" at a
// moment when nobody can know.
import { createHash } from 'node:crypto';
import { chmod, copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { writeDurably } from '../files/durable';
import { attempt } from '../files/errno';
import { run } from '../process/run';
import type { Location } from './location';
import { knownHostsFile, sshKeyFile } from './repository';

const stage = 'backup.ssh';

type Sftp = Extract<Location, { kind: 'sftp' }>;

/** ed25519, without a passphrase: the vault is its lock. Leaves one that is there. Answers the public line for the server. */
export async function provideSshKey(folder: string, from: string | null): Promise<Result<string>> {
  const path = join(folder, sshKeyFile);
  if (from !== null) {
    const copied = await attempt(stage, async () => {
      await copyFile(from, path);
      await chmod(path, 0o600);
    });
    if (!copied.ok) return copied;
  } else if (!(await exists(path))) {
    await rm(`${path}.pub`, { force: true });
    const args = ['-q', '-t', 'ed25519', '-N', '', '-C', 'soulpad backup', '-f', path];
    const made = await run({ program: 'ssh-keygen', args, stage });
    if (!made.ok) return made;
  }
  const asked = await run({ program: 'ssh-keygen', args: ['-y', '-P', '', '-f', path], stage });
  if (!asked.ok) {
    const message = 'this ssh key cannot be used: it is none, or it has a passphrase of its own';
    return fail({ code: 'unusableFile', stage, message });
  }
  return ok(asked.value.stdout.toString('latin1').trim().slice(0, 2_000));
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    (bytes) => {
      bytes.fill(0);
      return true;
    },
    () => false,
  );
}

export interface HostKey {
  /** As known_hosts has it after the host: ssh-ed25519 AAAA... */
  readonly line: string;
  /** SHA256:..., as ssh shows it. */
  readonly fingerprint: string;
}

/** The keys that the server shows now, ed25519 first. Nothing is trusted by this. Fault missingRepository: it does not answer. */
export async function scanHostKeys({ host, port }: Sftp): Promise<Result<readonly HostKey[]>> {
  const args = ['-T', '15', '-p', String(port), '-t', 'ed25519,ecdsa,rsa', bare(host)];
  const asked = await run({ program: 'ssh-keyscan', args, stage, timeoutMs: 60_000, expected: [0, 1] });
  if (!asked.ok) return asked;
  const keys = asked.value.stdout
    .toString('latin1')
    .split('\n')
    .slice(0, 20)
    .flatMap((line) => {
      const found = /^\S+ ((?:ssh-ed25519|ecdsa-sha2-\S+|ssh-rsa) [A-Za-z0-9+/=]{40,2000})$/.exec(line);
      return found?.[1] === undefined ? [] : [hostKeyOf(found[1])];
    })
    .sort((a, b) => Number(b.line.startsWith('ssh-ed25519')) - Number(a.line.startsWith('ssh-ed25519')));
  if (keys.length > 0) return ok(keys);
  return fail({
    code: 'missingRepository',
    stage,
    message: `${host} does not answer as an ssh server on port ${port}`,
    hint: 'see that the server can be reached',
  });
}

function hostKeyOf(line: string): HostKey {
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  const sum = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { line, fingerprint: `SHA256:${sum}` };
}

/** known_hosts(5): [host]:port for any port but 22. Faults: full, denied, io. */
export function pinHostKey(folder: string, { host, port }: Sftp, key: HostKey): Promise<Result<void>> {
  const name = port === 22 ? bare(host) : `[${bare(host)}]:${port}`;
  return writeDurably(join(folder, knownHostsFile), `${name} ${key.line}\n`, stage);
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
