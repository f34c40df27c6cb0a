// A guest's folder on a real file system: what is read from it, how a session is begun and sealed, and every kind of
// damage told by the name of the file.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fail, ok, type Result } from '../../preload/contract/result';
import {
  beginSession,
  type GuestPlace,
  listGenerations,
  type Manifest,
  nextNumber,
  olderGeneration,
  readCurrent,
  readManifest,
  readSessionRecord,
  readSums,
  recordSums,
  seal,
  unseal,
  verifyBeforeResume,
  verifyGeneration,
} from './store';

let root = '';
let place: GuestPlace;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soulpad-g-'));
  place = { folder: join(root, 'witness'), id: 'witness', uuid: '0e3c1f8a-57a1-4c0b-9d6e-3f1b7a2c4d5e' };
  await mkdir(place.folder, { mode: 0o700 });
  await addGeneration(0, null);
  await addGeneration(1, 0);
  await addGeneration(2, 1);
});
afterEach(() => rm(root, { recursive: true, force: true }));

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.fault.code}: ${result.fault.message}`);
  return result.value;
}

/** A qcow2 header is all that this organ looks at. */
const qcow2 = Buffer.concat([Buffer.from([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3]), Buffer.alloc(4_088, 1)]);

function manifestOf(number: number, parent: Manifest | null): Manifest {
  const suspended = number > 0;
  return {
    format: 'soulpad-generation',
    version: 1,
    guest: place.id,
    guestUuid: place.uuid,
    number,
    parent: parent?.number ?? null,
    createdAt: `2026-01-02T03:04:0${number % 10}.000Z`,
    machine: 'pc-q35-10.0',
    cpuModel: 'Nehalem-v1',
    ramBytes: 1 << 26,
    engine: suspended ? 'full' : null,
    layers: [...(parent?.layers ?? []), { generation: number, file: 'disk.qcow2', bytes: qcow2.length }],
    state: suspended ? { file: 'state', bytes: 3_000_000, format: 'mapped-ram' } : null,
    ram: suspended ? { base: 'state', deltas: [] } : null,
    nonZeroBytes: suspended ? 3_000_000 : null,
  };
}

async function addGeneration(number: number, parent: number | null): Promise<void> {
  const below = parent === null ? null : must(await readManifest(place, parent));
  const manifest = manifestOf(number, below);
  const folder = join(place.folder, `gen-000${number}`);
  await mkdir(folder);
  await writeFile(join(folder, 'disk.qcow2'), qcow2);
  if (manifest.state !== null)
    await writeFile(join(folder, 'state'), Buffer.alloc(manifest.state.bytes, number));
  const session = { number, folder, parent: manifest, below: [], layer: join(folder, 'disk.qcow2') };
  must(await seal({ place, session, manifest }));
}

const at = (...names: string[]): string => join(place.folder, ...names);

describe('what a guest folder says', () => {
  test('CURRENT names the newest sealed generation, and the timeline lists all of them', async () => {
    expect(must(await readCurrent(place))).toBe(2);
    expect(must(await listGenerations(place)).map(({ kind }) => kind)).toEqual(['whole', 'whole', 'whole']);
    expect(must(await nextNumber(place))).toBe(3);
  });

  test('an interrupted session and a damaged generation stand beside the whole ones', async () => {
    await mkdir(at('gen-0003'));
    await writeFile(at('gen-0003', 'disk.qcow2'), qcow2);
    await truncate(at('gen-0001', 'manifest.json'), 40);
    await mkdir(at('gen-00004'));
    const listed = must(await listGenerations(place));
    expect(listed.map(({ number, kind }) => [number, kind])).toEqual([
      [0, 'whole'],
      [1, 'damaged'],
      [2, 'whole'],
      [3, 'interrupted'],
    ]);
    expect(listed[3]).toMatchObject({ layerBytes: qcow2.length, since: null });
    expect(must(await nextNumber(place))).toBe(4);
  });
});

describe('CURRENT on disk', () => {
  const cases: readonly [string, string, () => Promise<unknown>][] = [
    ['missing', 'missingGeneration', () => rm(at('CURRENT'))],
    ['empty', 'damagedCurrent', () => writeFile(at('CURRENT'), '')],
    ['huge', 'damagedCurrent', () => writeFile(at('CURRENT'), Buffer.alloc(1 << 20, 'g'))],
    ['leading out of the folder', 'damagedCurrent', () => writeFile(at('CURRENT'), '../../gen-0001\n')],
    ['a link', 'damagedCurrent', () => replaced('CURRENT', () => symlink('/etc/hostname', at('CURRENT')))],
    ['a folder', 'damagedCurrent', () => replaced('CURRENT', () => mkdir(at('CURRENT')))],
    [
      'a pipe',
      'damagedCurrent',
      () => replaced('CURRENT', async () => void execFileSync('mkfifo', [at('CURRENT')])),
    ],
  ];
  test.each(cases)('%s is %s', async (_name, code, damage) => {
    await damage();
    expect(await readCurrent(place)).toMatchObject({ ok: false, fault: { code } });
  });
});

async function replaced(name: string, make: () => Promise<unknown>): Promise<void> {
  await rm(at(name), { recursive: true });
  await make();
}

describe('before a guest wakes', () => {
  test('an intact generation passes', async () => {
    must(await recordSums(place, must(await readManifest(place, 2))));
    expect(must(await verifyBeforeResume(place, 2)).number).toBe(2);
  });

  const spoiled = async (change: (manifest: Manifest) => object): Promise<void> => {
    const manifest = must(await readManifest(place, 2));
    await writeFile(at('gen-0002', 'manifest.json'), JSON.stringify(change(manifest)));
  };
  const cases: readonly [string, string, RegExp, () => Promise<unknown>][] = [
    [
      'a generation that is not there',
      'missingGeneration',
      /gen-0002/,
      () => rm(at('gen-0002'), { recursive: true }),
    ],
    [
      'a manifest that is not there',
      'missingGeneration',
      /manifest/,
      () => rm(at('gen-0002', 'manifest.json')),
    ],
    [
      'a truncated manifest',
      'damagedManifest',
      /manifest/,
      () => truncate(at('gen-0002', 'manifest.json'), 99),
    ],
    [
      'a manifest of 1 MiB',
      'damagedManifest',
      /longer/,
      () => truncate(at('gen-0002', 'manifest.json'), 1 << 20),
    ],
    [
      'an unknown field',
      'damagedManifest',
      /extra/,
      () => spoiled((manifest) => ({ ...manifest, extra: 1 })),
    ],
    [
      'another number',
      'damagedManifest',
      /number 1/,
      () => spoiled((manifest) => ({ ...manifest, number: 1 })),
    ],
    [
      'another guest',
      'damagedManifest',
      /another guest/,
      () => spoiled((manifest) => ({ ...manifest, guest: 'x' })),
    ],
    [
      'no parent chain',
      'damagedManifest',
      /chain/,
      () => spoiled((m) => ({ ...m, layers: m.layers.slice(1) })),
    ],
    [
      'a link for a manifest',
      'damagedManifest',
      /link/,
      async () => {
        await rm(at('gen-0002', 'manifest.json'));
        await symlink('../gen-0001/manifest.json', at('gen-0002', 'manifest.json'));
      },
    ],
    [
      'a link for the folder',
      'damagedManifest',
      /not a folder/,
      async () => {
        await rm(at('gen-0002'), { recursive: true });
        await symlink('gen-0001', at('gen-0002'));
      },
    ],
    [
      'a short state',
      'damagedState',
      /gen-0002\/state has/,
      () => truncate(at('gen-0002', 'state'), 2_999_999),
    ],
    ['no state', 'damagedState', /gen-0002\/state is missing/, () => rm(at('gen-0002', 'state'))],
    [
      'a link for a state',
      'damagedState',
      /state is missing/,
      async () => {
        await rm(at('gen-0002', 'state'));
        await symlink('../gen-0001/state', at('gen-0002', 'state'));
      },
    ],
    [
      'a layer that grew',
      'damagedState',
      /gen-0000\/disk/,
      () => truncate(at('gen-0000', 'disk.qcow2'), 8_192),
    ],
    [
      'a layer without its header',
      'damagedState',
      /not a qcow2/,
      () => writeFile(at('gen-0001', 'disk.qcow2'), Buffer.alloc(qcow2.length)),
    ],
  ];
  test.each(cases)('%s is %s', async (_name, code, says, damage) => {
    await damage();
    const checked = await verifyBeforeResume(place, 2);
    expect(checked).toMatchObject({ ok: false, fault: { code } });
    if (!checked.ok) expect(checked.fault.message).toMatch(says);
  });

  test('a state that rotted is found by its sum, and the older generation is offered', async () => {
    must(await recordSums(place, must(await readManifest(place, 2))));
    const state = await readFile(at('gen-0002', 'state'));
    state.writeUInt8(99, 1_500_000);
    await writeFile(at('gen-0002', 'state'), state);
    expect(await verifyBeforeResume(place, 2)).toMatchObject({ ok: false, fault: { code: 'damagedState' } });
    expect((await olderGeneration(place, 2))?.number).toBe(1);
    await rm(at('gen-0001', 'state'));
    expect((await olderGeneration(place, 2))?.number).toBe(0);
    expect(await olderGeneration(place, 0)).toBeNull();
  });
});

describe('sums', () => {
  test('are recorded once and compared later; without them nothing is claimed', async () => {
    expect(must(await verifyGeneration(place, 2))).toBe(false);
    const manifest = must(await readManifest(place, 2));
    const progress: number[] = [];
    const sums = must(await recordSums(place, manifest, { onProgress: ({ done }) => progress.push(done) }));
    expect(Object.keys(sums).sort()).toEqual(['disk.qcow2', 'state']);
    expect(must(await readSums(place, 2))).toEqual(sums);
    expect(progress.at(-1)).toBe(3_000_000 + qcow2.length);
    expect(must(await verifyGeneration(place, 2))).toBe(true);
  });

  test('stop being computed when they are cancelled', async () => {
    const manifest = must(await readManifest(place, 2));
    const stopped = await recordSums(place, manifest, { signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    expect(must(await readSums(place, 2))).toBeNull();
  });
});

describe('a session', () => {
  const begin = async (makeLayer: (layer: string) => Promise<Result<unknown>>) =>
    beginSession({
      place,
      parent: must(await readManifest(place, 2)),
      startedAt: '2026-01-02T03:05:00.000Z',
      makeLayer,
    });
  const makeLayer = async (layer: string): Promise<Result<void>> => {
    await writeFile(layer, qcow2, { mode: 0o600 });
    return ok(undefined);
  };

  test('begins in a folder of its own that says on which chain it stands', async () => {
    const session = must(await begin(makeLayer));
    expect(session).toMatchObject({ number: 3, layer: at('gen-0003', 'disk.qcow2') });
    expect(must(await readSessionRecord(place, 3))).toMatchObject({
      parent: 2,
      below: session.parent.layers,
    });
    expect((await stat(session.folder)).mode & 0o777).toBe(0o700);
    expect(must(await listGenerations(place)).at(-1)).toMatchObject({
      ...{ kind: 'interrupted', number: 3, parent: 2 },
      since: '2026-01-02T03:05:00.000Z',
    });
  });

  test('leaves nothing when its layer cannot be made', async () => {
    const begun = await begin(async () => fail({ code: 'full', stage: 'test', message: 'no room' }));
    expect(begun).toMatchObject({ ok: false, fault: { code: 'full' } });
    expect(await readdir(place.folder)).not.toContain('gen-0003');
  });

  test('is a running one again when its seal is taken back, whether CURRENT was renamed or not', async () => {
    const session = must(await begin(makeLayer));
    const manifest = manifestOf(3, session.parent);
    await writeFile(at('gen-0003', 'state'), Buffer.alloc(3_000_000));
    must(await seal({ place, session, manifest }));
    expect(must(await readCurrent(place))).toBe(3);
    must(await unseal(place, session));
    expect(must(await readCurrent(place))).toBe(2);
    expect((await readdir(session.folder)).sort()).toEqual(['disk.qcow2', 'session.json']);
    must(await unseal(place, session));
    expect(must(await readCurrent(place))).toBe(2);
  });
});
