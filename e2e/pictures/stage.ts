// Opens the built renderer in a real Electron window with the fake kiosk behind it, and shows Views in it.
import { join } from 'node:path';
import { _electron, type Page } from '@playwright/test';
import { now, stories, viewOf } from '../../app/views.fixture';
import { compiled } from '../../main/keyboard/compiled.fixture';
import { keyboardsOf } from '../../main/keyboard/keyboard';
import { channelNames } from '../../preload/contract/channel-names';
import type { KeyRows } from '../../preload/contract/keyboard';
import type { View } from '../../preload/contract/view';
import type { Display } from './display';
import { installFake } from './fake-kiosk';

const root = join(import.meta.dirname, '../..');

/** Where the PNGs go. */
export const pictures = join(root, 'out/pictures');

export interface Stage {
  readonly page: Page;
  /** Shows a View and waits until it is drawn with its fonts. */
  readonly show: (view: View) => Promise<void>;
  /** What the fake was asked for since the start, secrets only by their length. */
  readonly asked: () => Promise<string[]>;
  readonly close: () => Promise<void>;
}

/** `hash` chooses the page: '' the main screen, 'bar' the bar. The sandbox is on unless we are root. */
export async function openStage(display: Display, hash: '' | 'bar'): Promise<Stage> {
  const electron = await _electron.launch({
    executablePath: join(root, 'out/electron/electron'),
    args: [
      join(import.meta.dirname, 'shell'),
      '--disable-gpu',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    env: { ...process.env, DISPLAY: display.name, SOULPAD_PAGE: hash } as Record<string, string>,
  });
  const page = await electron.firstWindow();
  page.on('console', (message) => {
    if (message.type() === 'error') throw new Error(message.text());
  });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.clock.setFixedTime(now);
  const layouts = await keyboardsOf({ display: display.name, authority: null }).list();
  const rows: Record<string, KeyRows> = {};
  for (const layout of ['us', 'es', 'fr', 'ara']) rows[layout] = (await compiled(layout)).rows;
  await installFake(page, channelNames, { view: viewOf(stories.starting), layouts, rows });
  await page.reload();
  return {
    page,
    show: (view) =>
      page.evaluate(async (next) => {
        window.fakeKiosk.show(next);
        await document.fonts.ready;
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      }, view),
    asked: () => page.evaluate(() => window.fakeKiosk.asked),
    close: () => electron.close(),
  };
}
