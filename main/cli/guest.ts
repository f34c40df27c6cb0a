// `soulpad guest ...`: listing, waking, putting to sleep and shutting down. A running guest belongs to its keeper; these
// verbs ask the keeper and hang up, so that a guest never depends on a terminal.
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../../preload/contract/fault';
import { engineChoiceSchema } from '../../preload/contract/keeper';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readSettings, writeSettings } from '../guest/settings';
import { guestPlace, readGuest } from '../guest/store';
import { adoptKeeper, type KeeperHandle, openKeeper } from '../keeper/handle';
import type { OpenVault } from '../vault/vault';
import { usage } from './arguments';
import { guestFacts } from './guest-facts';
import { prepareHeadless } from './guest-fit';
import { inOpenVault, inVaultThatIsOpen } from './open-vault';
import { secretOptions } from './options';
import { sayCheckpoint, sayGuests, sayRan, saySettings, sayShutdown, saySuspended } from './sentences';
import type { DataOf } from './surface';
import { type Asked, verb } from './verb';

/** How long a guest may take to shut down before we stop watching, milliseconds. */
const shutdownMs = 90_000;
/** How long the guest's clock is waited for; the keeper gives up on the guest agent before. */
const clockMs = 40_000;

const listVerb = verb({
  topic: 'guest.list',
  words: ['guest', 'list'],
  operand: null,
  options: secretOptions,
  help: 'List the guests in the vault.',
  run: (asked) => inOpenVault(asked, (vault) => guestFacts(vault)),
  say: sayGuests,
});

const statusVerb = verb({
  topic: 'guest.status',
  words: ['guest', 'status'],
  operand: 'ID',
  options: secretOptions,
  help: 'Say how one guest is.',
  run: (asked) =>
    inOpenVault(asked, async (vault) => {
      const there = await readGuest(vault.guestsFolder, asked.operand);
      if (!there.ok && there.fault.code === 'missingGuest') return there;
      return guestFacts(vault, asked.operand);
    }),
  say: sayGuests,
});

const runVerb = verb({
  topic: 'guest.run',
  words: ['guest', 'run'],
  operand: 'ID',
  options: ['headless', 'engine', 'after-crash', 'afresh', ...secretOptions],
  help: 'Wake a guest where it was left, without a screen.',
  run: async (asked) => {
    const refused = refuseRun(asked);
    return refused === null ? inOpenVault(asked, (vault) => wake(asked, vault)) : fail(refused);
  },
  say: sayRan,
});

function refuseRun(asked: Asked): Fault | null {
  if (!engineOf(asked).success) return usage('--engine takes lazy or full');
  const after = asked.values['after-crash'];
  if (after !== undefined && after !== 'exact' && after !== 'fresh')
    return usage('--after-crash takes exact or fresh');
  if (after === 'exact' && asked.flags.has('afresh'))
    return usage('--after-crash exact wakes what --afresh leaves asleep');
  if (asked.flags.has('headless')) return null;
  return {
    code: 'displayLacks',
    stage: 'guest.run',
    message: 'this command shows no guest: the kiosk does',
    hint: 'give --headless, or start the kiosk (`npm start` in the repository)',
  };
}

function engineOf(asked: Asked) {
  return engineChoiceSchema.safeParse(asked.values.engine ?? 'auto');
}

async function wake(asked: Asked, vault: OpenVault): Promise<Result<DataOf<'guest.run'>>> {
  const guestId = asked.operand;
  const definition = await readGuest(vault.guestsFolder, guestId);
  if (!definition.ok) return definition;
  const ready = await prepareHeadless({ asked, vault, definition: definition.value });
  if (!ready.ok) return ready;
  const opened = await openKeeper({ places: vault, guestId, engine: engineOf(asked).data ?? 'auto' });
  if (!opened.ok) return opened;
  const keeper = opened.value;
  const drop = (): void => void keeper.drop();
  asked.signal.addEventListener('abort', drop, { once: true });
  if (asked.signal.aborted) drop();
  try {
    keeper.onProgress(asked.onProgress);
    const ran = await keeper.run();
    if (!ran.ok) return ran;
    asked.signal.removeEventListener('abort', drop); // it runs: from here on Ctrl+C only stops this command
    const status = await whenClockIsKnown(keeper, asked.signal);
    if (!status.ok) return status;
    const { serialSocket, qmpSocket, spiceSocket } = status.value;
    return ok({ ...ran.value, ...status.value.ran, serialSocket, qmpSocket, spiceSocket });
  } finally {
    asked.signal.removeEventListener('abort', drop);
    keeper.close();
  }
}

