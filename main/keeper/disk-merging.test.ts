// A day of checkpoints with a real QEMU and the witness: the chain of its disk stays short while it runs, every block is
// checked by the guest itself at each tick, and a crash afterwards finds the moment and the files as without a merge.
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { longestChain } from '../generation/merge';
import { listGenerations, readCurrent, readManifest, rollBack, verifyGeneration } from '../generation/store';
import { startFromInterrupted } from '../guest/start-afresh';
import { run } from '../process/run';
import {
  bundle,
  crash,
  endWorlds,
  kill,
  makeWorld,
  must,
  removeBundles,
  ticks,
  until,
  type World,
  wake,
  witnessIsBuilt,
  witnessMissing,
} from './keeper.fixture';

let program = '';
beforeAll(async () => {
  program = await bundle({ source: 'keeper-program.ts', name: 'keeper.cjs' });
});
afterEach(endWorlds);
afterAll(removeBundles);

/** Layers of the generation that CURRENT names. */
async function chain(world: World): Promise<readonly string[]> {
  const { layers } = must(await readManifest(world.place, must(await readCurrent(world.place))));
  return layers.map(({ generation, file }) => `${generation}/${file}`);
}

async function layerFiles(world: World): Promise<readonly string[]> {
  const names = await readdir(world.place.folder, { recursive: true });
  return names.filter((name) => name.endsWith('.qcow2'));
}

/** As QEMU has them open; one that was removed under it has ` (deleted)` behind its name. */
async function openLayers(pid: number): Promise<readonly string[]> {
  const links = (await readdir(`/proc/${pid}/fd`)).map((fd) =>
    readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''),
  );
  const names = (await Promise.all(links)).map((path) => /gen-\d+\/disk[^/]*$/.exec(path)?.[0] ?? '');
  return [...new Set(names.filter((name) => name !== ''))];
}

const withWitness = describe.skipIf(!witnessIsBuilt);
if (!witnessIsBuilt) console.warn(`skipped: ${witnessMissing}`);

withWitness('the disk of a guest that is checkpointed all day', () => {
  test('is merged while it runs, and a crash costs no saved file', async () => {
    const world = await makeWorld();
    const first = await wake(world, program);
    const [born] = await ticks(world);
    must(await first.suspend());
    await first.ended;
    const handle = await wake(world, program);
    const same = { nonce: born?.nonce, ram: 'ok', disk: 'ok' };
    for (let made = 0; made < longestChain; made++) {
      must(await handle.checkpoint());
      expect((await ticks(world))[0]).toMatchObject(same);
    }
    await until('a merge', async () => (await chain(world)).length < longestChain);
    const merged = await chain(world);
    expect(merged.some((name) => name.includes('disk-over-'))).toBe(true);
    expect((await ticks(world, 3)).at(-1)).toMatchObject(same);
    await until('the merged layers to be gone', async () => (await layerFiles(world)).length < longestChain);
    const { keeperPid, qemuPid } = must(await handle.status());
    const open = await openLayers(qemuPid ?? 0);
    expect(open.length).toBe(merged.length + 1); // and the one that it writes to
    for (const name of open) expect(await layerFiles(world)).toContain(name);

    // The next checkpoint and what a new keeper knows stand on the merged chain.
    kill(keeperPid);
    await until('the next keeper', async () => (await handle.status()).ok);
    expect(must(await handle.status())).toMatchObject({ qemuPid, state: 'running' });
    const { generation } = must(await handle.checkpoint());
    expect((await chain(world)).slice(0, merged.length)).toEqual(merged);
    must(await verifyGeneration(world.place, generation));
    const last = (await ticks(world, 2)).at(-1);
    expect(last).toMatchObject(same);

    await crash(world, handle);
    const left = must(await listGenerations(world.place)).at(-1);
    const fresh = must(await startFromInterrupted(world.place, left?.number ?? Number.NaN));
    const own = join(world.place.folder, `gen-${String(fresh.number).padStart(4, '0')}`, 'disk.qcow2');
    const compared = await run({
      program: 'qemu-img',
      args: ['info', '--backing-chain', own],
      stage: 'test',
    });
    must(compared); // stock qemu-img walks the headers down to the base
    must(await rollBack(world.place, generation));
    const again = await wake(world, program);
    expect((await ticks(world))[0]).toMatchObject(same);
    must(await again.drop());
  }, 300_000);
});
