// Memory that a real guest gave back (free-page-reporting of virtio-balloon) is not saved, and its old content never
// comes back: a Debian desktop fills memory, wakes, lets go of it, and what was there is zero at the next wake.
import { execFileSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { generationFolder } from '../generation/manifest';
import { readChain } from '../generation/ram-files';
import { countPages, pageBytes } from '../generation/ram-index';
import { connectAgent } from './agent';
import { runInside } from './agent.fixture';
import type { GuestDefinition } from './definition';
import { begin, groundOf, type Home, library, makeHome, prepare, saveAndEnd } from './lazy-home.fixture';
import { openMemory } from './lazy-memory';
import { planFiles, readReport } from './lazy-plan';
import { endMachines, exampleGuest, type Machine, must, temporaryFolder } from './machine.fixture';
import { desktopIsLeftOut, desktopIsWanted, readyDesktop } from './ready-desktop.fixture';

afterEach(endMachines);

const MiB = 1 << 20;
const filledMiB = 200;

const desktop = {
  ...exampleGuest,
  ...{ id: 'desktop', version: 2, ramBytes: 1024 * MiB, video: 'virtio', network: false },
  boot: { from: 'disk' },
  devices: ['guest-agent', 'virtio-balloon'],
} satisfies GuestDefinition;

/** Runs to its end inside the guest. */
async function inside(machine: Machine, script: string): Promise<string> {
  const path = join(machine.folder, 'a');
  const agent = must(await connectAgent({ path, stage: 'test', timeoutMs: 400_000 }));
  try {
    return await runInside(agent, script);
  } finally {
    agent.close();
  }
}

async function discarded(home: Home): Promise<number> {
  return must(await readReport(planFiles(home.ground.runtimeFolder))).discardedBytes;
}

/** Until the guest gave back so many bytes more than before. */
async function gaveBack(home: Home, bytes: number): Promise<void> {
  for (const deadline = Date.now() + 180_000; (await discarded(home)) < bytes; await delay(500))
    if (Date.now() > deadline) throw new Error(`the guest gave back ${await discarded(home)} bytes only`);
}

describe.skipIf(!desktopIsWanted || library === null)(`a Debian desktop (else: ${desktopIsLeftOut})`, () => {
  it('that lets go of memory has holes there, in the saved file and after the next wake', async () => {
    const image = readyDesktop();
    const overlay = join(await temporaryFolder(), 'overlay.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'qcow2', overlay]);
    const home = await makeHome({ definition: desktop, layers: [image, overlay] });
    let machine = await begin(home);
    await inside(
      machine,
      `(yes | head -c ${filledMiB}M > /dev/shm/filled; touch /run/filled) >/dev/null 2>&1 &`,
    );
    const filled = async () => (await inside(machine, 'ls /run/filled || true')) !== '';
    for (const deadline = Date.now() + 300_000; !(await filled()); await delay(1_000))
      if (Date.now() > deadline) throw new Error('the guest is still filling its memory');
    const base = await saveAndEnd(home, machine);
    const file = join(home.ground.place.folder, generationFolder(1), 'ram.base');
    const asSaved = await stat(file);

    machine = await begin(home);
    await inside(machine, 'rm /dev/shm/filled');
    await gaveBack(home, 0.4 * filledMiB * MiB);
    const lighter = await saveAndEnd(home, machine);
    const parts = must(await readChain(home.ground.place, home.generations[1] ?? null));
    const zeroed = parts.at(-1)?.index.zero ?? [];
    console.log(
      JSON.stringify({
        nonZeroMiB: [base.nonZeroBytes / MiB, lighter.nonZeroBytes / MiB],
        zeroedMiB: (countPages(zeroed) * pageBytes) / MiB,
        writtenMiB: lighter.writtenBytes / MiB,
      }),
    );
    expect(countPages(zeroed) * pageBytes).toBeGreaterThan((filledMiB / 8) * MiB);
    expect(base.nonZeroBytes - lighter.nonZeroBytes).toBeGreaterThan((filledMiB / 10) * MiB);
    expect(lighter.writtenBytes).toBeLessThan(base.nonZeroBytes / 2);
    expect((await stat(file)).mtimeMs, 'the base was not touched').toBe(asSaved.mtimeMs);
    expect((await stat(file)).blocks).toBe(asSaved.blocks);

    machine = await prepare(home);
    const { mappedAt } = must(await readReport(planFiles(groundOf(home).runtimeFolder)));
    const memory = must(openMemory({ pid: machine.child.pid ?? 0, at: mappedAt ?? 0 }));
    const content = Buffer.alloc(pageBytes);
    let old = 0;
    for (const { first, pages } of zeroed)
      for (let page = first; page < first + pages; page++) {
        memory.read(page, content);
        if (!content.equals(Buffer.alloc(pageBytes))) old++;
      }
    memory.close();
    expect(old, 'pages with content that was given back').toBe(0);
    must(await machine.qmp.execute('cont', {}));
    await inside(machine, 'true');
  }, 1_200_000);
});
