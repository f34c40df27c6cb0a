// Keepers of guests, as the user that is meant for them: soulpadd says which guest of which open vault, systemd starts the
// unit (native-scripts/host/files: soulpad-keeper@.service), whose script makes the keeper's own view of the files. Nothing
// is started here, so that soulpadd needs no right for it and no keeper dies with it. What goes to the unit are ids.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fail, ok, type Result } from '../../preload/contract/result';
import { keeperUserFile, maxStartupBytes, type soulpaddVerbs } from '../../preload/contract/soulpadd';
import type { ReplyOf, RequestOf } from '../../preload/contract/verbs';
import { run } from '../process/run';
import { isLuks2Mount, luks2Mount } from '../vault/luks2/mounting';
import { mountAt } from '../vault/mounts';

type Verbs = typeof soulpaddVerbs;

const stage = 'keeper.start';
const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
const systemMs = 60_000;
const saysWithinMs = 60_000;
/** A keeper that is just ending is waited for so long; as flock(1) of one that is no unit. */
const leavingMs = 3_000;
/** What flock(1) in the unit's script says of a lock that somebody has. */
const lockedStatus = 75;
const pollMs = 50;

/** Makes the folder of what keepers are told and say, and tells everybody whose they are. Throws: a bug of the system. */
export function announceKeepers(root: string, userId: number): void {
  const folder = join(root, 'keepers');
  if (mkdirSync(root, { recursive: true }) !== undefined) chmodSync(root, 0o755);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const file = join(root, keeperUserFile);
  writeFileSync(file, `${JSON.stringify({ userId })}\n`);
  chmodSync(file, 0o644);
}

/** Fulfils when it said something or ended. Faults: missingVault (not open), toolMissing, timeout, io. */
export async function startKeeper(
  root: string,
  asked: RequestOf<Verbs, 'startKeeper'>,
): Promise<Result<ReplyOf<Verbs, 'startKeeper'>>> {
  const { vault, guest, engine, adoptOnly } = asked;
  if (!isLuks2Mount(mountAt(luks2Mount(vault, root).mountPoint), vault))
    return fail({ code: 'missingVault', stage, message: 'this vault is not open' });
  const instance = `${vault}-${guest}`;
  const unit = `soulpad-keeper@${instance}.service`;
  const at = (what: string): string => join(root, 'keepers', `${instance}.${what}`);
  const left = performance.now() + leavingMs;
  for (;;) {
    const state = await systemctl('is-active', unit);
    if (!state.ok) return state;
    if (!['active', 'activating', 'deactivating'].includes(state.value)) break;
    if (performance.now() > left) return ok({ said: null, status: lockedStatus });
    await delay(4 * pollMs);
  }
  for (const what of ['said', 'ended']) rmSync(at(what), { force: true });
  const told = { SOULPAD_VAULT: vault, SOULPAD_GUEST: guest, SOULPAD_ENGINE: engine };
  const lines = { ...told, SOULPAD_ADOPT_ONLY: adoptOnly ? 'yes' : 'no' };
  writeFileSync(
    at('env'),
    Object.entries(lines)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
    { mode: 0o600 },
  );
  const started = await systemctl('start', unit);
  if (!started.ok) return started;
  return hear(unit, at);
}

async function hear(
  unit: string,
  at: (what: string) => string,
): Promise<Result<ReplyOf<Verbs, 'startKeeper'>>> {
  const until = performance.now() + saysWithinMs;
  for (;;) {
    // Asked before the line is read: what it says, it says before it ends.
    const ended = contentOf(at('ended'));
    const [line, more] = (contentOf(at('said')) ?? '').split('\n', 2);
    if (line !== undefined && more !== undefined && line.length <= maxStartupBytes)
      return ok({ said: line, status: null });
    if (ended !== null) return ok({ said: null, status: statusOf(ended) });
    if (performance.now() > until) {
      await systemctl('kill', '--kill-whom=main', '--signal=KILL', unit);
      return fail({ code: 'timeout', stage, message: 'the keeper did not come up in 60 seconds' });
    }
    await delay(pollMs);
  }
}

/** systemd.exec(5), $EXIT_STATUS: a number, or a signal's name. */
function statusOf(said: string): number | null {
  const status = /^\d{1,3}$/.exec(said.trim())?.[0];
  return status === undefined || Number(status) > 255 ? null : Number(status);
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null; // not yet
  }
}

/** As root it speaks with PID 1 on a socket of its own: no bus is needed. Its word. Faults: toolMissing, timeout, io. */
async function systemctl(...args: readonly string[]): Promise<Result<string>> {
  const ran = await run({
    ...{ program: 'systemctl', args: ['--no-ask-password', ...args], stage, env: environment },
    timeoutMs: systemMs,
    // is-active: 3 and 4 say that it is not, or not yet known.
    ...(args[0] === 'is-active' ? { expected: [0, 3, 4] } : {}),
  });
  return ran.ok ? ok(ran.value.stdout.toString('utf8').trim()) : ran;
}
