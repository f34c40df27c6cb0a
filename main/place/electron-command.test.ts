import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { electronCommand } from './electron-command';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-electron-'));
afterAll(() => rmSync(folder, { recursive: true }));
const environment = { SOULPAD_NO_SANDBOX: '1' };

function program(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
}

it('runs the checkout with the runtime that set-up provided', () => {
  const electron = program('checkout/out/electron/electron');
  const programs = join(folder, 'checkout/out/programs');
  expect(electronCommand({ environment, extra: ['--x'], programs })).toEqual({
    ok: true,
    value: { program: electron, args: ['--no-sandbox', join(folder, 'checkout'), '--x'] },
  });
});

it('runs the packaged app by its own binary', () => {
  const app = program('packaged/soulpad');
  const programs = join(folder, 'packaged/resources/programs');
  expect(electronCommand({ environment, extra: [], programs })).toMatchObject({ value: { program: app } });
});

it('says how to get the runtime when there is none', () => {
  const programs = join(folder, 'nothing/out/programs');
  expect(electronCommand({ environment, extra: [], programs })).toMatchObject({
    fault: { code: 'toolMissing' },
  });
});

it('leaves the sandbox on without the word of set-up, and so refuses root', () => {
  program('checkout/out/electron/electron');
  const programs = join(folder, 'checkout/out/programs');
  const command = electronCommand({ environment: {}, extra: [], programs });
  if (process.getuid?.() === 0) expect(command).toMatchObject({ fault: { code: 'denied' } });
  else expect(command.ok && command.value.args.includes('--no-sandbox')).toBe(false);
});
