// The one boot of `npm test`: the image is built, written to a disk, and starts a PC by its BIOS. What the person sees is
// read from the screen; what the system is, is asked of it by a shell of the tests (stick-spy.ts).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { layerOf, provideStick, type StickPc, startStickPc, type TestStick } from '../support/stick-pc';
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

const facts = async (spy: Spy, script: string): Promise<string> => (await spy.run(script, 180_000)).trim();

it('is one image of less than 900 MiB, with every package and version in its manifest', () => {
  const { built } = on().stick;
  expect(built.bytes).toBeLessThan(900 * MiB);
  expect(built.packages).toBeGreaterThan(300);
});

it('starts a PC by its BIOS with 1 GiB of memory and no disk, and shows the first question and nothing else', async () => {
  const { pc } = on();
  const seen = await pc.sees(/Which language do you want to read/);
  expect(seen.text).toMatch(/SoulPad/);
});

it('runs the screen as a user who may nothing, and nobody else can log in', async () => {
  const spy = await on().pc.spy();
  const users = await facts(spy, 'ps -eo user:12,comm | grep -E " (Xorg|openbox|soulpad|node)$" | sort -u');
  expect(users).toContain('Xorg');
  expect([...users.matchAll(/^(\S+) /gm)].map(([, user]) => user)).not.toContain('root');
  expect(await facts(spy, 'ps -eo comm | grep -c -E "getty|login|sulogin" || true')).toBe('0');
  expect(await facts(spy, 'cat /proc/sys/kernel/sysrq')).toBe('0');
  expect(await facts(spy, 'systemctl --failed --no-legend --plain | cut -d" " -f1')).toBe('');
});

it('has a root that is the stick, read-only, under a layer in memory', async () => {
  const spy = await on().pc.spy();
  expect(await facts(spy, 'findmnt -no FSTYPE /')).toBe('overlay');
  expect(await facts(spy, 'findmnt -no FSTYPE,OPTIONS /run/soulpad/system')).toMatch(/^squashfs\s+ro/);
  expect(await facts(spy, 'findmnt -rno TARGET -t ext4,xfs,vfat,ntfs,btrfs || true')).toBe('');
  expect(await facts(spy, 'ss -Hltun | grep -v -E "127.0.0|\\[::1\\]" || true')).toBe('');
});

it('shows the screen again when it dies', async () => {
  const { pc } = on();
  const spy = await pc.spy();
  const before = await facts(spy, 'pgrep -o -x soulpad');
  await facts(spy, `kill -9 ${before}`);
  await pc.sees(/Which language do you want to read/);
  expect(await facts(spy, 'pgrep -o -x soulpad')).not.toBe(before);
});

it('switches the PC off when the person says so', async () => {
  const { pc } = on();
  await pc.click(/^off$/);
  await pc.pc.poweredOff(10 * 60_000);
});
