// The small Debian desktop under the kiosk, as its owner lives with it: a letter is begun, the stick is carried away, and
// the letter goes on elsewhere. What the guest holds is asked of the guest (its agent), not of our screen.
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { suspend, suspendByBar, unlock } from '../support/acts';
import { clientScript, differenceOf, type Inside, insideOf, listenForGuest } from '../support/desktop-guest';
import { startKiosk } from '../support/kiosk';
import { setUpDesktop } from '../support/starting-points';
import { until } from '../support/system';

const letter = '/home/owner/letter.txt';

/** What happens inside a guest in software emulation takes long where other work runs beside it. */
const patience = 180_000;

/** Cycles after the first suspend. */
const cycles = process.env.SOULPAD_FULL === undefined ? 1 : 20;

const title = `a letter goes on after ${cycles} resumes, the clock is right, programs reconnect, a reboot works`;

// Of the full suite: without KVM it boots a whole system twice, and the image that it needs is built for minutes first.
test(title, { tag: '@full' }, async () => {
  test.setTimeout(1_200_000 + cycles * 180_000);
  const desk = await setUpDesktop();
  const listener = await listenForGuest();
  try {
    const first = await startKiosk(desk);
    await unlock(desk, first);
    await first.at('live', 120_000);
    const booted = await insideOf(desk, desk.guest);
    await booted.start(`mousepad ${letter}`);
    await booted.start(clientScript(listener.port));
    await until('the editor', async () => (await booted.activeWindow()).includes('letter'), patience);
    let written = '';
    // Saved again only after a while: a guest in software emulation answers a key late, and keys would pile up.
    const write = async (inside: Inside, words: string): Promise<void> => {
      written += words;
      desk.type(words);
      const saved = async (): Promise<boolean> =>
        (await inside.run(`cat ${letter} 2>/dev/null || true`)).trim() === written.trim();
      await until(
        `the letter says ${written}`,
        async () => {
          desk.press('ctrl+s');
          return until('it is saved', saved, 10_000).catch(() => false);
        },
        patience,
      );
    };
    await until('the client in the guest', () => listener.lines() > 1, patience);
    await write(booted, 'dear marigold ');
    const bootId = await booted.run('cat /proc/sys/kernel/random/boot_id');
    booted.close();
    const left = join(desk.folder, 'left.png');
    desk.photograph(left);
    const acts = desk.acts();
    await suspendByBar(desk, first);
    expect(desk.acts() - acts).toBe(1);
    await first.quit();

    for (let cycle = 1; cycle <= cycles; cycle++) {
      const before = listener.connections();
      const acts = desk.acts();
      const kiosk = await startKiosk(desk);
      await unlock(desk, kiosk);
      await kiosk.at('live', 120_000);
      expect(desk.acts() - acts).toBe(1);
      if (cycle === 1) {
        const found = join(desk.folder, 'found.png');
        await until(
          'the same letter on the screen',
          () => {
            desk.photograph(found);
            return differenceOf(left, found) < 0.01;
          },
          patience,
        );
      }
      const inside = await insideOf(desk, desk.guest);
      expect(await inside.run('cat /proc/sys/kernel/random/boot_id')).toBe(bootId);
      await until(
        'the client is back',
        () => listener.connections() > before && listener.lines() > 0,
        patience,
      );
      const clock = await inside.clockAhead();
      expect(Math.abs(clock.seconds)).toBeLessThanOrEqual(2 + clock.within);
      await write(inside, `line ${cycle} `);
      if (cycle < cycles) {
        inside.close();
        const before = desk.acts();
        await suspendByBar(desk, kiosk);
        expect(desk.acts() - before).toBe(1);
        await kiosk.quit();
        continue;
      }
      // A reboot of the resumed guest goes through its own firmware and boot loader.
      await inside.run('systemctl --no-block reboot');
      inside.close();
      await until(
        'another boot of the guest',
        async () => {
          const again = await insideOf(desk, desk.guest).catch(() => null);
          const now = await again?.run('cat /proc/sys/kernel/random/boot_id').catch(() => bootId);
          again?.close();
          return now !== undefined && now !== bootId;
        },
        600_000,
      );
      await suspend(desk, kiosk);
    }
    const saved = (await desk.timeline()).generations.filter(({ number }) => number > 0);
    expect(saved.length).toBeGreaterThan(1);
    for (const each of saved) expect(each).toMatchObject({ engine: 'lazy', verified: true, damage: null });
  } finally {
    await listener.end();
    await desk.end();
  }
});
