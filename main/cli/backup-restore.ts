// `soulpad backup restore`: a guest out of a repository. Where this home has a vault it goes into that vault; where it
// has none, repository and recovery sheet are enough: a new vault is made, which the same sheet opens again.
import { fail, ok, type Result } from '../../preload/contract/result';
import {
  chooseMoments,
  momentsIn,
  noMoment,
  type Restored,
  restoreBackup,
  restoreFrom,
} from '../backup/backup';
import { withPaper } from '../backup/new-stick';
import { vaults } from '../vault/open-vaults';
import { runtimeRoot } from '../vault/places';
import type { OpenVault } from '../vault/vault';
import { usage } from './arguments';
import { placesOf, reachOf, readWhere, withOne } from './backup';
import { sayRestored } from './backup-sentences';
import { inOpenVault } from './open-vault';
import { secretOptions } from './options';
import { readRecovery } from './recovery';
import { readNewPassphrase } from './secret';
import { type Asked, verb } from './verb';

export const restoreVerb = verb({
  topic: 'backup.restore',
  words: ['backup', 'restore'],
  operand: null,
  options: [
    ...(['repository', 'guest', 'generation'] as const),
    ...(['recovery-fd', 'credentials-fd', 'ssh-key', 'trust'] as const),
    ...secretOptions,
  ],
  help: 'Bring guests back from a repository. Without a vault, a new one is made from the recovery sheet.',
  run: async (asked) => {
    const generation = asked.values.generation;
    if (generation !== undefined && !/^\d{1,9}$/.test(generation))
      return fail(usage('--generation takes a whole number'));
    const which = {
      guest: asked.values.guest ?? null,
      generation: generation === undefined ? null : Number(generation),
    };
    // A place has a slash in it, a name has none.
    const byPaper = asked.values.repository?.includes('/') ?? false;
    const restored = byPaper ? await fromPaper(asked, which) : await fromKnown(asked, which);
    return restored.ok ? ok({ restored: restored.value }) : restored;
  },
  say: sayRestored,
});

interface Which {
  readonly guest: string | null;
  readonly generation: number | null;
}

function fromKnown(asked: Asked, which: Which): Promise<Result<readonly Restored[]>> {
  const { signal, onProgress } = asked;
  return withOne(asked, ({ places, name }) => restoreBackup({ places, name, ...which, signal, onProgress }));
}

async function fromPaper(asked: Asked, which: Which): Promise<Result<readonly Restored[]>> {
  const where = readWhere(asked);
  if (!where.ok) return where;
  const recovery = await readRecovery(asked);
  if (!recovery.ok) return recovery;
  const { signal, onProgress, home } = asked;
  const way = { ...where.value, ...reachOf(asked), recovery: recovery.value, runtimeRoot: runtimeRoot() };
  try {
    return await withPaper(way, async (access) => {
      // A wrong key, or nothing there, makes no vault.
      const stored = await momentsIn(access, signal);
      if (!stored.ok) return stored;
      if (chooseMoments(stored.value, which).length === 0) return fail(noMoment);
      const there = await vaults().status(home);
      if (there.ok)
        return inOpenVault(asked, (vault) =>
          restoreFrom({ places: placesOf(vault), access, ...which, signal, onProgress }),
        );
      if (there.fault.code !== 'missingVault') return there;
      return inNewVault(asked, recovery.value, (vault) =>
        restoreFrom({ places: placesOf(vault), access, ...which, signal, onProgress }),
      );
    });
  } finally {
    recovery.value.fill(0);
  }
}

/** Made with a new passphrase and the same recovery key, and opened with the latter. */
async function inNewVault<T>(
  asked: Asked,
  recovery: Uint8Array,
  work: (vault: OpenVault) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { home, onProgress, signal } = asked;
  const secret = await readNewPassphrase(asked);
  if (!secret.ok) return secret;
  const made = await vaults().create({
    ...{ home, name: 'passphrase', secret: secret.value, onProgress },
    recovery: Uint8Array.from(recovery),
  });
  if (!made.ok) return made;
  const opened = await vaults().open({
    ...{ home, program: 'cli', stays: false, onProgress, signal },
    secret: { kind: 'passphrase', bytes: Uint8Array.from(recovery) },
  });
  if (!opened.ok) return opened;
  const done = await work(opened.value);
  const closed = await opened.value.close();
  if (closed.ok) return done;
  opened.value.detach();
  return done.ok ? closed : done;
}
