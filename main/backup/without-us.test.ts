// docs/restore-without-us.md, followed: the commands are taken from the page itself and run by a shell with stock restic,
// qemu-img and QEMU, and nothing of ours. The witness starts from its disk and finds it right; then, from memory and devices,
// it goes on where it was suspended, with its own nonce and count.
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { must, witnessIsBuilt } from '../keeper/keeper.fixture';
import { addTo, backUp, endBackups, makeBackupWorld, resticIsThere } from './backup.fixture';

const page = join(import.meta.dirname, '../../docs/restore-without-us.md');
const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);

real('restoring without SoulPad', () => {
  afterAll(endBackups);

  test('the commands of the page restore the guest, start it from its disk, and let it go on where it was', async () => {
    const world = await makeBackupWorld();
    await world.live(1);
    const left = await world.live(1);
    const repository = must(await addTo(world));
    must(await backUp(world, repository));
    const [list, restore, convert, start, goOn, sums] = await commandsOf(page, 'sh');
    const [program] = await commandsOf(page, 'py');
    const { definition } = world.world;
    if (definition.boot.from !== 'kernel') throw new Error('the witness boots from a kernel');
    const GENERATION = 'gen-0002';
    const environment = {
      ...{ PATH: process.env.PATH ?? '', HOME: world.ground, GUEST: 'witness', GENERATION },
      ...{ REPOSITORY: join(world.ground, 'disk'), MACHINE: definition.machine, CPU: definition.cpuModel },
      ...{ MIB: String(definition.ramBytes / 2 ** 20), APPEND: definition.boot.commandLine },
      ...{ CPUS: String(definition.cpus), SERIAL: definition.disks[0]?.serial ?? '' },
    };
    const digits = world.recovery().toString('latin1');
    const told = await shell({ script: list ?? '', cwd: world.ground, environment, input: digits });
    // The list is sorted by time: the newest stands last, under the last name of eight letters.
    const SNAPSHOT = [...told.matchAll(/^([0-9a-f]{8}) /gm)].at(-1)?.[1] ?? '';
    expect(told).toContain('generation-2');
    await shell({
      script: (restore ?? '').split('\n')[0] ?? '',
      cwd: world.ground,
      environment: { ...environment, SNAPSHOT },
      input: digits,
    });
    const cwd = join(world.ground, 'out/guests/witness');
    const plain = { cwd, environment, input: '' };
    await shell({ ...plain, script: convert ?? '' });
    const said = await shell({ ...plain, script: sums ?? '' });
    const recorded = await readFile(join(cwd, GENERATION, 'sums.json'), 'utf8');
    for (const line of said.trim().split('\n')) expect(recorded).toContain(line.split(' ')[0]);
    const tick = /W1 nonce=([0-9a-f]{16}) n=(\d+) ram=ok\/\d+ disk=ok\/\d+/;
    // It starts, as after a power cut.
    await shell({ ...plain, script: start ?? '', until: tick });
    // With the disk of that moment again, the saved programs go on.
    await shell({ ...plain, script: convert ?? '' });
    await writeFile(join(cwd, 'ram.py'), program ?? '');
    const woken = tick.exec(await shell({ ...plain, script: goOn ?? '', until: tick }));
    expect(woken?.[1]).toBe(left.nonce);
    expect(Number(woken?.[2])).toBeGreaterThan(left.n);
  }, 600_000);
});

/** The page's blocks of that language, in order. */
async function commandsOf(path: string, language: 'sh' | 'py'): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  const blocks = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g');
  return [...text.matchAll(blocks)].map((found) => found[1] ?? '');
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
