// The lazy engine on a real QEMU and witness: what wakes is exactly what was saved, from a base and from deltas, and
// what is not whole never wakes.
import { copyFile, open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { generationFolder } from '../generation/manifest';
import { readChain } from '../generation/ram-files';
import { statOf } from '../process/proc';
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
  prepare,
  ramBytes,
  save,
  saveAndEnd,
} from './lazy-home.fixture';
import { planFiles, readReport } from './lazy-plan';
import {
  endMachines,
  must,
  smallFileSystem,
  startMachine,
  type Tick,
  temporaryFolder,
  witnessIsBuilt,
  witnessMissing,
} from './machine.fixture';

afterEach(endMachines);

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, at);
  await file.close();
}

describe.skipIf(!witnessIsBuilt || library === null)(`with the witness (else: ${witnessMissing})`, () => {
  it('wakes the same guest from a base and from each of five deltas, and writes only what changed', async () => {
    const home = await makeHome();
    let machine = await begin(home);
    let before = await machine.nextTick();
    const base = await saveAndEnd(home, machine);
    expect(base.ram.deltas).toEqual([]);
    expect(base.nonZeroBytes).toBeLessThanOrEqual(ramBytes);
    for (let session = 1; session <= 5; session++) {
      machine = await begin(home);
      const after = await machine.nextTick();
      expectSameGuest(before, after);
      before = after;
      const saved = await saveAndEnd(home, machine);
      expect(saved.ram.deltas).toHaveLength(session);
      expect(saved.changedBytes).toBeLessThan(base.nonZeroBytes / 2);
    }
    const folder = join(home.ground.place.folder, generationFolder(6));
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    const older = await begin(home, home.generations[2]);
    expect((await older.nextTick()).nonce).toBe(before.nonce);
  }, 120_000);

  it('lets a guest go on after a cancelled save, leaves no file, and saves it the next time', async () => {
    const home = await makeHome();
    const machine = await begin(home);
    const before = await machine.nextTick();
    const person = new AbortController();
    person.abort();
    expect(await save(home, machine, person.signal)).toMatchObject({ fault: { code: 'cancelled' } });
    expect(await readdir(join(home.ground.place.folder, generationFolder(1)))).toEqual([]);
    must(await machine.qmp.execute('cont', {}));
    expectSameGuest(before, await machine.nextTick());
    const last = await machine.nextTick();
    await saveAndEnd(home, machine);
    expectSameGuest(last, await (await begin(home)).nextTick());
  });

  it('says that the disk is full, leaves no file, and the guest goes on', async () => {
    const home = await makeHome({ folder: await smallFileSystem(32 << 20) });
    const machine = await begin(home);
    const before = await machine.nextTick();
    expect(await save(home, machine)).toMatchObject({ fault: { code: 'full', stage: 'guest.saveState' } });
    expect(await readdir(join(home.ground.place.folder, generationFolder(1)))).toEqual([]);
    must(await machine.qmp.execute('cont', {}));
    expectSameGuest(before, await machine.nextTick());
  });

  it('never wakes from a chain that is damaged, cut short, swapped, or of another RAM size', async () => {
    const home = await makeHome();
    let machine = await begin(home);
    await machine.nextTick();
    await saveAndEnd(home, machine);
    machine = await begin(home);
    await machine.nextTick();
    await saveAndEnd(home, machine);
    const folder = (number: number) => join(home.ground.place.folder, generationFolder(number));
    const kept = await temporaryFolder();
    const damages: Record<string, [string, (path: string) => Promise<unknown>]> = {
      'a bit of the index': ['gen-0002/ram.index', (path) => flip(path, 60)],
      'a bit of its sums': ['gen-0002/ram.index', async (path) => flip(path, (await stat(path)).size - 1)],
      'the index of another generation': [
        'gen-0002/ram.index',
        (path) => copyFile(join(folder(1), 'ram.index'), path),
      ],
      'a delta cut short': [
        'gen-0002/ram.delta',
        async (path) => truncate(path, (await stat(path)).size - 4096),
      ],
      'a base cut short': ['gen-0001/ram.base', (path) => truncate(path, ramBytes - 4096)],
      'an empty index': ['gen-0001/ram.index', (path) => writeFile(path, '')],
    };
    for (const [name, [file, damage]] of Object.entries(damages)) {
      const path = join(home.ground.place.folder, file);
      const copy = join(kept, 'copy');
      await copyFile(path, copy);
      await damage(path);
      expect(await engine.start(groundOf(home)), name).toMatchObject({ fault: { code: 'damagedState' } });
      await copyFile(copy, path);
    }
    expect(must(await readChain(home.ground.place, home.generations[1] ?? null))).toHaveLength(2);
    const [, second] = home.generations;
    if (second === undefined) throw new Error('two generations were saved');
    const grown = { ...second, ramBytes: ramBytes * 2 };
    expect(await engine.start({ ...groundOf(home, grown), ramBytes: ramBytes * 2 })).toMatchObject({
      fault: { code: 'damagedState' },
    });
    await flip(join(folder(2), 'state'), 1000);
    const ordered = must(await engine.start(groundOf(home)));
    machine = await startMachine({ definition: diskless, ordered, incoming: true });
    await ordered.close();
    const restored = await engine.restoreState({
      ...{ qmp: machine.qmp, qemuPid: machine.child.pid ?? 0, ground: groundOf(home), folder: folder(2) },
      ...{ state: second.state ?? { file: 'state', bytes: 0 }, onProgress: () => {}, signal: never },
    });
    expect(restored).toMatchObject({ fault: { code: 'damagedState' } });
  }, 60_000);
});

