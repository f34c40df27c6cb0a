import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askTool, isNewEnough } from './ask-tool';
import { examine } from './doctor';
import { readElectronNote } from './electron-note';
import { probeDevice, probeSandbox } from './probes';
import { type Tool, tools } from './tools';

let folder: string;
const path = process.env.PATH;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpad-doctor-'));
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

/** A program that prints this and ends so. */
function program(name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const example: Tool = {
  name: 'example',
  program: 'example',
  args: ['--version'],
  version: /version (\d+\.\d+)/,
  least: [9, 0],
  package: 'example-package',
  neededAt: 'everywhere',
  use: 'stands for any tool',
};

describe('asking a tool for its version', () => {
  it.each([
    ['echo version 9.0', { present: true, version: '9.0', ok: true }],
    ['echo version 10.0 >&2; exit 1', { present: true, version: '10.0', ok: true }],
    ['echo version 8.2', { present: true, version: '8.2', ok: false }],
    ['echo something else', { present: true, version: null, ok: false }],
    ['exit 127', { present: false, version: null, ok: false }],
    ['kill -9 $$', { present: false, version: null, ok: false }],
    ['yes version 9.0', { present: false, version: null, ok: false }],
  ])('believes what it says when it runs: %s', async (script, answer) => {
    expect(await askTool({ ...example, program: program('example', script) })).toEqual(answer);
  });

  it('says that a tool is missing when it is', async () => {
    expect(await askTool({ ...example, program: join(folder, 'none') })).toMatchObject({ present: false });
  });

  it('compares numbers, not letters', () => {
    expect(isNewEnough('10.0.2', [9, 0])).toBe(true);
    expect(isNewEnough('9.10', [9, 2])).toBe(true);
    expect(isNewEnough('8.99', [9, 0])).toBe(false);
    expect(isNewEnough('1', null)).toBe(true);
  });
});

describe('the report', () => {
  it('is good only when everything this place needs is there', async () => {
    const seen = await examine({ place: 'virtual', environment: {} });
    expect(seen.tools.map((tool) => tool.name)).toEqual(tools.map((tool) => tool.name));
    const lacking = seen.tools.filter((tool) => tool.required && !tool.ok);
    expect(seen.ok).toBe(lacking.length === 0 && seen.vaultKinds.length > 0);
    expect(seen.tools.filter((tool) => tool.name === 'Xephyr')).toMatchObject([{ required: false }]);
  });

  it('names the command that gets what is missing', async () => {
    process.env.PATH = folder;
    const seen = await examine({ place: 'desk', environment: { SOULPAD_NO_SANDBOX: '1' } });
    expect(seen).toMatchObject({ ok: false, sandbox: 'off', vaultKinds: [], engines: [] });
    expect(seen.qemu).toEqual({ version: null, ok: false });
    const qemu = seen.tools.find((tool) => tool.name === 'qemu-system-x86_64');
    expect(qemu?.how).toMatch(/^sudo apt-get install .*-backports qemu-system-x86$/);
    expect(seen.tools.find((tool) => tool.name === 'Xephyr')).toMatchObject({ required: true, ok: false });
  });
});

describe('probes', () => {
  it('try a device by opening it', () => {
    expect(probeDevice('/dev/null')).toBe('usable');
    expect(probeDevice(join(folder, 'none'))).toBe('absent');
  });

  it('find no sandbox where neither namespaces nor a setuid helper are to be had', async () => {
    program('unshare', 'exit 1');
    program('setpriv', 'exit 1');
    process.env.PATH = `${folder}:${path}`;
    const about = {
      uid: process.getuid?.() ?? 0,
      switchedOff: false,
      helper: join(folder, 'chrome-sandbox'),
    };
    expect(await probeSandbox(about)).toBe('none');
    program('chrome-sandbox', '');
    expect(await probeSandbox(about)).toBe('none');
  });
});

describe('the note on Electron', () => {
  it('is found above our own folder, and believed only in its own shape', () => {
    const inside = join(folder, 'out/programs');
    mkdirSync(inside, { recursive: true });
    const note = join(folder, 'out/electron.json');
    writeFileSync(note, JSON.stringify({ version: '33.2.1', source: 'registry', sha512: 'x' }));
    expect(readElectronNote(inside)).toMatchObject({ version: '33.2.1', source: 'registry' });
    for (const wrong of ['{', '[]', '{"version":1,"source":"official"}', '{"version":"1","source":"mine"}']) {
      writeFileSync(note, wrong);
      expect(readElectronNote(inside)).toEqual({ version: null, source: 'none', sandboxHelper: null });
    }
  });
});
