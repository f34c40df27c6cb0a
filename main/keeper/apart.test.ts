// A keeper that soulpadd starts as another user: how its word comes back, and that a guest is never quietly run as its
// person where it should be apart. soulpadd is stood in for by a service on a real socket.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ok, type Result } from '../../preload/contract/result';
import { soulpaddVerbs } from '../../preload/contract/soulpadd';
import type { ReplyOf, RequestOf } from '../../preload/contract/verbs';
import { type SoulpaddServer, serveSoulpadd } from '../soulpadd/serve';
import { keeperUserId } from './apart';
import type { KeeperPlaces } from './places';
import { spawnKeeper } from './spawn';

const vault = '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb';
const { startKeeper } = soulpaddVerbs;
const verbs = { startKeeper };
type Asked = RequestOf<typeof verbs, 'startKeeper'>;
type Reply = ReplyOf<typeof verbs, 'startKeeper'>;

let folder = '';
let server: SoulpaddServer | null = null;
let asked: Asked[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apart-'));
  process.env.SOULPADD_FOLDER = folder;
  mkdirSync(join(folder, 'keepers'));
  mkdirSync(join(folder, 'r'), { mode: 0o700 });
  asked = [];
});
afterEach(async () => {
  await server?.close();
  server = null;
  delete process.env.SOULPADD_FOLDER;
  rmSync(folder, { recursive: true, force: true });
});

const announce = (text: string): void => writeFileSync(join(folder, 'keepers/user.json'), text);

async function serve(reply: Reply): Promise<void> {
  announce('{"userId":902}\n');
  const answers = {
    startKeeper: async (request: Asked): Promise<Result<Reply>> => {
      asked.push(request);
      return ok(reply);
    },
  };
  const served = await serveSoulpadd({ path: join(folder, 'soulpadd.sock'), groupId: null, verbs, answers });
  if (!served.ok) throw new Error(served.fault.message);
  server = served.value;
}

function spawn(guestsFolder = join(folder, 'mounts', vault, 'guests')) {
  const places: KeeperPlaces = { runtimeFolder: join(folder, 'r'), guestsFolder, ownerSocket: '/nowhere' };
  return spawnKeeper({ places, guestId: 'work', engine: 'lazy', adoptOnly: true });
}

it('is nobody else’s where soulpadd says nothing, or nonsense', async () => {
  expect(await keeperUserId()).toBeNull();
  announce('{"userId":0}');
  expect(await keeperUserId()).toBeNull();
  announce('{"userId":902}');
  expect(await keeperUserId()).toBe(902);
});

it('is asked for by ids, and its word is the keeper’s own', async () => {
  await serve({ said: '{"ready":true,"ended":{"why":"suspended","fault":null}}', status: null });
  expect(await spawn()).toEqual({ ok: true, value: { why: 'suspended', fault: null } });
  expect(asked).toEqual([{ vault, guest: 'work', engine: 'lazy', adoptOnly: true }]);
});

it.each([
  ['busy', { said: null, status: 75 }],
  ['io', { said: null, status: 1 }],
  ['io', { said: null, status: null }],
  ['protocol', { said: '{"ready":"yes"}', status: null }],
  [
    'noMemory',
    { said: '{"ready":false,"fault":{"code":"noMemory","stage":"x","message":"y"}}', status: null },
  ],
] as const)('tells %s of a keeper that did not come up', async (code, reply) => {
  await serve(reply);
  expect(await spawn()).toMatchObject({ ok: false, fault: { code } });
});

it('never runs a guest as its person instead: not in another kind of vault, not without soulpadd', async () => {
  await serve({ said: '{"ready":true,"ended":null}', status: null });
  for (const other of [
    '/home/me/vault/guests',
    join(folder, 'mounts/guests'),
    join(folder, 'mounts', vault, '../guests'),
  ])
    expect(await spawn(other)).toMatchObject({ ok: false, fault: { code: 'denied' } });
  expect(asked).toEqual([]);
  await server?.close();
  expect((await spawn()).ok).toBe(false);
});
