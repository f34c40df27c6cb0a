import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes, faultCodes } from '../../preload/contract/fault';
import { ok } from '../../preload/contract/result';
import { parseRequest } from './arguments';
import { helpLines } from './help';
import { optionNames, options } from './options';
import { schemaName, surface } from './surface';
import { verb } from './verb';
import { verbs } from './verbs';

const parse = (line: string) => parseRequest(line === '' ? [] : line.split(' '), verbs);

describe('what is typed', () => {
  it('names a verb, its operand and its options in any order', () => {
    const read = parse('guest --json run witness --headless --home /x --engine=full');
    expect(read).toMatchObject({
      ok: true,
      value: {
        kind: 'verb',
        verb: { topic: 'guest.run' },
        json: true,
        operand: 'witness',
        values: { home: '/x', engine: 'full' },
      },
    });
  });

  it.each([
    ['frobnicate', 'no such verb'],
    ['vault', 'vault needs one of: create, open'],
    ['vault frob', 'vault needs one of'],
    ['--json', 'a verb is missing'],
    ['guest run', 'guest run needs its ID'],
    ['guest run a b', '1 word(s) too many'],
    ['doctor --headless', 'doctor takes no --headless'],
    ['vault open --frob', 'there is no option --frob'],
    ['vault open -x', 'there is no option --x'],
    ['vault open --home', '--home needs a value'],
    ['vault open --home --json', '--home needs a value'],
    ['vault open --home=', '--home needs a value'],
    ['vault open --home /a --home /b', '--home was given twice'],
    ['vault open --json=yes', '--json takes no value'],
    ['vault create --key /mnt', 'vault create takes no --key'],
  ])('is refused as bad use: %s', (line, says) => {
    const read = parse(line);
    expect(read).toMatchObject({ ok: false, fault: { code: 'usage' } });
    expect(read.ok ? '' : read.fault.message).toContain(says);
  });

  it('is never repeated where it may be a secret in the wrong place', () => {
    for (const line of [
      'vault open --passphrase=hunter2hunter2',
      'vault open hunter2hunter2',
      'hunter2hunter2',
      'vault open --pass:hunter2hunter2',
      'vault hunter2hunter2',
    ]) {
      expect(JSON.stringify(parse(line))).not.toContain('hunter2hunter2');
    }
  });

  it('may ask for help at any place, and of one family', () => {
    expect(parse('')).toMatchObject({ ok: true, value: { kind: 'help' } });
    expect(parse('guest run -h')).toMatchObject({ ok: true, value: { kind: 'help', about: [{}] } });
    const family = parse('vault --help');
    expect(family.ok && family.value.kind === 'help' && family.value.about.length).toBe(10);
  });
});

describe('docs/surface.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/surface.md'), 'utf8');

  it('tells every option, every fault code and every field', () => {
    for (const name of optionNames) expect(page).toContain(`--${name}`);
    for (const code of faultCodes) expect(page).toMatch(new RegExp(`\\b${code}\\b`));
    const fields = Object.values(surface).flatMap((schema) => Object.keys(schema.shape));
    for (const field of fields) expect(page, field).toContain(`"${field}"`);
  });

  it('gives each fault code the exit status it has', () => {
    for (const [code, status] of Object.entries(exitCodes)) {
      const row = page.split('\n').find((line) => line.startsWith(`| ${status} |`));
      expect(row, code).toContain(code);
    }
  });
});

describe('the table of verbs', () => {
  it('has a schema for the answer of every verb, and no schema without a verb', () => {
    expect(new Set([...verbs.map((each) => each.topic), 'version'])).toEqual(new Set(Object.keys(surface)));
    expect(schemaName('vault.create')).toBe('soulpad/vault.create/1');
  });

  it('is told in full by the help', () => {
    const text = [...helpLines(verbs), ...verbs.flatMap((each) => helpLines([each]))].join('\n');
    for (const each of verbs) expect(text).toContain(each.words.join(' '));
    for (const name of optionNames) expect(text).toContain(`--${name}`);
  });

  it('has no option that would take a secret as its value', () => {
    for (const name of optionNames) expect(options[name].value ?? '').not.toMatch(/PASS|SECRET/);
  });

  it('lets a verb tell its data and a fault beside it', async () => {
    const damaged = verb({
      topic: 'guest.shutdown',
      words: ['x'],
      operand: null,
      options: [],
      help: '',
      run: async () => ok({ id: 'a', pressed: true, off: false }),
      say: () => ['said'],
      judge: () => ({ code: 'damagedState', stage: 'test', message: 'broken' }),
    });
    const asked = {
      ...{ place: '/', home: '/', operand: '', values: {}, flags: new Set<never>() },
      ...{ onProgress: () => {}, warn: () => {}, signal: new AbortController().signal },
    };
    const said = await damaged.answer(asked);
    expect(said).toMatchObject({ ok: true, value: { fault: { code: 'damagedState' }, data: { id: 'a' } } });
  });
});
