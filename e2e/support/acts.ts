// What a person does in more than one scenario, by the keys and buttons of the screen, and what they read on a fault.
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { z } from 'zod';
import { soulpadOk } from './cli';
import type { Desk, Kiosk } from './kiosk';
import { passphrase, type VaultDesk } from './starting-points';
import { until } from './system';

export async function unlock(desk: Desk, kiosk: Kiosk): Promise<void> {
  await kiosk.at('locked');
  desk.type(passphrase);
  desk.press('Return');
}

/** The screen's own pointer, in the middle of it. */
export async function pointAndClick(desk: Desk, what: Locator): Promise<void> {
  await what.scrollIntoViewIfNeeded();
  const box = await what.boundingBox();
  if (box === null) throw new Error(`${what} is not on the screen`);
  desk.point(Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2));
  desk.click();
}

/** The pointer is pushed to the middle of the top edge until the bar comes; the bar's page. */
export async function bringBar(desk: Desk, kiosk: Kiosk, width = 1024): Promise<Page> {
  const middle = Math.round(width / 2);
  desk.point(middle, 400);
  desk.point(middle, 0);
  const bar = await kiosk.bar();
  await until('the bar on the screen', () => kiosk.barIsShown());
  return bar;
}

/** Covers the guest with the control page by the hot key and suspends from there; the kiosk stays at its last screen. */
export async function suspendByHotKey(desk: Desk, kiosk: Kiosk): Promise<void> {
  await kiosk.at('live');
  desk.press('super+Escape');
  await kiosk.page.getByRole('button', { name: /Suspend/ }).click();
  await kiosk.at('safe', 120_000);
}

/** The pointer goes to the top edge, the bar comes, one click suspends; the kiosk stays at its last screen. */
export async function suspendByBar(desk: Desk, kiosk: Kiosk): Promise<void> {
  await kiosk.at('live');
  const bar = await bringBar(desk, kiosk);
  await pointAndClick(desk, bar.getByRole('button', { name: /Suspend/ }));
  await kiosk.at('safe', 120_000);
}

/** Once the guest is there: all is well, it is saved, and the kiosk ends. */
export async function suspend(desk: Desk, kiosk: Kiosk): Promise<void> {
  await suspendByHotKey(desk, kiosk);
  await kiosk.quit();
}

/** The fault screen: its news, its words for a helper, its buttons, in the person's reading order. */
export async function expectFault(
  kiosk: Kiosk,
  told: {
    readonly title: string;
    readonly safe: string;
    readonly code: string;
    readonly exits: readonly (string | RegExp)[];
  },
): Promise<void> {
  await kiosk.at('fault');
  const { page } = kiosk;
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(told.title);
  await expect(page.getByRole('alert')).toContainText(told.safe);
  await expect(page.getByText(`Show this to a helper`)).toBeVisible();
  await expect(page.locator('summary, [aria-expanded]').filter({ hasText: told.code })).toBeVisible();
  await expect(page.locator('.acts button')).toHaveText([...told.exits]);
}

/** Counts the fault screens from now on: the next one may look just like this one. A page that a fresh one replaces counts too. */
export async function countFaults(kiosk: Kiosk): Promise<() => number> {
  let faults = 0;
  const hear = async (page: Page): Promise<void> => {
    await page.waitForLoadState('domcontentloaded');
    if (page.url().endsWith('#bar')) return;
    await page.exposeFunction('tellFault', () => faults++);
    await page.evaluate(() => {
      window.kiosk.onView(({ story }) => {
        if (story.state === 'fault') Reflect.get(window, 'tellFault')();
      });
    });
  };
  const hearWhileOpen = (page: Page): Promise<void> =>
    hear(page).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.includes('has been closed')) throw error;
    });
  kiosk.app.on('window', (page) => {
    void hearWhileOpen(page);
  });
  await Promise.all(kiosk.app.windows().map(hearWhileOpen));
  return () => faults;
}

/** Changes files inside the vault as somebody would who had it open elsewhere. */
export async function insideVault(desk: VaultDesk, change: (guest: string) => void): Promise<void> {
  const { env } = desk;
  const open = z.looseObject({ mountPoint: z.string() });
  const { mountPoint } = await soulpadOk({ args: ['vault', 'open'], env, passphrase }, open);
  try {
    change(join(mountPoint, 'guests/witness'));
  } finally {
    await soulpadOk({ args: ['vault', 'close'], env }, z.unknown());
  }
}
