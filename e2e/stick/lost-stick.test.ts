// The stick fell into the sea. What is left is a backup on a server and a paper with digits; a new stick, in some PC, is the
// old one again: by keys and by what can be read on the screen. The old stick's backup is made by its command line. The
// server stands in the PC's network: a rest-server of Debian's, at the emulator's address of this machine.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { endServers, type Server, serversAreThere, startRest } from '../../main/backup/servers.fixture';
import { newRecoveryKey } from '../../main/vault/recovery/recovery-key';
import { choosePassphrase } from '../support/stick-first-run';
import { askSoulpad, makeStickVault, readWitness, witnessRuns } from '../support/stick-kiosk';
import {
  layerOf,
  provideStick,
  type StickPc,
  startStickPc,
  stickResults,
  type TestStick,
} from '../support/stick-pc';
import type { Tick } from '../support/witness';

const passphrase = 'seven brass lamps on the stairs';
const newPassphrase = 'four quiet harbours after rain';
const minutes = 60_000;
const paper = newRecoveryKey().toString('latin1');
const network = ['-netdev', 'user,id=net', '-device', 'e1000,netdev=net'];

let stick: TestStick | null = null;
let server: Server | null = null;
let pc: StickPc | null = null;
let before: Tick | null = null;

beforeAll(async () => {
  if (!serversAreThere)
    throw new Error('no rest-server here: native-scripts/backup/servers gets it; not as root');
  stick = await provideStick();
  server = await startRest({ open: true });
}, 45 * minutes);
afterEach(async () => {
  await pc?.end();
  pc = null;
});
afterAll(endServers);

async function switchedOn(name: string): Promise<StickPc> {
  if (stick === null) throw new Error('the stick was not written');
  pc = await startStickPc({
    name,
    stick: layerOf(stick, name),
    firmware: 'bios',
    memoryMiB: 1536,
    more: network,
  });
  await pc.sees(/Which language do you want to read/);
  return pc;
}

/** As the emulated PC has this machine's loopback (QEMU's user network). */
const where = (): string => (server?.where ?? '').replace('127.0.0.1', '10.0.2.2');

it('the old stick: the test guest runs, sleeps, and is backed up to a server', async () => {
  const on = await switchedOn('lost-stick');
  const spy = await on.spy();
  const ask = async (words: string, secret?: string): Promise<void> => {
    expect(await askSoulpad(spy, words, secret), words).toMatch(/"ok":true/);
    console.log(`after ${Math.round(on.seconds())} s: ${words}`);
  };
  await makeStickVault(spy, passphrase);
  await ask('guest add --witness --passphrase-fd 0', passphrase);
  await ask('guest run witness --headless --passphrase-fd 0', passphrase);
  await witnessRuns(spy);
  before = await readWitness(spy);
  await ask('guest suspend witness');
  await ask('vault open --passphrase-fd 0', passphrase);
  await ask(`backup init --repository ${where()} --recovery-fd 0`, paper);
  await ask('backup run');
  console.log(`after ${Math.round(on.seconds())} s: backed up`, before);
  rmSync(join(stickResults, 'lost-stick.qcow2')); // the sea
});

it('a new stick and the paper: the guest goes on where it was', async () => {
  const on = await switchedOn('new-stick');
  // Past "What is this?" and "Go on".
  for (const key of ['tab', 'tab', 'tab', 'spc']) await on.pc.press(key);
  await on.sees(/Where is your backup/);
  await on.pc.press('tab');
  await on.pc.type(where());
  await on.pc.press('ret');
  await on.sees(/Type the recovery key from your paper/);
  await on.pc.type(paper);
  await on.pc.press('ret');
  await on.sees(/Which moment shall come back/);
  console.log(`after ${Math.round(on.seconds())} s: the moments are shown`);
  await on.pc.press('ret');
  await choosePassphrase(on, newPassphrase);
  const spy = await on.spy();
  await witnessRuns(spy);
  const after = await readWitness(spy);
  console.log(`after ${Math.round(on.seconds())} s: the witness says`, after);
  expect(after).toMatchObject({ nonce: before?.nonce, ram: 'ok', disk: 'ok' });
  expect(after.n).toBeGreaterThan(before?.n ?? Number.POSITIVE_INFINITY);
});
