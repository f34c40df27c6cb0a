// What unlocking costs beside the key derivation, which is slow on purpose: on the real kiosk, with keys through X. Times are
// taken in main, where the views are sent to the pages, since the page is made anew after a passphrase.
//   passphrase   from Return until the vault is open, against this vault's own Argon2id alone plus half a second
//   key USB      from the moment its folder is there until the vault is open, against a second and a half
//   event loop   the longest that main stood still from Return until the vault is open, and until the desktop is shown
import { mkdtempSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import argon2 from 'argon2';
import { z } from 'zod';
import { pinnedCosts } from '../../main/vault/keyslots/cost';
import { suspend } from '../support/acts';
import { soulpadOk } from '../support/cli';
import { type Kiosk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault, type VaultDesk } from '../support/starting-points';
import { until, vaultMounts } from '../support/system';
import { type Row, rowOf } from './row';
import { median, spreadOf } from './statistics';

const besideKdfSeconds = 0.5;
const keyUsbSeconds = 1.5;
const loopSeconds = 0.05;
const patience = 180_000;

export async function benchUnlock(emit: (row: Row) => void, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { runs: { type: 'string', default: '5' } } });
  const runs = Math.max(1, Math.min(50, Number(values.runs) || 5));
  const desk = await setUpVault();
  try {
    const made = mkdtempSync(join(desk.folder, 'made-'));
    await soulpadOk({ args: ['keyusb', 'write', made], env: desk.env, passphrase }, z.unknown());
    const kdf: number[] = [];
    const typed: Unlocked[] = [];
    const keyed: Unlocked[] = [];
    for (let run = 0; run < runs; run++) {
      kdf.push(await kdfSeconds());
      typed.push(await byPassphrase(desk));
      keyed.push(await byKeyUsb(desk, made));
    }
    const kdfAlone = median(kdf);
    const opened = typed.map(({ openSeconds }) => openSeconds);
    const verified = [...typed, ...keyed].every((each) => each.isOpen);
    emit(
      row({
        ...{ what: 'right passphrase to open vault', method: 'passphrase', seconds: opened, verified },
        baseline: `its Argon2id alone, and ${besideKdfSeconds} s`,
        baselineSeconds: kdfAlone + besideKdfSeconds,
        parameters: { kdfMilliseconds: Math.round(kdfAlone * 1000) },
      }),
    );
    emit(
      row({
        ...{ what: 'key USB seen to open vault', method: 'key USB', verified },
        seconds: keyed.map(({ openSeconds }) => openSeconds),
        ...{ baseline: `${keyUsbSeconds} s`, baselineSeconds: keyUsbSeconds },
      }),
    );
    for (const [until, of] of [
      ['the vault is open', 'stoodSeconds'],
      ['the desktop is shown', 'stoodUntilShownSeconds'],
    ] as const)
      emit(
        row({
          ...{ what: `main stands still until ${until}`, method: 'passphrase', verified },
          seconds: typed.map((each) => each[of]),
          ...{ baseline: '50 ms', baselineSeconds: loopSeconds },
        }),
      );
  } finally {
    await desk.end();
  }
}

function row(about: {
  readonly what: string;
  readonly method: string;
  readonly seconds: readonly number[];
  readonly baseline: string;
  readonly baselineSeconds: number;
  readonly verified: boolean;
  readonly parameters?: Record<string, number>;
}): Row {
  const seconds = median(about.seconds);
  const { baseline, baselineSeconds, method, verified } = about;
  return rowOf({
    ...{ bench: 'unlock', case: about.what, method, vaultKind: 'gocryptfs', seconds },
    ...{ baseline, baselineSeconds, ratio: seconds / baselineSeconds, limit: 1 },
    ...{ runs: about.seconds.length, spread: spreadOf(about.seconds), parameters: about.parameters ?? null },
    verified: verified && about.seconds.every((value) => Number.isFinite(value) && value > 0),
  });
}