describe.skipIf(!witnessIsBuilt || library === null)('what is still only on the stick', () => {
  async function savedOnce(): Promise<{ home: Home; base: string; before: Tick }> {
    const home = await makeHome();
    const machine = await begin(home);
    const before = await machine.nextTick();
    await saveAndEnd(home, machine);
    return { home, base: join(home.ground.place.folder, generationFolder(1), 'ram.base'), before };
  }

  it('is read to the last byte and compared; one changed bit is found', async () => {
    const { home, base } = await savedOnce();
    const seen: { done: number; total: number }[] = [];
    const order = {
      ground: groundOf(home),
      signal: never,
      onBytes: (done: number, total: number) => seen.push({ done, total }),
    };
    must(
      (await engine.readRest?.(order)) ?? { ok: false, fault: { code: 'bug', stage: '', message: 'none' } },
    );
    expect(seen.at(-1)?.done).toBe(home.generations[0]?.nonZeroBytes);
    expect(seen.at(-1)?.total).toBe(home.generations[0]?.nonZeroBytes);
    const chain = must(await readChain(home.ground.place, home.generations[0] ?? null));
    const page = chain[0]?.index.data[0]?.first ?? 0;
    await flip(base, page * 4096 + 100);
    expect(await engine.readRest?.(order)).toMatchObject({ fault: { code: 'damagedState' } });
  });

  it('and cannot be read stops the whole QEMU; it goes on, whole, once it can be read again', async () => {
    const { home, base, before } = await savedOnce();
    const content = await readFile(base);
    // A page behind the file's end is lost to the kernel as one on a pulled stick is: SIGBUS.
    const machine = await prepare(home);
    await truncate(base, 0);
    void machine.qmp.execute('cont', {}); // QEMU is stopped before it can answer
    const pid = machine.child.pid ?? 0;
    const stands = async () => (await statOf(pid))?.state === 'T';
    for (const deadline = Date.now() + 20_000; !(await stands()); await delay(20))
      if (Date.now() > deadline) throw new Error('QEMU did not stop');
    expect(must(await readReport(planFiles(home.ground.runtimeFolder))).lostAt).not.toBeNull();
    await writeFile(base, content, { flag: 'r+' });
    process.kill(pid, 'SIGCONT');
    expectSameGuest(before, await machine.nextTick());
    expect(await stands()).toBe(false);
  });
});

describe('a QEMU whose RAM the library did not map', () => {
  it('is refused before it runs, and no saved file was ever in its hands', async () => {
    const home = await makeHome();
    const ordered = must(await engine.start(groundOf(home)));
    const machine = await startMachine({ definition: diskless, ordered: { ...ordered, environment: {} } });
    await ordered.close();
    const proven = await engine.proveMapping({ qemuPid: machine.child.pid ?? 0, ground: groundOf(home) });
    expect(proven).toMatchObject({ fault: { code: 'kernelLacks', stage: 'guest.mapRam' } });
  });
});
