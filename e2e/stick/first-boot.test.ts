// The one boot of `npm test`: the image is built, written to a disk, and starts a PC by its BIOS. What the person sees is
// read from the screen; what the system is, is asked of it by a shell of the tests (stick-spy.ts).
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pagesHolding } from '../support/memory-search';
import { makeStickVault } from '../support/stick-kiosk';
import {
  layerOf,
  provideStick,
  type StickPc,
  startStickPc,
  stickResults,
  type TestStick,
} from '../support/stick-pc';
import type { Spy } from '../support/stick-spy';

const MiB = 2 ** 20;

let stick: TestStick | null = null;
let started: StickPc | null = null;

function on(): { stick: TestStick; pc: StickPc } {
  if (stick === null || started === null) throw new Error('the PC did not start');
  return { stick, pc: started };
}

beforeAll(async () => {
  stick = await provideStick();
  started = await startStickPc({
    name: 'first-boot',
    stick: layerOf(stick, 'first-boot'),
    firmware: 'bios',
    memoryMiB: 1024,
    keepAfterPowerOff: true,
  });
}, 45 * 60_000);

afterAll(() => started?.end());

const passphrase = 'seven brass lamps on the stairs';

const facts = async (spy: Spy, script: string): Promise<string> => (await spy.run(script, 300_000)).trim();

it('is one image of less than 900 MiB, with every package and version in its manifest', () => {
  const { built } = on().stick;
  expect(built.bytes).toBeLessThan(900 * MiB);
  expect(built.packages).toBeGreaterThan(300);
});

it('starts a PC by its BIOS with 1 GiB of memory and no disk, and shows the first question and nothing else', async () => {
  const { pc } = on();
  const seen = await pc.sees(/Which language do you want to read/);
  expect(seen.text).toMatch(/SoulPad/);
  console.log(`the first words stood there after ${Math.round(pc.seconds())} s`);
});

it('runs the screen as a user who may nothing, and nobody else can log in', async () => {
  const spy = await on().pc.spy();
  const users = await facts(spy, 'ps -eo user:12,comm | grep -E " (Xorg|openbox|soulpad)$" | sort -u');
  expect(users).toContain('Xorg');
  expect([...users.matchAll(/^(\S+) /gm)].map(([, user]) => user)).not.toContain('root');
  expect(await facts(spy, 'ps -eo comm | grep -c -E "getty|login|sulogin" || true')).toBe('0');
  expect(await facts(spy, 'cat /proc/sys/kernel/sysrq')).toBe('0');
  expect(await facts(spy, 'systemctl --failed --no-legend --plain | cut -d" " -f1')).toBe('');
});

it('leaves half of the smallest PC’s memory to the guest', async () => {
  const spy = await on().pc.spy();
  const used = await facts(spy, 'free -m | awk \'$1 == "Mem:" { print $3 }\'');
  console.log(`${used} MiB used`);
  expect(Number(used)).toBeLessThanOrEqual(500);
});

it('has a root that is the stick, read-only, under a layer in memory', async () => {
  const spy = await on().pc.spy();
  expect(await facts(spy, 'findmnt -no FSTYPE /')).toBe('overlay');
  expect(await facts(spy, 'findmnt -no FSTYPE,OPTIONS /run/soulpad/system')).toMatch(/^squashfs\s+ro/);
  expect(await facts(spy, 'findmnt -rno TARGET -t ext4,xfs,vfat,ntfs,btrfs || true')).toBe('');
  // But for DHCP, which asks (docs/promises/the-network.md).
  expect(await facts(spy, "ss -Hltun | awk '$5 !~ /^(127\\.0\\.0\\.|\\[::1\\])|:(68|546)$/' || true")).toBe(
    '',
  );
});

it('lets no other user of the system look at the screen', async () => {
  const spy = await on().pc.spy();
  const look = (user: string): Promise<string> =>
    facts(
      spy,
      `setpriv --reuid ${user} --regid ${user} --clear-groups env DISPLAY=:0 xprop -root >/dev/null 2>&1 && echo seen || echo refused`,
    );
  expect(await look('guest')).toBe('refused');
});

it('makes a LUKS2 vault on its own partition, with XFS in it, and closes it', async () => {
  const spy = await on().pc.spy();
  expect(await makeStickVault(spy, passphrase)).toMatch(/"kind":"luks2"/);
  expect(await facts(spy, '. /run/soulpad/stick.env; blkid -p -s TYPE -o value "$STICK_VAULT"')).toBe(
    'crypto_LUKS',
  );
  expect(await facts(spy, 'ls /dev/mapper | grep -c soulpad-.*-.*- || true')).toBe('0');
});

it('shows the screen again when it dies, and now asks for the passphrase', async () => {
  const { pc } = on();
  const spy = await pc.spy();
  const before = await facts(spy, 'pgrep -o -x soulpad');
  await facts(spy, `kill -9 ${before}`);
  await pc.sees(/What is your passphrase/);
  expect(await facts(spy, 'pgrep -o -x soulpad')).not.toBe(before);
});

it('opens the vault by what is typed', async () => {
  const { pc } = on();
  await pc.pc.type(passphrase);
  await pc.pc.press('ret');
  await pc.sees(/no desktop in this vault yet|Which desktop do you want/);
  const spy = await pc.spy();
  expect(await facts(spy, 'findmnt -rno FSTYPE -t xfs')).toBe('xfs');
});

it('closes the vault and says what was done when the person leaves, then switches the PC off, in which no word of the passphrase is left', async () => {
  const { pc } = on();
  await pc.click(/^switch$/i);
  const seen = await pc.sees(/You can take the stick out now/);
  expect(seen.text).toMatch(/vault is closed.*disks were not touched.*memory is erased/);
  expect(await facts(await pc.spy(), 'ls /dev/mapper | grep -c soulpad-.*-.*- || true')).toBe('0');
  const from = pc.seconds();
  await pc.click(/^switch$/i);
  await pc.pc.poweredOff(10 * 60_000);
  console.log(`off after ${Math.round(pc.seconds() - from)} s`);
  const dump = join(stickResults, 'first-boot/memory');
  await pc.pc.dumpMemory(dump);
  const typed = { asUtf8: Buffer.from(passphrase), asUtf16: Buffer.from(passphrase, 'utf16le') };
  expect(pagesHolding(dump, typed)).toEqual({ asUtf8: 0, asUtf16: 0 });
  rmSync(dump);
});