/** What the owner's helper works out for one keyslot, and nothing else of it. */
async function kdfSeconds(): Promise<number> {
  const { memoryKiB, iterations, parallelism } = pinnedCosts.passphrase;
  const began = performance.now();
  await argon2.hash(passphrase, {
    ...{ type: argon2.argon2id, raw: true, salt: Buffer.alloc(32, 1), hashLength: 32 },
    ...{ memoryCost: memoryKiB, timeCost: iterations, parallelism },
  });
  return (performance.now() - began) / 1000;
}

interface Unlocked {
  readonly openSeconds: number;
  readonly stoodSeconds: number;
  readonly stoodUntilShownSeconds: number;
  /** Asked of the kernel: it is mounted. */
  readonly isOpen: boolean;
}

async function byPassphrase(desk: VaultDesk): Promise<Unlocked> {
  const kiosk = await startKiosk(desk);
  await kiosk.at('locked');
  desk.type(passphrase);
  const heard = await hearOpened(kiosk);
  desk.press('Return');
  return unlocked({ desk, kiosk, heard, from: 'openingAt' });
}

async function byKeyUsb(desk: VaultDesk, made: string): Promise<Unlocked> {
  const keyUsb = join(desk.folder, 'KEYS');
  const kiosk = await startKiosk(desk, ['--key', keyUsb]);
  await kiosk.at('locked');
  await kiosk.page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
  const heard = await hearOpened(kiosk);
  const plugged = Date.now();
  renameSync(made, keyUsb);
  const done = await unlocked({ desk, kiosk, heard, from: plugged });
  renameSync(keyUsb, made);
  return done;
}

async function unlocked(about: {
  readonly desk: VaultDesk;
  readonly kiosk: Kiosk;
  readonly heard: () => Promise<unknown>;
  /** Milliseconds since 1970; `openingAt`: when main took the passphrase. */
  readonly from: number | 'openingAt';
}): Promise<Unlocked> {
  const { desk, kiosk, from } = about;
  await kiosk.at('live', patience);
  const isOpen = vaultMounts(desk.runtime).length === 1;
  const { openingAt, openedAt, stoodMs, stoodUntilShownMs } = await until('the desktop is told', async () => {
    const heard = heardSchema.safeParse(await about.heard());
    return heard.success ? heard.data : null;
  });
  await suspend(desk, kiosk);
  return {
    openSeconds: (openedAt - (from === 'openingAt' ? openingAt : from)) / 1000,
    ...{ stoodSeconds: stoodMs / 1000, stoodUntilShownSeconds: stoodUntilShownMs / 1000, isOpen },
  };
}

const heardSchema = z.object({
  openingAt: z.number().positive(),
  openedAt: z.number().positive(),
  stoodMs: z.number().positive(),
  stoodUntilShownMs: z.number().positive(),
});

/** From now on main notes when it begins to open the vault, when it is open, when the desktop is shown, and how it stood still. */
async function hearOpened(kiosk: Kiosk): Promise<() => Promise<unknown>> {
  await kiosk.app.evaluate(({ webContents }) => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    const watch = monitorEventLoopDelay({ resolution: 5 });
    watch.enable();
    const heard = { openingAt: 0, openedAt: 0, stoodMs: 0, stoodUntilShownMs: 0 };
    Object.assign(globalThis, { heardOpened: heard });
    const [page] = webContents.getAllWebContents();
    const shared: { send(channel: string, ...what: unknown[]): void } = Object.getPrototypeOf(page);
    const { send } = shared;
    shared.send = function (channel, ...what) {
      const said = JSON.stringify(what);
      if (heard.openingAt === 0 && said.includes('"state":"opening"')) heard.openingAt = Date.now();
      if (heard.openedAt === 0 && said.includes('"state":"checking"')) {
        heard.openedAt = Date.now();
        heard.stoodMs = watch.max / 1e6;
      }
      if (heard.stoodUntilShownMs === 0 && said.includes('"state":"live"'))
        heard.stoodUntilShownMs = watch.max / 1e6;
      return send.call(this, channel, ...what);
    };
  });
  return () => kiosk.app.evaluate(() => Reflect.get(globalThis, 'heardOpened'));
}
