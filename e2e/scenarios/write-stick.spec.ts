// A stick is written by screen: from the page for help, to a file that stands for a disk, from a small image with the real
// one's partitions. Another name erases nothing; the right one writes, reads back, and grows the vault to the disk's end.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { systemPath } from '../../main/stick/disks';
import { makeStickImage } from '../../main/stick/image.fixture';
import { suspend, unlock } from '../support/acts';
import { heading, press } from '../support/first-run';
import { startKiosk } from '../support/kiosk';
import { setUpVault } from '../support/starting-points';

const GiB = 2 ** 30;
const tableSchema = z.object({
  partitiontable: z.object({ partitions: z.array(z.object({ name: z.string(), size: z.number() })) }),
});

function partitionsOf(file: string) {
  const said = execFileSync('sfdisk', ['--json', file], { env: { ...process.env, ...systemPath } });
  return tableSchema.parse(JSON.parse(said.toString('utf8'))).partitiontable.partitions;
}

function beginningOf(file: string, length: number): string {
  const bytes = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, bytes, 0, length, 0);
  closeSync(descriptor);
  return bytes.toString('utf8');
}

test('a stick is written by its name alone, read back and grown, and the desktop wakes after that', async () => {
  const desk = await setUpVault();
  try {
    const image = makeStickImage(join(desk.folder, 'soulpad.img'));
    const disk = join(desk.folder, 'disk');
    const blank = 'a photo that nobody kept twice';
    writeFileSync(disk, blank);
    truncateSync(disk, 16 * GiB);
    const kiosk = await startKiosk(desk, [`--image=${image}`, `--disk=${disk}`]);
    await kiosk.at('locked');
    await press(kiosk, 'Help');
    await press(kiosk, 'Write a stick');
    await heading(kiosk, 'Which disk shall become a stick?');
    await kiosk.page.locator('fieldset').getByText(disk).click();
    await press(kiosk, 'Take this disk');

    await heading(kiosk, 'Everything on this disk will be lost');
    const name = kiosk.page.getByRole('textbox');
    await name.focus();
    desk.type('another disk');
    await press(kiosk, 'Erase it and write the stick');
    await expect(kiosk.page.getByRole('alert')).toContainText('That is another name. Nothing was written.');
    expect(beginningOf(disk, blank.length)).toBe(blank);

    await name.fill('');
    await name.focus();
    desk.type(disk);
    await press(kiosk, 'Erase it and write the stick');
    await heading(kiosk, 'The stick is ready');
    await expect(kiosk.page.getByText('It is written and checked. The disk can come out.')).toBeVisible();
    const [small, grown] = [partitionsOf(image), partitionsOf(disk)];
    expect(grown.map((part) => part.name)).toEqual(small.map((part) => part.name));
    const vault = grown.find((part) => part.name === 'soulpad-vault');
    expect((vault?.size ?? 0) * 512).toBeGreaterThan(8 * GiB);

    await press(kiosk, 'Done');
    await unlock(desk, kiosk);
    await kiosk.at('live');
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});
