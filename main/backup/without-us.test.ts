// docs/restore-without-us.md, followed: the commands are taken from the page itself and run by a shell with stock restic,
// qemu-img and QEMU, and nothing of ours. What starts from the disk is the witness, and it finds its disk right.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { must, witnessIsBuilt } from '../keeper/keeper.fixture';
import { addTo, backUp, endBackups, makeBackupWorld, resticIsThere } from './backup.fixture';

const page = join(import.meta.dirname, '../../docs/restore-without-us.md');
const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);

real('restoring without SoulPad', () => {
  afterAll(endBackups);

  test('the commands of the page restore the guest and start it from its disk', async () => {
    const world = await makeBackupWorld();
    await world.live(1);
    const repository = must(await addTo(world));
    must(await backUp(world, repository));
    const [list, restore, convert, start, sums] = await commandsOf(page);
    const { definition } = world.world;
    if (definition.boot.from !== 'kernel') throw new Error('the witness boots from a kernel');
    const environment = {
      ...{ PATH: process.env.PATH ?? '', HOME: world.ground, GUEST: 'witness', GENERATION: 'gen-0001' },
      ...{ REPOSITORY: join(world.ground, 'disk'), MACHINE: definition.machine, CPU: definition.cpuModel },
      ...{ MIB: String(definition.ramBytes / 2 ** 20), APPEND: definition.boot.commandLine },
    };
    const digits = world.recovery().toString('latin1');
    const told = await shell({ script: list ?? '', cwd: world.ground, environment, input: digits });
    // The list is sorted by time: the newest stands last, under the last name of eight letters.
    const SNAPSHOT = [...told.matchAll(/^([0-9a-f]{8}) /gm)].at(-1)?.[1] ?? '';
    expect(told).toContain('generation-1');
    await shell({
      script: (restore ?? '').split('\n')[0] ?? '',
      cwd: world.ground,
      environment: { ...environment, SNAPSHOT },
      input: digits,
    });
    const cwd = join(world.ground, 'out/guests/witness');
    await shell({ script: convert ?? '', cwd, environment, input: '' });
    const said = await shell({ script: sums ?? '', cwd, environment, input: '' });
    const recorded = await readFile(join(cwd, 'gen-0001/sums.json'), 'utf8');
    for (const line of said.trim().split('\n')) expect(recorded).toContain(line.split(' ')[0]);
    const tick = await shell({
      script: start ?? '',
      ...{ cwd, environment, input: '' },
      until: /W1 nonce=[0-9a-f]{16} n=\d+ ram=ok\/\d+ disk=ok\/\d+/,
    });
    expect(tick).toMatch(/disk=ok/);
  }, 300_000);
});

/** The page's shell blocks, in order. */
async function commandsOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map((found) => found[1] ?? '');
}

/** What it says on stdout; it must end well, or say `until`. Its whole group is ended. */
function shell(about: {
  readonly script: string;
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly input: string;
  readonly until?: RegExp;
}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euc', about.script], {
      ...{ cwd: about.cwd, env: about.environment, detached: true },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    let complained = '';
    const end = (): void => void process.kill(-(child.pid ?? 0), 'SIGKILL');
    const timer = setTimeout(end, 200_000);
    child.stdin.on('error', () => {});
    child.stdin.end(`${about.input}\n`);
    child.stderr.on('data', (text: Buffer) => {
      complained += text.toString();
    });
    child.stdout.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-1_000_000);
      if (about.until?.test(said)) end();
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      if (status === 0 || about.until?.test(said)) resolve(said);
      else reject(new Error(`${about.script}\nended with ${status}: ${complained.slice(-800)}`));
    });
  });
}
