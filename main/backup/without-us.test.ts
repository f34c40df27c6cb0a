// docs/restore-without-us.md, followed: the commands are taken from the page itself and run by a shell with stock restic,
// qemu-img, perl and QEMU, and nothing of ours. The witness goes on with the nonce and the memory that it had, saved by
// either engine; started from its disk alone it finds its disk right.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineName } from '../../preload/contract/keeper';
import { must, type Tick, ticksAt, until, witnessIsBuilt } from '../keeper/keeper.fixture';
import {
  addTo,
  type BackupWorld,
  backUp,
  endBackups,
  makeBackupWorld,
  resticIsThere,
} from './backup.fixture';

const page = join(import.meta.dirname, '../../docs/restore-without-us.md');
const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);
const tick = /W1 nonce=[0-9a-f]{16} n=\d+ ram=ok\/\d+ disk=ok\/\d+/;

real('restoring without SoulPad', () => {
  let world: BackupWorld;
  let blocks: readonly string[];
  /** What the witness said last in each generation. */
  const last = new Map<number, Tick>();
  const engines: readonly EngineName[] = ['lazy', 'lazy', 'full'];

  beforeAll(async () => {
    blocks = await blocksOf(page);
    world = await makeBackupWorld();
    for (const [at, engine] of engines.entries()) last.set(at + 1, await world.live(1, engine));
    must(await backUp(world, must(await addTo(world))));
  }, 300_000);
  afterAll(endBackups);

  /** The page's first two chapters; answers where its `out` is. */
  const restored = async (generation: number): Promise<string> => {
    const [list = '', restore = ''] = blocks;
    const cwd = await mkdtemp(join(world.ground, 'by-hand-'));
    const environment = environmentIn(world);
    const input = `${world.recovery().toString('latin1')}\n`;
    const told = await shell({ script: list, cwd, environment, input });
    const SNAPSHOT = snapshotOf(told, generation);
    await shell({ script: restore, cwd, environment: { ...environment, SNAPSHOT }, input });
    return cwd;
  };

  test.each([
    { saved: 'by the lazy engine, changes over a base', generation: 2 },
    { saved: 'by the full engine', generation: 3 },
  ])(
    'saved $saved: the guest goes on where it was',
    async ({ generation }) => {
      const [, , take = '', sums = '', layer = '', memory = '', load = '', status = '', goOn = ''] = blocks;
      const cwd = await restored(generation);
      const folder = join(cwd, 'out/guests/witness');
      const before = last.get(generation);
      const serial = join(folder, 'session/serial');
      let woken: Tick | undefined;
      const said = await shell({
        script: [take, sums, layer, memory, load].join('\n'),
        ...{ cwd, environment: environmentIn(world) },
        until: async ({ type, said }) => {
          await until('the state to be loaded', async () => {
            type(status);
            await delay(500);
            return /VM status: paused\s*$/m.test(said());
          });
          const ticking = ticksAt(serial, 1);
          type(goOn);
          [woken] = await ticking;
        },
      });
      const recorded = await readFile(join(folder, `gen-000${generation}/sums.json`), 'utf8');
      const found = [...said.matchAll(/^([0-9a-f]{64}) {2}gen-/gm)].map(([, sum = '']) => sum);
      expect(found.length).toBe(2);
      for (const sum of found) expect(recorded).toContain(sum);
      expect(woken).toMatchObject({ nonce: before?.nonce, ram: 'ok', disk: 'ok' });
      // Ten ticks a second, also between the last that we heard and the suspend itself.
      const further = (woken?.n ?? 0) - (before?.n ?? 0);
      expect(further).toBeGreaterThan(0);
      expect(further).toBeLessThan(300);
      console.info(`generation ${generation}: n=${before?.n} when it was saved, n=${woken?.n} by hand`);
    },
    300_000,
  );

  test('started from its disk alone, the guest finds its disk right', async () => {
    const [, , take = '', , , , , , , convert = '', start = ''] = blocks;
    const cwd = await restored(3);
    const script = [take, convert, start].join('\n');
    expect(await shell({ script, cwd, environment: environmentIn(world), until: tick })).toMatch(tick);
  }, 300_000);
});

function environmentIn(world: BackupWorld): NodeJS.ProcessEnv {
  return {
    ...{ PATH: process.env.PATH ?? '', HOME: world.ground, GUEST: 'witness' },
    REPOSITORY: join(world.ground, 'disk'),
  };
}

/** What the page has a person type, in order: into a shell, or into QEMU's monitor. */
async function blocksOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/```(?:sh|text)\n([\s\S]*?)```/g)].map(([, block = '']) => block);
}

/** restic's short name of it, from the table that it shows: the tags stand in the name's line and those below. */
function snapshotOf(told: string, generation: number): string {
  const entries = told.split(/^(?=[0-9a-f]{8} )/m);
  const found = entries.find((entry) => new RegExp(`\\bgeneration-${generation}\\b`).test(entry));
  if (found === undefined) throw new Error(`generation ${generation} is not told:\n${told}`);
  return found.slice(0, 8);
}

interface Typed {
  readonly script: string;
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Typed at its prompt; without it stdin stays open. */
  readonly input?: string;
  /** It ends well by itself, unless it is to say this, or this comes to pass: then its whole group is ended. */
  readonly until?: RegExp | ((terminal: Terminal) => Promise<void>);
}

interface Terminal {
  type(text: string): void;
  /** All so far. */
  said(): string;
}

/** What it says on stdout. */
function shell(about: Typed): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['--norc', '-euc', about.script], {
      ...{ cwd: about.cwd, env: about.environment, detached: true },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    let complained = '';
    let seen = false;
    const end = (): void => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const enough = (): void => {
      seen = true;
      end();
    };
    const timer = setTimeout(end, 120_000);
    child.stdin.on('error', () => {});
    if (about.input !== undefined) child.stdin.end(about.input);
    child.stderr.on('data', (text: Buffer) => {
      complained += text.toString();
    });
    child.stdout.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-1_000_000);
      if (about.until instanceof RegExp && about.until.test(said)) enough();
    });
    if (typeof about.until === 'function') {
      const type = (text: string): void => void child.stdin.write(text);
      about.until({ type, said: () => said }).then(enough, end);
    }
    child.on('close', (status) => {
      clearTimeout(timer);
      if (seen || (status === 0 && about.until === undefined)) resolve(said);
      else
        reject(
          new Error(`${about.script}\nended with ${status}: ${said.slice(-800)} ${complained.slice(-800)}`),
        );
    });
  });
}
