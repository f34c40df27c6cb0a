// The tour's third part: the guest has the whole screen, and the controls are a touch of its edge or a key away, on a small
// screen and on a large one, in the dark, in a language with long words and in one that reads from right to left. The guest
// is the tiny test guest, which no agent tells the screen's size: it is scaled, whole.
import { expect, test } from '@playwright/test';
import { sectionSchema } from '../../preload/contract/controls';
import type { Language, Look } from '../../preload/contract/view';
import { bringBar, pointAndClick, suspend, unlock } from '../support/acts';
import { type Desk, type Kiosk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault, type VaultDesk } from '../support/starting-points';
import { until } from '../support/system';
import { listenToWitness } from '../support/witness';
import { type Album, type Book, openAlbum } from './album';
import { settle } from './first-run';

const book: Book = {
  folder: 'display',
  title: 'The tour, third part: your desktop has the screen, and a bar that comes when it is called',
  thrownAway: 'its passphrase opens nothing',
  story: `The desktop fills the screen, whatever screen that is. A touch of the top edge brings a bar, Super and Escape a
page with everything that can be done from outside. A way to fill the screen that was chosen by hand is asked about for ten
seconds and taken back when nobody answers: nobody may see the question.`,
};
const patience = 10 * 60_000;

interface Room {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly language: Language;
  readonly theme: Look['theme'];
  readonly caption: string;
}

const small = { width: 1024, height: 768 };
const rooms: readonly Room[] = [
  { name: 'small', size: small, language: 'en', theme: 'light', caption: 'A small screen' },
  {
    name: 'large',
    size: { width: 3840, height: 2160 },
    language: 'en',
    theme: 'dark',
    caption: 'A large screen, dark',
  },
  { name: 'french', size: small, language: 'fr', theme: 'light', caption: 'French' },
  { name: 'arabic', size: small, language: 'ar', theme: 'dark', caption: 'Arabic, from right to left, dark' },
];

interface Scene {
  readonly desk: Desk;
  readonly kiosk: Kiosk;
  readonly album: Album;
  readonly room: Room;
}

test('the tour, third part: the display is ceded, and the controls are within reach', async () => {
  let desk: Desk | null = null;
  // One album over several screens.
  const camera = { photograph: (file: string) => desk?.photograph(file) };
  const album = openAlbum(camera, book);
  for (const room of rooms) {
    const own: VaultDesk = await setUpVault({ size: room.size });
    desk = own;
    try {
      // Once before: a guest that was never left has told nobody how large its screen is.
      const first = await startKiosk(own);
      await unlock(own, first);
      await first.at('live', patience);
      await counted(own);
      await suspend(own, first);
      const kiosk = await startKiosk(own);
      const scene = { desk: own, kiosk, album, room };
      await choose(scene);
      const opened = album.clock(`${room.caption}: unlock, until the desktop has the screen`, 'waits');
      own.type(passphrase);
      own.press('Return');
      await kiosk.at('live', patience);
      opened();
      await counted(own);
      await showControls(scene);
      await kiosk.quit();
    } finally {
      await own.end();
    }
  }
  console.log(`the tour's third part is in ${album.publish({ guest: 'tiny test guest', kvm: false })}`);
});

/** The guest is up and draws. */
async function counted(desk: VaultDesk): Promise<void> {
  const witness = await listenToWitness(desk.serialSocket(), patience);
  await witness.tick(({ n }) => n >= 3);
  witness.close();
}

/** The colours and the language, by pointer, at the unlock screen. */
async function choose({ desk, kiosk, room }: Scene): Promise<void> {
  await kiosk.at('locked');
  const { page } = kiosk;
  const close = (): Promise<void> => pointAndClick(desk, page.locator('dialog .row button'));
  await pointAndClick(desk, page.getByRole('button', { name: 'Easier to see' }));
  await pointAndClick(desk, page.locator('.choice', { hasText: room.theme === 'dark' ? /^Dark/ : /^Light/ }));
  await close();
  await pointAndClick(desk, page.getByRole('button', { name: 'Language: English' }));
  await pointAndClick(desk, page.locator(`.choice[lang="${room.language}"]`));
  await expect(page.locator('html')).toHaveAttribute('lang', room.language);
  await close();
  await pointAndClick(desk, page.locator('#passphrase'));
}

async function showControls({ desk, kiosk, album, room }: Scene): Promise<void> {
  const take = async (name: string, caption: string): Promise<void> => {
    await settle();
    album.take(`${room.name}-${name}`, `${room.caption}: ${caption}`);
  };
  desk.point(room.size.width / 2, room.size.height - 40);
  await take('hint', 'for its first seconds the bar says how to bring it');
  const bar = await kiosk.bar();
  await pointAndClick(desk, bar.getByRole('button').last());
  await until('the bar is away', async () => !(await kiosk.barIsShown()));
  await take('desktop', 'the desktop has it all');
  await bringBar(desk, kiosk, room.size.width);
  await take('bar', 'the top edge brings the bar');
  desk.press('super+Escape');
  const tabs = kiosk.page.getByRole('tab');
  await tabs.first().waitFor();
  for (const [index, section] of sectionSchema.options.entries()) {
    await pointAndClick(desk, tabs.nth(index));
    await expect(tabs.nth(index)).toHaveAttribute('aria-selected', 'true');
    await take(section, section);
  }
  await tryOther({ desk, kiosk, album, room });
}

/** Another way to fill the screen; nobody answers, and it is as it was. */
async function tryOther({ desk, kiosk, album, room }: Scene): Promise<void> {
  const { page } = kiosk;
  await pointAndClick(desk, page.locator('#tab-display'));
  await pointAndClick(desk, page.locator('.tab-panel .choice:not(.on)').first());
  await until('the question', () => kiosk.barIsShown());
  await settle();
  album.take(`${room.name}-trial`, `${room.caption}: another way to fill it, and the question`);
  await until('it is as it was', async () => !(await kiosk.barIsShown()), 60_000);
}