/** The keeper sees to the guest's clock after it runs: asked until it knows, or for so long that it never will. */
async function whenClockIsKnown(
  keeper: KeeperHandle,
  signal: AbortSignal,
): ReturnType<KeeperHandle['status']> {
  for (const deadline = performance.now() + clockMs; ; await wait(100)) {
    const status = await keeper.status();
    const known = !status.ok || status.value.ran === null || status.value.ran.clock !== null;
    if (known || signal.aborted || performance.now() > deadline) return status;
  }
}

const suspendVerb = verb({
  topic: 'guest.suspend',
  words: ['guest', 'suspend'],
  operand: 'ID',
  options: [],
  help: 'Put a running guest to sleep; the vault keeps every bit of it.',
  run: (asked) =>
    withRunning(asked, async (keeper) => {
      const cancel = (): void => void keeper.cancelSuspend();
      asked.signal.addEventListener('abort', cancel, { once: true });
      const saved = await keeper.suspend();
      asked.signal.removeEventListener('abort', cancel);
      return saved;
    }),
  say: saySuspended,
});

const checkpointVerb = verb({
  topic: 'guest.checkpoint',
  words: ['guest', 'checkpoint'],
  operand: 'ID',
  options: [],
  help: 'Save a running guest while it lives on: a crash returns to this moment.',
  run: (asked) => withRunning(asked, (keeper) => keeper.checkpoint()),
  say: sayCheckpoint,
});

const settingsVerb = verb({
  topic: 'guest.settings',
  words: ['guest', 'settings'],
  operand: 'ID',
  options: ['checkpoints', ...secretOptions],
  help: 'Say or choose how often a running guest is checkpointed.',
  run: (asked) => {
    const chosen = checkpointSecondsOf(asked.values.checkpoints);
    if (chosen === null)
      return Promise.resolve(fail(usage('--checkpoints takes minutes (1 to 1440), or off')));
    return inOpenVault(asked, async (vault) => {
      const definition = await readGuest(vault.guestsFolder, asked.operand);
      if (!definition.ok) return definition;
      const { folder } = guestPlace(vault.guestsFolder, definition.value);
      const written =
        chosen === undefined ? ok(undefined) : await writeSettings(folder, { checkpointSeconds: chosen });
      if (!written.ok) return written;
      const { checkpointSeconds } = await readSettings(folder);
      return ok({ id: asked.operand, checkpointSeconds: checkpointSeconds === 0 ? null : checkpointSeconds });
    });
  },
  say: saySettings,
});

/** Undefined: nothing was chosen; null: no number of minutes. */
function checkpointSecondsOf(text: string | undefined): number | null | undefined {
  if (text === undefined || text === 'off') return text === 'off' ? 0 : undefined;
  const minutes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return minutes >= 1 && minutes <= 1440 ? minutes * 60 : null;
}

const shutdownVerb = verb({
  topic: 'guest.shutdown',
  words: ['guest', 'shutdown'],
  operand: 'ID',
  options: [],
  help: 'Ask a running guest to shut itself down, as its power button does.',
  run: (asked) =>
    withRunning(asked, async (keeper) => {
      const pressed = await keeper.pressPower();
      if (!pressed.ok) return pressed;
      const stopped = new AbortController();
      const late = wait(shutdownMs, null, { signal: AbortSignal.any([asked.signal, stopped.signal]) });
      const ended = await Promise.race([keeper.ended, late.catch(() => null)]);
      stopped.abort();
      if (ended !== null && ended.fault !== null) return fail(ended.fault);
      return ok({ id: asked.operand, pressed: true, off: ended !== null });
    }),
  say: sayShutdown,
});

/** Faults: missingVault (not open), missingGuest (there is none, or it does not run), and those of `work`. */
function withRunning<T>(
  asked: Asked,
  work: (keeper: KeeperHandle) => Promise<Result<T>>,
): Promise<Result<T>> {
  return inVaultThatIsOpen(asked, async (vault) => {
    const definition = await readGuest(vault.guestsFolder, asked.operand);
    if (!definition.ok && definition.fault.code === 'missingGuest') return definition;
    const adopted = await adoptKeeper({ places: vault, guestId: asked.operand });
    if (!adopted.ok) return adopted;
    try {
      adopted.value.onProgress(asked.onProgress);
      return await work(adopted.value);
    } finally {
      adopted.value.close();
    }
  });
}

export const guestVerbs = [
  listVerb,
  statusVerb,
  runVerb,
  checkpointVerb,
  settingsVerb,
  suspendVerb,
  shutdownVerb,
];
