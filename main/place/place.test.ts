import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findPlace, toldPlace } from './place';
import { startXServer } from './x-server';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-place-'));
afterAll(() => rmSync(folder, { recursive: true }));
const nowhere = join(folder, 'no-marker');

it('is virtual without a display, and with one that does not answer', async () => {
  expect(await findPlace({}, nowhere)).toEqual({ place: 'virtual', desktop: null });
  const silent = { DISPLAY: ':59999', WAYLAND_DISPLAY: join(folder, 'no-socket') };
  expect(await findPlace(silent, nowhere)).toEqual({ place: 'virtual', desktop: null });
});

it('is the desk on an X server that answers, and only with its cookie', async () => {
  const server = await startXServer({ kind: 'xvnc', width: 800, height: 600, under: join(folder, 'x') });
  if (!server.ok) throw new Error(server.fault.message);
  const { display, authority } = server.value;
  try {
    const with_ = { DISPLAY: display, XAUTHORITY: authority };
    expect(await findPlace(with_, nowhere)).toEqual({ place: 'desk', desktop: 'x11' });
    const without = { DISPLAY: display, XAUTHORITY: join(folder, 'none') };
    expect((await findPlace(without, nowhere)).place).toBe('virtual');
  } finally {
    await server.value.end();
  }
});

it('is the desk on a Wayland socket that takes connections', async () => {
  const path = join(folder, 'wayland-0');
  const server = createServer().listen(path);
  const found = await findPlace({ WAYLAND_DISPLAY: 'wayland-0', XDG_RUNTIME_DIR: folder }, nowhere);
  server.close();
  expect(found).toEqual({ place: 'desk', desktop: 'wayland' });
});

it('is the stick where the marker lies, whatever else there is', async () => {
  const marker = join(folder, 'stick');
  writeFileSync(marker, '');
  expect((await findPlace({}, marker)).place).toBe('stick');
});

it('is told to Electron in one variable, and nonsense there is nothing', () => {
  expect(toldPlace({ SOULPAD_PLACE: 'desk' })).toBe('desk');
  expect(toldPlace({ SOULPAD_PLACE: 'moon' })).toBeNull();
  expect(toldPlace({})).toBeNull();
});
