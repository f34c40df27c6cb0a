// What stands in the lazy engine's way: a library that is missing, is told the wrong file or asked twice, a QEMU whose
// memory may not be read, more runs than can be mapped, and damage in an encrypted folder. It refuses with the reason,
// or takes another way; it never runs a guest on memory that could be written into what was saved.
import { execFileSync } from 'node:child_process';
import { mkdir, open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { generationFolder, type Manifest } from '../generation/manifest';
import type { EngineStart } from './engine';
import { fullEngine } from './full';
import { lazyEngineWith } from './lazy';
import {
  begin,
  diskless,
  engine,
  expectSameGuest,
  groundOf,
  type Home,
  library,
  makeHome,
  never,
  saveAndEnd,
} from './lazy-home.fixture';
import { planFiles, planRuns } from './lazy-plan';
import {
  encryptedFolder,
  endMachines,
  must,
  startMachine,
  witnessIsBuilt,
  witnessMissing,
} from './machine.fixture';

afterEach(endMachines);

const isReady = witnessIsBuilt && library !== null;
const ready = describe.skipIf(!isReady);

async function savedOnce(home: Home) {
  const machine = await begin(home);
  const before = await machine.nextTick();
  await saveAndEnd(home, machine);
  return before;
}

/** Sizes and times of all saved files: what no fault below may change. */
async function savedFiles(home: Home): Promise<readonly string[]> {
  const folder = join(home.ground.place.folder, generationFolder(1));
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const facts = await stat(join(folder, name));
      return `${name} ${facts.size} ${facts.blocks} ${facts.mtimeMs}`;
    }),
  );
}

ready(`a library that cannot act (else: ${witnessMissing})`, () => {
  const wrongs: Record<string, (ordered: EngineStart, home: Home) => Promise<EngineStart>> = {
    'is not where it is looked for': async (ordered) => ({
      ...ordered,
      environment: { ...ordered.environment, LD_PRELOAD: '/nowhere/libstate-map.so' },
    }),
    'was told another file than QEMU opens': async (ordered, home) => {
      const { key } = planFiles(home.ground.runtimeFolder);
      await writeFile(`${key}.other`, '');
      execFileSync('truncate', ['--size', String(diskless.ramBytes), `${key}.other`]);
      await rename(`${key}.other`, key);
      return ordered;
    },
  };
  it.each(Object.entries(wrongs))(
    'because it %s: the guest is refused before it runs',
    async (_name, spoil) => {
      const home = await makeHome();
      await savedOnce(home);
      const before = await savedFiles(home);
      const ordered = await spoil(must(await engine.start(groundOf(home))), home);
      const machine = await startMachine({ definition: diskless, ordered, incoming: true });
      await ordered.close();
      const ground = groundOf(home);
      const proven = await engine.proveMapping({ qemuPid: machine.child.pid ?? 0, ground });
      expect(proven).toMatchObject({ fault: { code: 'kernelLacks', stage: 'guest.mapRam' } });
      await machine.kill();
      expect(await savedFiles(home)).toEqual(before);
      expect(await begin(home).then((again) => again.nextTick())).toBeDefined();
    },
    300_000,
  );

  it.each([
    [
      'has no plan',
      (ordered: EngineStart) => ({ ...ordered.environment, SOULPAD_STATE_MAP: '/nowhere/plan' }),
      [],
    ],
    [
      'is asked for the RAM a second time',
      (ordered: EngineStart) => ordered.environment,
      (ordered: EngineStart) => ordered.argv.map((word) => word.replace('id=ram0', 'id=ram1')),
    ],
  ])(
    'because it %s: QEMU ends',
    async (_name, environmentOf, more) => {
      const home = await makeHome();
      await savedOnce(home);
      const before = await savedFiles(home);
      const ordered = must(await engine.start(groundOf(home)));
      const environment = environmentOf(ordered);
      const argv = [...ordered.argv, ...(typeof more === 'function' ? more(ordered) : more)];
      const started = startMachine({
        definition: diskless,
        ordered: { ...ordered, environment, argv },
        incoming: true,
      });
      await expect(started).rejects.toThrow();
      await ordered.close();
      expect(await savedFiles(home)).toEqual(before);
    },
    300_000,
  );
});

