// A PC that lacks what waking needs (QEMU missing, too old, dying at once; a runtime folder too deep): clear words with a
// way out, nothing changed in the vault, and all wakes once the cause is gone.
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { countFaults, expectFault, insideVault, suspend, unlock } from '../support/acts';
import { type Kiosk, startKiosk } from '../support/kiosk';
import { setUpVault, type VaultDesk } from '../support/starting-points';
import { isAlive, until, vaultMounts } from '../support/system';
import { listenToWitness } from '../support/witness';

const qemuProgram = 'qemu-system-x86_64';

/** A PATH of links to all that this one has, with another program (or none) called qemu-system-x86_64. */
function pathWith(desk: VaultDesk, name: string, script: string | null): string {
  const folder = join(desk.folder, name);
  mkdirSync(folder);
  for (const from of (process.env.PATH ?? '').split(delimiter)) {
    if (!existsSync(from)) continue;
    for (const program of readdirSync(from)) {
      if (program !== qemuProgram && !existsSync(join(folder, program)))
        symlinkSync(join(from, program), join(folder, program));
    }
  }
  if (script !== null) writeFileSync(join(folder, qemuProgram), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

function realQemu(): string {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, qemuProgram))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no ${qemuProgram} on the PATH`);
  return found;
}

// The stand-ins are for these tests only: no such QEMU can be had here, and the words on the screen must be right.
const wrongQemus = {
  missing: {
    script: () => null,
    title: 'This PC lacks a program we need.',
    code: 'toolMissing',
    details: 'qemu-system-x86_64 is not installed',
  },
  'one that dies at its start': {
    script: () =>
      `case "$1" in --version) exec ${realQemu()} --version;; esac\necho "$0: a stand-in of a test: cannot set up guest memory" >&2\nexit 1`,
    title: 'Your desktop stopped by itself.',
    code: 'guestDied',
    details: 'cannot set up guest memory',
  },
} as const;

async function closesUntouched(desk: VaultDesk, kiosk: Kiosk): Promise<void> {
  await kiosk.page.getByRole('button', { name: 'Close the vault' }).click();
  await kiosk.at('safe');
  expect(vaultMounts(desk.runtime)).toEqual([]);
  await kiosk.quit();
  await insideVault(desk, (guest) => {
    expect(readFileSync(join(guest, 'CURRENT'), 'utf8')).toBe('gen-0000\n');
    expect(readdirSync(guest).filter((name) => name.startsWith('gen-'))).toEqual(['gen-0000']);
  });
}

async function wakesWithTheRightOne(desk: VaultDesk): Promise<void> {
  const right = await startKiosk(desk);
  await unlock(desk, right);
  await right.at('live');
  const witness = await listenToWitness(desk.serialSocket());
  expect(await witness.tick()).toMatchObject({ ram: 'ok', disk: 'ok' });
  witness.close();
  await suspend(desk, right);
}

for (const [how, { script, title, code, details }] of Object.entries(wrongQemus)) {
  test(`a QEMU that is ${how}: a clear screen, and all wakes with the right one`, async () => {
    const desk = await setUpVault();
    try {
      const env = { ...desk.env, PATH: pathWith(desk, 'programs', script()) };
      const kiosk = await startKiosk({ ...desk, env });
      await unlock(desk, kiosk);
      await expectFault(kiosk, {
        title,
        safe: 'Your desktop is kept as it was before you woke it.',
        code,
        exits: ['Wake it again', 'Close the vault'],
      });
      await kiosk.page.getByText('Show this to a helper').click();
      await expect(kiosk.page.getByText(details)).toBeVisible();
      // Trying again is no harm, and ends on the same screen.
      const faults = await countFaults(kiosk);
      await kiosk.page.getByRole('button', { name: 'Wake it again' }).click();
      await expect.poll(faults).toBe(1);
      await closesUntouched(desk, kiosk);
      await wakesWithTheRightOne(desk);
    } finally {
      await desk.end();
    }
  });
}

test('a QEMU that is too old: the PC is refused before anything is touched, and all wakes with the right one', async () => {
  const desk = await setUpVault();
  try {
    const script = 'echo "QEMU emulator version 7.2.19 (a stand-in of a test)"';
    const kiosk = await startKiosk({
      ...desk,
      env: { ...desk.env, PATH: pathWith(desk, 'programs', script) },
    });
    await unlock(desk, kiosk);
    await kiosk.at('unfit');
    await expect(kiosk.page.getByRole('heading', { level: 1 })).toHaveText(
      'This PC cannot wake your desktop',
    );
    await expect(kiosk.page.getByText('Its QEMU is too old.')).toBeVisible();
    await expect(kiosk.page.getByText('Your desktop is kept as it was before you woke it.')).toBeVisible();
    expect(await kiosk.page.locator('.acts button').allInnerTexts()).toEqual(['Close the vault']);
    await closesUntouched(desk, kiosk);
    await wakesWithTheRightOne(desk);
  } finally {
    await desk.end();
  }
});

test('a runtime folder whose sockets would have too long a path: a clear screen, nothing opened', async () => {
  const desk = await setUpVault();
  try {
    const long = join(desk.folder, 'r'.repeat(90));
    mkdirSync(long, { mode: 0o700 });
    const kiosk = await startKiosk({ ...desk, env: { ...desk.env, XDG_RUNTIME_DIR: long } });
    await expectFault(kiosk, {
      title: 'A folder name on this PC is too long.',
      safe: 'Nothing was opened and nothing was changed.',
      code: 'pathTooLong',
      exits: ['Look again', 'Close SoulPad'],
    });
    await kiosk.page.getByText('Show this to a helper').click();
    await expect(kiosk.page.getByText('set XDG_RUNTIME_DIR to a shorter folder')).toBeVisible();
    expect(vaultMounts(desk.folder)).toEqual([]);
    await kiosk.pressButton('Close SoulPad');
    await until('the kiosk has ended by its button', () => !isAlive(kiosk.pid));
    // With the usual one the same vault opens.
    const usual = await startKiosk(desk);
    await unlock(desk, usual);
    await suspend(desk, usual);
  } finally {
    await desk.end();
  }
});
