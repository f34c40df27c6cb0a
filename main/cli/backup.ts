// `soulpad backup ...`: repositories of a vault. Secrets come by descriptor or are asked for; an address that holds a
// password is refused, since arguments can be read by every program.
import { resolve } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import {
  addRepository,
  type BackupPlaces,
  checkBackup,
  chosenRepositories,
  drillBackup,
  forgetRepository,
  keepByDefault,
  pruneBackup,
  type ReadLocation,
  readLocation,
  repositoryFacts,
  runBackup,
  type StoredMoment,
  storedMoments,
} from '../backup/backup';
import type { OpenVault } from '../vault/vault';
import { usage } from './arguments';
import { sayBackupRun, sayMoments, sayPruned, sayRepositories } from './backup-sentences';
import { readDescriptor } from './descriptor';
import { inOpenVault } from './open-vault';
import { secretOptions } from './options';
import { readRecovery } from './recovery';
import type { DataOf } from './surface';
import { type Asked, verb } from './verb';

const reachOptions = ['repository', 'recovery-fd', 'credentials-fd', 'ssh-key', 'trust'] as const;

const initVerb = verb({
  topic: 'backup.init',
  words: ['backup', 'init'],
  operand: null,
  options: [...reachOptions, 'name', 'append-only', 'moments', 'after-suspend', ...secretOptions],
  help: 'Add a repository for backups: a new one, or one that is there. The recovery sheet opens it too.',
  run: async (asked) => {
    const where = readWhere(asked);
    if (!where.ok) return where;
    const moments = asked.values.moments ?? 'all';
    if (moments !== 'all' && moments !== 'last') return fail(usage('--moments takes all or last'));
    return inOpenVault(asked, async (vault) => {
      const recovery = await readRecovery(asked);
      if (!recovery.ok) return recovery;
      const { location } = where.value;
      const added = await addRepository({
        ...where.value,
        mountPoint: vault.mountPoint,
        settings: {
          name: asked.values.name ?? location.kind,
          appendOnly: asked.flags.has('append-only'),
          afterSuspend: asked.flags.has('after-suspend'),
          ...{ moments, keep: keepByDefault },
        },
        recovery: recovery.value,
        ...reachOf(asked),
        now: new Date().toISOString(),
        signal: asked.signal,
      });
      if (!added.ok) return added;
      const facts = await factsOf(vault);
      return facts.ok ? ok({ ...facts.value, made: added.value.made }) : facts;
    });
  },
  say: sayRepositories,
});

/** The place, and the credentials that go with it. Fault usage. */
export function readWhere(asked: Asked): Result<ReadLocation> {
  const text = asked.values.repository;
  if (text === undefined) return fail(usage('--repository says where'));
  const where = readLocation(text);
  if (!where.ok) return where;
  if (where.value.credentials !== null)
    return fail(usage('user and password are given by --credentials-fd, never in the address'));
  const descriptor = asked.values['credentials-fd'];
  if (descriptor === undefined) return where;
  const bytes = readDescriptor(descriptor);
  if (!bytes.ok) return bytes;
  const said = Buffer.from(bytes.value.buffer).toString('utf8');
  bytes.value.fill(0);
  const at = said.indexOf(':');
  if (at < 1) return fail(usage('--credentials-fd gives user:password'));
  return ok({ ...where.value, credentials: { user: said.slice(0, at), password: said.slice(at + 1) } });
}

export function reachOf(asked: Asked): { readonly sshKey: string | null; readonly trust: string | null } {
  const key = asked.values['ssh-key'];
  return { sshKey: key === undefined ? null : resolve(key), trust: asked.values.trust ?? null };
}

export function placesOf(vault: OpenVault): BackupPlaces {
  const { mountPoint, guestsFolder, runtimeFolder, uuid } = vault;
  return { mountPoint, guestsFolder, runtimeFolder, uuid };
}

async function factsOf(vault: OpenVault): Promise<Result<DataOf<'backup.status'>>> {
  const facts = await repositoryFacts(vault.mountPoint);
  return facts.ok ? ok({ repositories: facts.value }) : facts;
}

const runVerb = verb({
  topic: 'backup.run',
  words: ['backup', 'run'],
  operand: null,
  options: ['repository', 'patient', ...secretOptions],
  help: 'Back up every saved moment that is not in the repositories yet, and read a sample back.',
  run: (asked) =>
    inOpenVault(asked, async (vault) => {
      const chosen = await chosenRepositories(vault.mountPoint, asked.values.repository ?? null);
      if (!chosen.ok) return chosen;
      const runs: DataOf<'backup.run'>['runs'] = [];
      for (const repository of chosen.value) {
        const { onProgress, signal } = asked;
        const patient = asked.flags.has('patient');
        const done = await runBackup({ places: placesOf(vault), repository, onProgress, signal, patient });
        if (!done.ok && ['busy', 'toolMissing'].includes(done.fault.code)) return done;
        runs.push({
          repository: repository.name,
          moments: done.ok
            ? done.value.moments.map(({ guest, generation, at }) => ({ guest, generation, at }))
            : [],
          bytesMoved: done.ok ? done.value.bytesMoved : 0,
          readBytes: done.ok ? done.value.readBytes : 0,
          seconds: done.ok ? done.value.seconds : 0,
          fault: done.ok ? null : done.fault,
        });
        if (done.ok && done.value.others.length > 0)
          asked.warn(
            `another stick backs up the same guest to ${repository.name}: both are kept apart by their dates`,
          );
        if (signal.aborted) break;
      }
      const facts = await factsOf(vault);
      return facts.ok ? ok({ ...facts.value, runs }) : facts;
    }),
  say: sayBackupRun,
  judge: (data) => data.runs.find((run) => run.fault !== null)?.fault ?? null,
});

