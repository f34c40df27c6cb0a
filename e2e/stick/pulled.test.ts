// The booted stick, its kiosk on the screen, is pulled out: idle with its memory full, and while a guest is being saved and
// two programs write into the vault as fast as they can. What the watchdog can do is tested case by case in
// native-scripts/host/pulled; here, that it is started, watches the right disk, and covers the kiosk's screen, and that the
// stick wakes again afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EmulatedLinux } from '../support/emulated-linux';
import { buildBurden, fillMemory, needles } from '../support/filled-memory';
import { keyPieces, pagesHolding } from '../support/memory-search';
import { startOpenedStick } from '../support/opened-stick';
import { buildStickImage, writeStickFile } from '../support/stick';
import { asKiosk, askSoulpad, makeStickVault, readWitness, witnessRuns } from '../support/stick-kiosk';
import type { Spy } from '../support/stick-spy';
import { volumeKeyOf } from '../support/stick-volume-key';
import type { Tick } from '../support/witness';

const passphrase = 'seven brass lamps on the stairs';
const patienceMs = 30 * 60_000;

let folder = '';
let pc: EmulatedLinux | undefined;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stick-pulled-'));
  await writeStickFile(buildStickImage(), at('stick'));
});
afterAll(async () => {
  await pc?.end();
  rmSync(folder, { recursive: true, force: true });
});

async function boot(): Promise<EmulatedLinux> {
  await pc?.end();
  const on = await startOpenedStick({
    ...{ folder, stick: at('stick'), memoryMiB: 1536, display: 'std', keepAfterPowerOff: true },
    files: { 'usr/lib/opened/burden': buildBurden(folder) },
  });
  pc = on;
  await on.must(
    'until pgrep -x Xorg >/dev/null && systemctl is-active -q soulpad-pulled; do sleep 2; done',
    patienceMs,
  );
  return on;
}

const asSpy = (on: EmulatedLinux): Spy => ({
  run: (script, timeoutMs) => on.must(script, timeoutMs),
  close: () => {},
});

/** Seconds until the PC is off; its memory is then in a file of its own. */
async function pull(on: EmulatedLinux): Promise<number> {
  const pulledAt = Date.now();
  await on.pull('stick');
  await on.poweredOff(60_000);
  const seconds = (Date.now() - pulledAt) / 1000;
  await on.dumpMemory(at('memory'));
  console.log(`off after ${seconds.toFixed(1)} s`, on.serial().match(/soulpad: .*(?=\r)/g));
  return seconds;
}

function expectNothing(wanted: Readonly<Record<string, Buffer>>): void {
  const none = Object.fromEntries(Object.keys(wanted).map((name) => [name, 0]));
  expect(pagesHolding(at('memory'), wanted)).toEqual(none);
}

it('pulled while a guest is saved and the vault is written to: a dark PC, nothing in its memory, and the guest wakes as it was', async () => {
  const on = await boot();
  const spy = asSpy(on);
  expect(await makeStickVault(spy, passphrase)).toMatch(/"kind":"luks2"/);
  expect(await askSoulpad(spy, 'guest add --witness --passphrase-fd 0', passphrase)).toMatch(/"ok":true/);
  const before = await wake(spy);
  await on.must(beginToSave, patienceMs);
  const seconds = await pull(on);
  const wanted: Record<string, Buffer> = {
    ...keyPieces(volumeKeyOf({ stick: at('stick'), passphrase, folder })),
    passphrase: Buffer.from(passphrase),
    'passphrase, UTF-16': Buffer.from(passphrase, 'utf16le'),
    'in the guest’s memory': Buffer.from(before.nonce),
  };
  expectNothing(wanted);
  expect(on.serial()).toContain('soulpad: screen covered');
  expect(seconds).toBeLessThan(10);

  // The control: a PC that was not robbed of its stick has all of it.
  const again = await boot();
  const after = await wake(asSpy(again));
  expect(after).toMatchObject({ nonce: before.nonce, ram: 'ok', disk: 'ok' });
  await again.dumpMemory(at('memory'));
  const found = pagesHolding(at('memory'), wanted);
  console.log('control', found);
  expect(found['key bytes 0']).toBeGreaterThan(0);
  expect(found['in the guest’s memory']).toBeGreaterThan(0);
});

it('pulled while nothing happens: a dark PC, and nothing of what filled its memory', async () => {
  rmSync(at('stick'));
  await writeStickFile(buildStickImage(), at('stick'));
  const on = await boot();
  await fillMemory(on);
  await on.screenshot(at('before.png'));
  const seconds = await pull(on);
  expectNothing(needles);
  expect(on.serial()).toContain('soulpad: screen covered');
  expect(seconds).toBeLessThan(10);
});

/** The witness after a first suspend, or after none: it is saved once, so that there is an old moment to wake. */
async function wake(spy: Spy): Promise<Tick> {
  const run = 'guest run witness --headless --passphrase-fd 0';
  const ran = await askSoulpad(spy, run, passphrase);
  expect(ran).toMatch(/"ok":true/);
  await witnessRuns(spy);
  const tick = await readWitness(spy);
  if (ran.includes('"resumed":true')) return tick;
  expect(await askSoulpad(spy, 'guest suspend witness')).toMatch(/"ok":true/);
  return wake(spy);
}

/** Ends as soon as the files of the new moment begin to appear. */
const beginToSave = `${asKiosk}
vault=$(findmnt -rno TARGET -t xfs)
touch /run/began
for file in one two; do
  as bash -c "while :; do dd if=/dev/urandom of=$vault/$file bs=1M count=48 conv=notrunc; done" >/dev/null 2>&1 &
done
sleep 3
as soulpad guest suspend witness >/dev/null 2>&1 &
until find $vault/guests/witness/gen-* -newer /run/began \\( -name state -o -name 'ram.*' \\) | grep -q .; do sleep 0.02; done`;
