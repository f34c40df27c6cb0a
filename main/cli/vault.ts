// `soulpad vault ...`: the vault organ's verbs for people and scripts.
import { fail, ok } from '../../preload/contract/result';
import { vaultDisks, vaults } from '../vault/open-vaults';
import { surveyVaults } from '../vault/survey';
import { secretOptions } from './options';
import { readNewPassphrase, readSecret } from './secret';
import { sayDisks, sayVault, sayVaults } from './sentences';
import { verb } from './verb';

const createVerb = verb({
  topic: 'vault.create',
  words: ['vault', 'create'],
  operand: null,
  options: ['name', 'passphrase-fd', 'on'],
  help: 'Make a new vault, locked with a passphrase of 20 characters or more: a folder, or with --on a whole disk.',
  run: async (asked) => {
    const { home, onProgress } = asked;
    const there = await vaults().status(home);
    if (there.ok || there.fault.code === 'damagedKeyslots') {
      return fail({
        code: 'alreadyThere',
        stage: 'vault.create',
        message: `there is a vault in ${home} already; it is left as it is`,
        hint: 'open it with `soulpad vault open`, or choose another name with --vault, or another --home',
      });
    }
    const secret = await readNewPassphrase(asked);
    if (!secret.ok) return secret;
    const name = asked.values.name ?? 'passphrase';
    const disk = asked.values.on === undefined ? {} : { disk: asked.values.on };
    return vaults().create({ home, name, secret: secret.value, onProgress, ...disk });
  },
  say: sayVault,
});

const openVerb = verb({
  topic: 'vault.open',
  words: ['vault', 'open'],
  operand: null,
  options: secretOptions,
  help: 'Open the vault; it stays open until `soulpad vault close`.',
  run: async (asked) => {
    const { home, onProgress, signal } = asked;
    // Before any question: nobody types a passphrase for a vault that is not there.
    const there = await vaults().status(home);
    if (!there.ok) return there;
    const secret = await readSecret(asked);
    if (!secret.ok) return secret;
    const opened = await vaults().open({
      ...{ home, secret: secret.value, program: 'cli', stays: true },
      ...{ onProgress, signal },
    });
    if (!opened.ok) return opened;
    const facts = await vaults().status(home);
    opened.value.detach();
    return facts;
  },
  say: sayVault,
});

const closeVerb = verb({
  topic: 'vault.close',
  words: ['vault', 'close'],
  operand: null,
  options: [],
  help: 'Close the vault. Refused while a guest runs in it.',
  run: async (asked) => {
    const { home } = asked;
    const adopted = await vaults().adopt({ home, program: 'cli' });
    if (!adopted.ok) {
      // Closed already is what was asked for; no vault at all is not.
      return adopted.fault.code === 'missingVault' ? vaults().status(home) : adopted;
    }
    asked.onProgress({
      ...{ stage: 'close', done: 0, total: 1, unit: 'steps' },
      ...{ secondsLeft: null, reversible: false },
    });
    const closed = await adopted.value.close();
    adopted.value.detach();
    return closed.ok ? vaults().status(home) : closed;
  },
  say: sayVault,
});

const disksVerb = verb({
  topic: 'vault.disks',
  words: ['vault', 'disks'],
  operand: null,
  options: [],
  help: 'List the disks that are LUKS2 vaults or may become one.',
  run: async () => {
    const listed = await vaultDisks();
    return listed.ok ? ok({ disks: [...listed.value] }) : listed;
  },
  say: sayDisks,
});

const statusVerb = verb({
  topic: 'vault.status',
  words: ['vault', 'status'],
  operand: null,
  options: [],
  help: 'Say whether the vault is open, and which keyslots it has.',
  run: (asked) => vaults().status(asked.home),
  say: sayVault,
});

const listVerb = verb({
  topic: 'vault.list',
  words: ['vault', 'list'],
  operand: null,
  options: [],
  help: 'List the vaults of one home: its own, and the named ones beside it.',
  run: async ({ place }) => {
    const seen = await surveyVaults({ place, vaults: vaults() });
    if (!seen.ok) return seen;
    return ok({
      vaults: seen.value.map(({ name, home, uuid, kind, facts }) => ({
        ...{ name, home, uuid, kind },
        state: facts.ok ? facts.value.state : null,
        fault: facts.ok ? null : facts.fault,
      })),
    });
  },
  say: sayVaults,
});

export const vaultVerbs = [createVerb, openVerb, closeVerb, statusVerb, listVerb, disksVerb];