const statusVerb = verb({
  topic: 'backup.status',
  words: ['backup', 'status'],
  operand: null,
  options: secretOptions,
  help: 'Say where backups go, when the last good one was, and whether it was tried.',
  run: (asked) => inOpenVault(asked, factsOf),
  say: sayRepositories,
});

const checkVerb = verb({
  topic: 'backup.check',
  words: ['backup', 'check'],
  operand: null,
  options: ['repository', 'all-data', 'take-note', ...secretOptions],
  help: 'Check the repositories: their structure, and a sample of the data by reading it back.',
  run: (asked) =>
    inOpenVault(asked, async (vault) => {
      const chosen = await chosenRepositories(vault.mountPoint, asked.values.repository ?? null);
      if (!chosen.ok) return chosen;
      let wrong: Fault | null = null;
      for (const { name } of chosen.value) {
        const { signal, onProgress } = asked;
        const checked = await checkBackup({
          ...{ places: placesOf(vault), name, signal, onProgress },
          sample: asked.flags.has('all-data') ? 'all' : 'some',
          takeNote: asked.flags.has('take-note'),
        });
        if (!checked.ok && checked.fault.code !== 'damagedBackup') return checked;
        if (!checked.ok) wrong ??= { ...checked.fault, message: `${name}: ${checked.fault.message}` };
      }
      return wrong === null ? factsOf(vault) : fail(wrong);
    }),
  say: sayRepositories,
});

const drillVerb = verb({
  topic: 'backup.drill',
  words: ['backup', 'drill'],
  operand: null,
  options: ['repository', 'guest', ...secretOptions],
  help: 'Try the backup: restore the newest moment to a scratch place, wake it without network, compare, discard.',
  run: (asked) =>
    inOpenVault(asked, async (vault) => {
      const chosen = await chosenRepositories(vault.mountPoint, asked.values.repository ?? null);
      if (!chosen.ok) return chosen;
      for (const { name } of chosen.value) {
        const { signal, onProgress } = asked;
        const guest = asked.values.guest ?? null;
        const held = await drillBackup({ places: placesOf(vault), name, guest, signal, onProgress });
        if (!held.ok) return held;
      }
      return factsOf(vault);
    }),
  say: sayRepositories,
  judge: ({ repositories }) =>
    repositories.find(({ drill }) => drill?.passed === false)?.drill?.fault ?? null,
});

/** As docs/surface.md has it. */
const told = ({ milliseconds: _, ...moment }: StoredMoment): DataOf<'backup.list'>['moments'][number] =>
  moment;

const listVerb = verb({
  topic: 'backup.list',
  words: ['backup', 'list'],
  operand: null,
  options: ['repository', ...secretOptions],
  help: 'List the saved moments that lie in a repository.',
  run: (asked) =>
    withOne(asked, async ({ places, name }) => {
      const stored = await storedMoments({ places, name, signal: asked.signal });
      return stored.ok ? ok({ repository: name, moments: stored.value.map(told) }) : stored;
    }),
  say: sayMoments,
});

const pruneVerb = verb({
  topic: 'backup.prune',
  words: ['backup', 'prune'],
  operand: null,
  options: ['repository', 'keep', 'preview', ...secretOptions],
  help: 'Take old moments out of a repository: the last ones, one a day, a week and a month stay.',
  run: async (asked) => {
    const last = asked.values.keep;
    if (last !== undefined && !/^\d{1,4}$/.test(last)) return fail(usage('--keep takes a whole number'));
    const keep = last === undefined ? null : { last: Number(last), days: 0, weeks: 0, months: 0 };
    const preview = asked.flags.has('preview');
    return withOne(asked, async ({ places, name }) => {
      const going = await pruneBackup({ places, name, keep, preview, signal: asked.signal });
      return going.ok ? ok({ repository: name, moments: going.value.map(told), preview }) : going;
    });
  },
  say: sayPruned,
});

const forgetVerb = verb({
  topic: 'backup.forget',
  words: ['backup', 'forget'],
  operand: null,
  options: ['repository', ...secretOptions],
  help: 'Forget a repository. What lies in it stays there.',
  run: (asked) =>
    inOpenVault(asked, async (vault) => {
      const name = asked.values.repository;
      if (name === undefined) return fail(usage('--repository names the one to forget'));
      const forgotten = await forgetRepository(vault.mountPoint, name);
      return forgotten.ok ? factsOf(vault) : forgotten;
    }),
  say: sayRepositories,
});

/** The repository that was named, or the only one. */
export function withOne<T>(
  asked: Asked,
  work: (chosen: {
    readonly places: BackupPlaces;
    readonly name: string;
    readonly vault: OpenVault;
  }) => Promise<Result<T>>,
): Promise<Result<T>> {
  return inOpenVault(asked, async (vault) => {
    const chosen = await chosenRepositories(vault.mountPoint, asked.values.repository ?? null);
    if (!chosen.ok) return chosen;
    const [only, ...more] = chosen.value;
    if (only === undefined || more.length > 0)
      return fail(usage(`--repository names one of: ${chosen.value.map(({ name }) => name).join(', ')}`));
    return work({ places: placesOf(vault), name: only.name, vault });
  });
}

export const backupVerbs = [
  ...[initVerb, runVerb, statusVerb, checkVerb, drillVerb],
  ...[listVerb, pruneVerb, forgetVerb],
];