ready('a QEMU whose memory may not be read', () => {
  it.skipIf(process.getuid?.() === 0)(
    'is not saved lazily, which says why and leaves no file; the full engine saves it (else: root may read all)',
    async () => {
      const home = await makeHome();
      const machine = await begin(home);
      const before = await machine.nextTick();
      must(await machine.qmp.execute('stop', {}));
      const folder = join(home.ground.place.folder, generationFolder(1));
      await mkdir(folder);
      const order = {
        qmp: machine.qmp,
        ground: groundOf(home),
        folder,
        number: 1,
        ramBytes: diskless.ramBytes,
      };
      const watch = { onProgress: () => {}, signal: never };
      const strangersPid = 1; // init: another user's process, as a hardened QEMU would be
      expect(await engine.saveState({ ...order, ...watch, qemuPid: strangersPid })).toMatchObject({
        fault: { code: 'denied' },
      });
      expect(await readdir(folder)).toEqual([]);
      const saved = must(await fullEngine.saveState({ ...order, ...watch }));
      await machine.kill();
      const manifest: Manifest = {
        ...{
          format: 'soulpad-generation',
          version: 1,
          guest: diskless.id,
          guestUuid: diskless.uuid,
          number: 1,
        },
        ...{ parent: null, createdAt: new Date().toISOString(), machine: diskless.machine },
        ...{ cpuModel: diskless.cpuModel, ramBytes: diskless.ramBytes, engine: 'full', layers: [] },
        ...{ state: saved.state, ram: saved.ram, nonZeroBytes: saved.nonZeroBytes },
      };
      expectSameGuest(before, await (await begin(home, manifest)).nextTick());
    },
    300_000,
  );
});

ready('more runs than the kernel can map', () => {
  it('are read at the start; the guest is the same, and what was read is not saved as changed', async () => {
    const home = await makeHome({ engine: lazyEngineWith(library ?? '', async () => 3) });
    let before = await savedOnce(home);
    let machine = await begin(home);
    expectSameGuest(before, await machine.nextTick());
    before = await machine.nextTick();
    const first = await saveAndEnd(home, machine);
    machine = await begin(home);
    expectSameGuest(before, await machine.nextTick());
    before = await machine.nextTick();
    const second = await saveAndEnd(home, machine);
    expect(second.writtenBytes).toBeLessThan(2 * first.writtenBytes);
    expectSameGuest(before, await (await begin(home)).nextTick());
  }, 300_000);
});

describe('which runs are mapped', () => {
  it('are the longest, within the limit; zeroed ones always', () => {
    const run = (first: number, pages: number) => ({ first, pages, source: 1, at: first });
    const planned = planRuns({
      ramPages: 100,
      hasBase: true,
      deltas: [run(0, 1), run(10, 5), run(20, 3)],
      zeroed: [{ first: 50, pages: 2 }],
      most: 2,
    });
    expect(planned.map(({ first, way }) => `${first} ${way}`)).toEqual([
      '0 map',
      '50 zero',
      '10 map',
      '20 copy',
      '0 copy',
    ]);
  });
});

ready('in a gocryptfs folder', () => {
  async function flip(path: string, at: number): Promise<void> {
    const file = await open(path, 'r+');
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await file.write(byte, 0, 1, at);
    await file.close();
  }

  it('the guest wakes from base and delta; a damaged, cut or swapped file is found', async () => {
    const { cipher, plain } = await encryptedFolder();
    const home = await makeHome({ folder: plain });
    const before = await savedOnce(home);
    const machine = await begin(home);
    const after = await machine.nextTick();
    expectSameGuest(before, after);
    await saveAndEnd(home, machine);
    const again = await begin(home);
    expectSameGuest(after, await again.nextTick());
    await again.kill();

    const rest = () => engine.readRest?.({ ground: groundOf(home), signal: never, onBytes: () => {} });
    expect(await rest()).toMatchObject({ ok: true });
    const pathOf = (number: number, name: string) => join(generationFolder(number), name);
    const index = await readFile(join(plain, pathOf(2, 'ram.index')));
    await writeFile(join(plain, pathOf(2, 'ram.index')), await readFile(join(plain, pathOf(1, 'ram.index'))));
    expect(await engine.start(groundOf(home)), 'swapped').toMatchObject({ fault: { code: 'damagedState' } });
    await writeFile(join(plain, pathOf(2, 'ram.index')), index);

    await flip(join(plain, pathOf(2, 'ram.delta')), 4096);
    expect(await rest(), 'a bit of the delta').toMatchObject({ fault: { code: 'damagedState' } });
    await flip(join(plain, pathOf(2, 'ram.delta')), 4096);
    expect(await rest()).toMatchObject({ ok: true });

    // Below the encryption a changed bit makes a block that cannot be read at all.
    await flip(join(cipher, pathOf(2, 'ram.delta')), 5000);
    expect(await rest(), 'a bit of the encrypted delta').toMatchObject({ fault: { code: 'damagedState' } });
    execFileSync('truncate', ['--size=-4096', join(plain, pathOf(2, 'ram.delta'))]);
    expect(await engine.start(groundOf(home)), 'cut').toMatchObject({ fault: { code: 'damagedState' } });
  }, 300_000);
});
