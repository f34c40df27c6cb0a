// How a verb gets at an open vault: attaches when it is open already (then no secret is needed, or read), else opens it
// with the secret it was given. What we opened we close again, and wait for it, so that the next command of a script
// finds it closed; unless a guest now lives in it: then its keeper holds it open and closes it in the end.
import type { Fault } from '../../preload/contract/fault';
import { fail, type Result } from '../../preload/contract/result';
import { vaults } from '../vault/open-vaults';
import type { OpenVault } from '../vault/vault';
import { namesSecret, readSecret } from './secret';
import type { Asked } from './verb';

/** Runs `work` in the open vault. Faults: missingVault, wrongSecret, usage, busy, cancelled, and those of `work`. */
export async function inOpenVault<T>(
  asked: Asked,
  work: (vault: OpenVault) => Promise<Result<T>>,
): Promise<Result<T>> {
  const organ = vaults();
  const adopted = await organ.adopt({ home: asked.home, program: 'cli' });
  if (adopted.ok) return inAdopted(adopted.value, work);
  if (!mayOpen(adopted.fault, asked)) return fail(hinted(adopted.fault));
  const exists = await organ.status(asked.home);
  if (!exists.ok) return exists;
  const secret = await readSecret(asked);
  if (!secret.ok) return secret;
  const { home, onProgress, signal } = asked;
  const opened = await organ.open({
    ...{ home, secret: secret.value, program: 'cli', stays: false },
    ...{ onProgress, signal },
  });
  if (!opened.ok) return opened;
  let done: Result<T>;
  try {
    done = await work(opened.value);
  } catch (error) {
    opened.value.detach();
    throw error;
  }
  const closed = await opened.value.close();
  if (closed.ok) return done;
  opened.value.detach();
  return done.ok && closed.fault.code !== 'busy' ? fail(closed.fault) : done;
}

/** The same for what makes sense only while the vault is open: a running guest. Never asks for a secret. */
export async function inVaultThatIsOpen<T>(
  asked: Asked,
  work: (vault: OpenVault) => Promise<Result<T>>,
): Promise<Result<T>> {
  const adopted = await vaults().adopt({ home: asked.home, program: 'cli' });
  return adopted.ok ? inAdopted(adopted.value, work) : fail(hinted(adopted.fault));
}

async function inAdopted<T>(
  vault: OpenVault,
  work: (vault: OpenVault) => Promise<Result<T>>,
): Promise<Result<T>> {
  try {
    return await work(vault);
  } finally {
    vault.detach();
  }
}

/** Only a vault that is not open, and only where a secret was named or can be asked for. */
function mayOpen(fault: Fault, asked: Asked): boolean {
  return fault.code === 'missingVault' && (namesSecret(asked) || process.stdin.isTTY === true);
}

function hinted(fault: Fault): Fault {
  if (fault.code !== 'missingVault' || fault.hint !== undefined) return fault;
  return { ...fault, hint: 'open it first: soulpad vault open' };
}
