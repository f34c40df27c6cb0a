// The CLI as a real process on a real terminal: what is typed must never be shown, whatever happens.
import { join } from 'node:path';
import { spawn as spawnOnTerminal } from 'node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../process/run';
import {
  ask,
  askOk,
  builtPrograms,
  endWorlds,
  makeWorld,
  passphrase,
  until,
  type World,
} from './cli.fixture';
import { surface } from './surface';

let world: World;

beforeAll(async () => {
  await builtPrograms();
  world = makeWorld();
});
afterAll(endWorlds);

/** Types each answer once its question is there. `shown`: all that the terminal showed. */
async function type(args: readonly string[], answers: readonly (readonly [string, string])[]) {
  const program = join(await builtPrograms(), 'soulpad.cjs');
  const terminal = spawnOnTerminal(process.execPath, [program, ...args], { env: { ...world.environment } });
  let shown = '';
  let status: number | null = null;
  terminal.onData((text) => {
    shown += text;
  });
  terminal.onExit(({ exitCode }) => {
    status = exitCode;
  });
  let from = 0;
  for (const [question, answer] of answers) {
    await until(() => shown.indexOf(question, from) >= 0 || status !== null);
    from = shown.indexOf(question, from) + question.length;
    terminal.write(answer);
  }
  await until(() => status !== null, 30_000);
  return { shown, status };
}

describe('a passphrase on a terminal', () => {
  it('is asked for twice to make a vault, and never shown', async () => {
    const { shown, status } = await type(
      ['vault', 'create'],
      [
        ['Passphrase for the new vault: ', `${passphrase}\r`],
        ['The same passphrase again: ', `${passphrase}\r`],
      ],
    );
    expect(status).toBe(0);
    expect(shown).toContain('is closed.');
    for (const word of passphrase.split(' ').filter((part) => part.length > 3))
      expect(shown).not.toContain(word);
  });

  it('opens what it made, with typing errors taken back', async () => {
    const typed = `wrong${'\x7f'.repeat(5)}${passphrase}ñé\x7f\x7f\x1b[D\r`;
    const { shown, status } = await type(['vault', 'open'], [['Passphrase: ', typed]]);
    expect(status).toBe(0);
    expect(shown).not.toContain('wrong');
    expect(world.mounts()).toHaveLength(1);
    const closed = await askOk({ world, args: ['vault', 'close'] }, surface['vault.close']);
    expect(closed.state).toBe('closed');
    expect(world.mounts()).toEqual([]);
  });

  it('is given up with Ctrl+C, and nothing was opened', async () => {
    const { status } = await type(['vault', 'open'], [['Passphrase: ', 'half a pass\x03']]);
    expect(status).toBe(75);
    expect(world.mounts()).toEqual([]);
  });

  it('is not asked for where there is no vault', async () => {
    const { shown, status } = await type(['vault', 'open', '--home', join(world.runtime, 'none')], []);
    expect(status).toBe(66);
    expect(shown).not.toContain('Passphrase:');
  });

  it('makes no vault when the second differs', async () => {
    const home = join(world.runtime, 'differs');
    const { status, shown } = await type(
      ['vault', 'create', '--home', home],
      [
        ['Passphrase for the new vault: ', `${passphrase}\r`],
        ['The same passphrase again: ', `${passphrase}x\r`],
      ],
    );
    expect(status).toBe(64);
    expect(shown).toContain('not the same');
    const there = await ask({ world, args: ['vault', 'status', '--home', home] });
    expect(there.status).toBe(66);
  });
});

describe('a passphrase on a descriptor', () => {
  const open = ['vault', 'open', '--passphrase-fd', '3'];

  it('is refused when a key USB is named too, and without both there must be a terminal', async () => {
    const both = await ask({ world, args: [...open, '--key', '/tmp'], descriptor3: passphrase });
    expect(both.status).toBe(64);
    const neither = await ask({ world, args: ['vault', 'open'] });
    expect(neither.status).toBe(64);
    expect(world.mounts()).toEqual([]);
  });

  it.each([
    ['', 64],
    ['\n', 64],
    ['x'.repeat(1025), 64],
    [`${passphrase}\n\n`, 77],
    [passphrase.toUpperCase(), 77],
  ])('that is empty, too long or wrong mounts nothing (%#)', async (given, status) => {
    const answer = await ask({ world, args: open, descriptor3: given });
    expect(answer.status).toBe(status);
    expect(answer.envelope).toMatchObject({ schema: 'soulpad/vault.open/1', ok: false });
    expect(world.mounts()).toEqual([]);
  });

  // 4 to 20: nobody gave them, so they are closed, or Node's own and must be neither read nor closed.
  const notGiven = Array.from({ length: 17 }, (_, at) => String(at + 4));
  it.each(['x', '-1', '1', '2', '3.5', '99999', ...notGiven])(
    'must be one that was given: %s',
    async (descriptor) => {
      const answer = await ask({ world, args: ['vault', 'open', `--passphrase-fd=${descriptor}`] });
      expect(answer).toMatchObject({ status: 64, envelope: { fault: { code: 'usage' } } });
    },
  );

  it('opens with or without its final line feed, in either Unicode form', async () => {
    for (const given of [passphrase, `${passphrase}\n`, passphrase.normalize('NFD')]) {
      const opened = await askOk({ world, args: open, descriptor3: given }, surface['vault.open']);
      expect(opened).toMatchObject({ state: 'open', mountPoint: world.mounts()[0] });
      await askOk({ world, args: ['vault', 'close'] }, surface['vault.close']);
    }
  });

  it('may come from a process substitution, of which bash leaves us two reading ends', async () => {
    const program = join(await builtPrograms(), 'soulpad.cjs');
    const script = `"$0" "$1" vault open --json --passphrase-fd 7 7< <(printf %s "$SECRET")`;
    const opened = await run({
      program: 'bash',
      args: ['-c', script, process.execPath, program],
      stage: 'test',
      // The test's own shell has to have it from somewhere; the program under test gets it on the descriptor.
      env: { ...world.environment, SECRET: passphrase },
      timeoutMs: 60_000,
    });
    expect(opened.ok && opened.value.status).toBe(0);
    await askOk({ world, args: ['vault', 'close'] }, surface['vault.close']);
  });

  it('must be long enough for a new vault', async () => {
    const home = join(world.runtime, 'short');
    const answer = await ask({
      world,
      args: ['vault', 'create', '--passphrase-fd', '3', '--home', home],
      descriptor3: 'nineteen characters',
    });
    expect(answer.status).toBe(64);
    expect(answer.envelope).toMatchObject({ fault: { code: 'secretTooShort' } });
  });
});
