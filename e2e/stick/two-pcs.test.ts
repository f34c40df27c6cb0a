// The reason for all of it: a desktop is put to sleep in one PC and goes on in another one, which has other firmware,
// another processor, another screen and other memory. Neither has a network card or a disk. All by keys and by what can be
// read on the screen; what the guest is, it says itself on its serial line. The vault is LUKS2 on the stick, with XFS in
// it, so the state is saved and brought back by the lazy engine.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pagesHolding } from '../support/memory-search';
import { keyCodesOf } from '../support/pc-keys';
import { firstRun } from '../support/stick-first-run';
import { askSoulpad, readWitness, witnessRuns } from '../support/stick-kiosk';
import { layerOf, provideStick, type StickPc, startStickPc, stickResults } from '../support/stick-pc';
import type { Tick } from '../support/witness';

const passphrase = 'seven brass lamps on the stairs';
const minutes = 60_000;

let layer = '';
let pc: StickPc | null = null;
let asleep: Tick | null = null;

beforeAll(async () => {
  layer = layerOf(await provideStick(), 'two-pcs');
}, 45 * minutes);
afterAll(() => pc?.end());

async function switchedOn(about: Omit<Parameters<typeof startStickPc>[0], 'stick'>): Promise<StickPc> {
  const on = await startStickPc({ ...about, stick: layer });
  pc = on;
  return on;
}

const said = (on: StickPc, what: string): void => console.log(`after ${Math.round(on.seconds())} s: ${what}`);

it('in the first PC: the first run makes a vault on the stick, the test guest runs, sleeps, and the PC is off', async () => {
  const on = await switchedOn({
    name: 'first-pc',
    firmware: 'bios',
    memoryMiB: 1536,
    keepAfterPowerOff: true,
  });
  await firstRun(on, passphrase);
  const spy = await on.spy();
  await witnessRuns(spy);
  asleep = await readWitness(spy);
  said(on, `the witness says ${JSON.stringify(asleep)}`);
  expect(asleep).toMatchObject({ ram: 'ok', disk: 'ok' });
  expect((await spy.run('. /run/soulpad/stick.env; blkid -p -s TYPE -o value "$STICK_VAULT"')).trim()).toBe(
    'crypto_LUKS',
  );
  expect((await spy.run('findmnt -rno FSTYPE,SOURCE -t xfs')).trim()).toMatch(
    /^xfs \/dev\/mapper\/soulpad-\S+$/,
  );
  const dump = join(stickResults, 'first-pc/memory');
  const traces = {
    'in the guest’s memory': Buffer.from(asleep.nonce),
    ...{ passphrase: Buffer.from(passphrase), 'passphrase, UTF-16': Buffer.from(passphrase, 'utf16le') },
    ...keyCodesOf(passphrase),
  };
  await on.pc.dumpMemory(dump); // the control
  expect(pagesHolding(dump, traces)['in the guest’s memory']).toBeGreaterThan(0);
  await on.pc.press('meta_l', 'esc');
  await on.sees(/Your desktop is awake/); // and not the bar, which goes
  await on.click(/^Suspend$/);
  await on.sees(/take the stick out now/);
  said(on, 'asleep');
  await on.click(/^switch$/i);
  await on.pc.poweredOff(10 * minutes);
  said(on, 'off');
  await on.pc.dumpMemory(dump);
  const none = Object.fromEntries(Object.keys(traces).map((name) => [name, 0]));
  expect(pagesHolding(dump, traces)).toEqual(none);
  rmSync(dump);
  await on.end();
  pc = null;
});

it('in the second PC, which is another one in everything: the passphrase is typed, and the witness goes on', async () => {
  const on = await switchedOn({
    ...{ name: 'second-pc', firmware: 'uefi', display: 'qxl', memoryMiB: 2048, cpu: 'Nehalem' },
  });
  await on.sees(/What is your passphrase/);
  said(on, 'asks for the passphrase');
  await on.pc.type(passphrase);
  await on.pc.press('ret');
  const spy = await on.spy();
  await witnessRuns(spy);
  const awake = await readWitness(spy);
  said(on, `the witness says ${JSON.stringify(awake)}`);
  expect(awake).toMatchObject({ nonce: asleep?.nonce, ram: 'ok', disk: 'ok' });
  expect(awake.n).toBeGreaterThan(asleep?.n ?? Number.POSITIVE_INFINITY);
  expect(await askSoulpad(spy, 'guest list')).toMatch(/"engine":"lazy"/);
});
