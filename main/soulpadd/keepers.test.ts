// Which keepers soulpadd is asked for, and refuses: what it takes are ids of one shape, of a vault that is open. That it
// then starts one, as whom and in which view of the files, is shown on the booted stick (e2e/stick/guest-user.test.ts).
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { soulpaddVerbs } from '../../preload/contract/soulpadd';
import { keeperUserId } from '../keeper/apart';
import { askWithSecrets } from '../socket/ask-with-secrets';
import type { SoulpaddServer } from './serve';
import { startSoulpadd } from './start';

const vault = '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb';
const order = { vault, guest: 'work', engine: 'auto', adoptOnly: false } as const;

let folder = '';
let server: SoulpaddServer | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpadd-keepers-'));
  process.env.SOULPADD_FOLDER = folder;
});
afterEach(async () => {
  await server?.close();
  server = null;
  delete process.env.SOULPADD_FOLDER;
  rmSync(folder, { recursive: true, force: true });
});

async function serve(keepers: string | null): Promise<void> {
  const served = await startSoulpadd({ user: userInfo().username, folder, images: [], keepers });
  if (!served.ok) throw new Error(served.fault.message);
  server = served.value;
}

const ask = (request: Record<string, unknown>) =>
  askWithSecrets({
    ...{ path: join(folder, 'soulpadd.sock'), stage: 'test', verbs: soulpaddVerbs, timeoutMs: 20_000 },
    ...{ verb: 'startKeeper', request: { ...order, ...request } as typeof order },
  });

it('starts none where keepers are their person’s own programs', async () => {
  await serve(null);
  expect(await ask({})).toMatchObject({ ok: false, fault: { code: 'denied' } });
  expect(await keeperUserId()).toBeNull();
});

it('tells everybody whose keepers are, in a folder that only root changes', async () => {
  await serve('daemon');
  expect(await keeperUserId()).toBe(1);
  expect(statSync(join(folder, 'keepers')).mode & 0o777).toBe(0o755);
  expect(statSync(join(folder, 'keepers/user.json')).mode & 0o777).toBe(0o644);
});

it('starts none in a vault that is not open', async () => {
  await serve('daemon');
  expect(await ask({})).toMatchObject({ ok: false, fault: { code: 'missingVault' } });
});

it.each([
  { guest: '../work' },
  { guest: 'work\nSOULPAD_VAULT=x' },
  { guest: 'Work' },
  { guest: '' },
  { guest: 'a'.repeat(33) },
  { vault: vault.toUpperCase() },
  { vault: '/etc' },
  { engine: 'auto --adopt-only' },
  { adoptOnly: 'no' },
  { program: '/bin/sh' },
])('takes no other shape: %j', async (wrong) => {
  await serve('daemon');
  expect(await ask(wrong)).toMatchObject({ ok: false, fault: { code: 'protocol' } });
});
