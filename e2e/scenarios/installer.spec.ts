// A guest that has no agent and that we did not make: Debian's own installer, as somebody meets it who brings a system of
// their own. On every screen its first page is there, can be read, and lies within the screen; on the next screen the same
// one goes on.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { repository, soulpadOk } from '../support/cli';
import { startKiosk } from '../support/kiosk';
import { openScreen, unlockOn } from '../support/other-screen';
import { passphrase, setUpVault } from '../support/starting-points';
import { until } from '../support/system';

/** Of the package debian-installer-12-netboot-amd64. */
const images = '/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64';

const screens = [
  { width: 1024, height: 768, randr: true },
  { width: 1920, height: 1080, randr: true },
  { width: 3840, height: 2160, randr: true },
  { width: 1080, height: 1920, randr: true },
  { width: 800, height: 600, randr: false },
] as const;

/** On its first page; five of them are legible where the page is, and nowhere else. */
const languages = [
  ...[
    'Albanian',
    'Bosnian',
    'Croatian',
    'Danish',
    'Dutch',
    'Estonian',
    'Finnish',
    'German',
    'Greek',
    'Hebrew',
  ],
  ...[
    'Asturianu',
    'Shqip',
    'Hrvatski',
    'Dansk',
    'Deutsch',
    'Galego',
    'Nederlands',
    'Suomi',
    'Magyar',
    'Italiano',
  ],
];

/** A guest in software emulation beside other work. */
const patience = 600_000;

test('the Debian installer, which nobody can ask for another size, is whole and can be read on every screen', {
  tag: '@full',
}, async () => {
  test.skip(!existsSync(images), 'needs Debian’s package debian-installer-12-netboot-amd64');
  test.setTimeout((1 + screens.length) * patience);
  const desk = await setUpVault({ guests: 0 });
  const { env } = desk;
  await soulpadOk({ args: ['vault', 'open'], env, passphrase }, z.unknown());
  const installer = ['--kernel', join(images, 'linux'), '--initrd', join(images, 'initrd.gz')];
  await soulpadOk(
    { args: ['guest', 'add', ...installer, '--name', 'Installer', '--ram', '1024'], env },
    z.unknown(),
  );
  await soulpadOk({ args: ['vault', 'close'], env }, z.unknown());
  const photographs: string[] = [];
  const seen = join(repository, 'out/pictures');
  mkdirSync(seen, { recursive: true });
  try {
    for (const [index, { width, height, randr }] of screens.entries()) {
      const server = await openScreen(desk, { width, height, randr });
      try {
        const kiosk = await startKiosk(desk, [], server);
        if (index === 0) await unlockOn(kiosk, server);
        await kiosk.at('live', patience);
        const file = join(seen, `installer-${width}x${height}.png`);
        // What it says first, as one reads it; the bar and the page are no part of it.
        const isRead = (): boolean => {
          execFileSync('import', ['-window', 'root', file], { env: server.env });
          const text = readPage(file);
          return /language/i.test(text) && languages.filter((each) => text.includes(each)).length >= 5;
        };
        await until(`the installer's first page on ${width}x${height}`, isRead, patience);
        photographs.push('-label', `${width}x${height}`, file);
        expect(await kiosk.story()).toBe('live');
        await kiosk.quit();
      } finally {
        await server.end();
      }
    }
    const sheet = join(seen, 'installer.png');
    execFileSync('montage', [...photographs, '-geometry', '480x360>+8+8', '-tile', '3x', sheet]);
  } finally {
    await desk.end();
  }
});

/** The page is dark letters on grey; turned round and three times as large, tesseract reads it best. */
function readPage(picture: string): string {
  const large = `${picture}.large.png`;
  try {
    execFileSync('convert', [picture, '-colorspace', 'Gray', '-negate', '-resize', '300%', large]);
    return execFileSync('tesseract', [large, '-', '--psm', '6'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, OMP_THREAD_LIMIT: '1' },
    });
  } finally {
    rmSync(large, { force: true });
  }
}
