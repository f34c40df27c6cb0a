// The keeper's hold on the vault: while it is attached to the vault's owner, the vault stays open. An owner that goes
// away (it crashed) does not end the guest: as long as the mount works the guest runs on, and the keeper attaches to
// the next owner that appears.
import { ownerVerbs } from '../../preload/contract/owner';
import { ok, type Result } from '../../preload/contract/result';
import type { Log } from '../files/log';
import { type Caller, callSocket } from '../socket/call';

export interface Hold {
  /** Lets go of the vault. */
  release(): void;
}

type OwnerCaller = Caller<typeof ownerVerbs, Record<string, never>>;

const lookAgainMs = 1_000;

async function attachOnce(socket: string): Promise<Result<OwnerCaller>> {
  const called = await callSocket({ path: socket, stage: 'keeper.attach', verbs: ownerVerbs, pushes: {} });
  if (!called.ok) return called;
  const attached = await called.value.call(
    'attach',
    { program: 'keeper', pid: process.pid },
    { timeoutMs: 10_000 },
  );
  if (attached.ok) return called;
  called.value.close();
  return attached;
}

/**
 * Attaches, and again whenever the owner is lost. With `atOnce` the first try must succeed: a guest is not started in
 * a vault that nobody holds open. Faults: missingFile (no owner), missingVault, timeout, io.
 */
export async function holdVault(about: {
  readonly socket: string;
  readonly log: Log;
  readonly atOnce: boolean;
}): Promise<Result<Hold>> {
  const { socket, log } = about;
  let released = false;
  let current: OwnerCaller | null = null;
  const stay = (caller: OwnerCaller): void => {
    current = caller;
    void caller.closed.then((cause) => {
      current = null;
      if (released) return;
      log.say(`the vault's owner is gone (${cause}); looking for the next one`);
      lookAgain();
    });
  };
  const lookAgain = (): void => {
    setTimeout(async () => {
      if (released) return;
      const again = await attachOnce(socket);
      if (!again.ok) return lookAgain();
      if (released) return again.value.close();
      log.say('attached to a new owner of the vault');
      stay(again.value);
    }, lookAgainMs).unref();
  };
  const first = await attachOnce(socket);
  if (first.ok) stay(first.value);
  else if (about.atOnce) return first;
  else lookAgain();
  return ok({
    release: () => {
      released = true;
      current?.close();
    },
  });
}
