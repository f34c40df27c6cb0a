// A vault or guest that is damaged, by chance or by an enemy, leads to clear words with a way out. Nothing opens or runs
// on it, it is left as it was found, and it wakes once it is mended.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { countFaults, expectFault, insideVault, suspend, unlock } from '../support/acts';
import { startKiosk } from '../support/kiosk';
import { passphrase, setUpVault, type VaultDesk } from '../support/starting-points';
import { filesBelow, processes, until, vaultMounts } from '../support/system';

/** Name -> content or link target of the small files, and the size of the big ones. */
function pictureOf(folder: string): Record<string, string> {
  const files = filesBelow(folder).map((path) => {
    const { size } = lstatSync(path);
    return [path, size > 65_536 ? `${size} bytes` : readFileSync(path, 'base64')] as const;
  });
  const links = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, `link to ${readlinkSync(path)}`] as const);
  return Object.fromEntries([...files, ...links].sort());
}

function qemuIsThere(desk: VaultDesk): boolean {
  return processes().some(({ argv }) => argv.includes(desk.runtime) && argv.includes('qemu-system'));
}

type Keyslots = { keyslots: { kdf: Record<string, unknown> }[] } & Record<string, unknown>;

function rewrite(file: string, change: (all: Keyslots) => unknown): void {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
}

function withKdf(change: Record<string, unknown>): (all: Keyslots) => unknown {
  return (all) => ({
    ...all,
    keyslots: all.keyslots.map((slot) => ({ ...slot, kdf: { ...slot.kdf, ...change } })),
  });
}

const damagedLocks: Record<string, (file: string) => void> = {
  'cut short': (file) => truncateSync(file, 100),
  empty: (file) => truncateSync(file, 0),
  'with a field that nobody knows': (file) => rewrite(file, (all) => ({ ...all, script: 'reboot' })),
  'with a huge number': (file) => rewrite(file, withKdf({ memoryKiB: Number.MAX_SAFE_INTEGER })),
  'with an endless number': (file) =>
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"iterations": *\d+/, '"iterations": 1e999')),
  'with a key derivation made cheap': (file) => rewrite(file, withKdf({ memoryKiB: 8, iterations: 1 })),
  'with another key derivation': (file) => rewrite(file, withKdf({ type: 'pbkdf2' })),
  'longer than any lock': (file) => writeFileSync(file, Buffer.alloc(1 << 20, ' ')),
  'a link to elsewhere': (file) => {
    renameSync(file, `${file}.elsewhere`);
    symlinkSync(`${file}.elsewhere`, file);
  },
  'a pipe that nobody writes to': (file) => {
    rmSync(file);
    execFileSync('mkfifo', [file]);
  },
};

test('a damaged lock leads to a clear screen, whatever the damage, and to the vault once it is mended', async () => {
  const desk = await setUpVault();
  const file = join(desk.home, 'vault/keyslots.json');
  const whole = `${desk.folder}/keyslots.whole`;
  copyFileSync(file, whole);
  const putBack = (): void => {
    rmSync(file);
    copyFileSync(whole, file);
  };
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('locked');
    // To the first screen that looks for the vault again: a passphrase is typed, and meanwhile the lock was damaged.
    truncateSync(file, 100);
    desk.type(passphrase);
    desk.press('Return');
    await expectFault(kiosk, {
      title: 'The lock of the vault is damaged.',
      safe: 'Nothing was opened and nothing was changed.',
      code: 'damagedKeyslots',
      exits: ['Back to the passphrase', 'Look again', 'Close SoulPad'],
    });
    putBack();
    const faults = await countFaults(kiosk);
    for (const [how, damage] of Object.entries(damagedLocks)) {
      await test.step(how, async () => {
        damage(file);
        const before = pictureOf(join(desk.home, 'vault'));
        const shown = faults();
        await kiosk.page.getByRole('button', { name: 'Look again' }).click();
        await until(`the fault of a lock ${how}`, () => faults() > shown);
        await expectFault(kiosk, {
          title: 'The lock of the vault is damaged.',
          safe: 'Nothing was opened and nothing was changed.',
          code: 'damagedKeyslots',
          exits: ['Look again', 'Close SoulPad'],
        });
        expect(vaultMounts(desk.runtime)).toEqual([]);
        expect(pictureOf(join(desk.home, 'vault'))).toEqual(before);
        putBack();
      });
    }
    await kiosk.page.getByRole('button', { name: 'Look again' }).click();
    await unlock(desk, kiosk);
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});

interface Damage {
  readonly title: string;
  readonly code: string;
  /** The words and exits where they are not those of damage. */
  readonly told?: { readonly safe: string; readonly exits: readonly (string | RegExp)[] };
  readonly harm: (guest: string) => void;
}

function rewriteJson(file: string, change: Record<string, unknown>): void {
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
}

function linkAway(file: string): void {
  renameSync(file, `${file}.elsewhere`);
  symlinkSync(`${file}.elsewhere`, file);
}

const leftAsItIs = {
  safe: 'Nothing was changed and nothing was deleted.',
  exits: ['Close the vault', 'Wake it again'],
} as const;
/** The moment itself is whole: it can be gone back to by its time. */
const goBack = /^Go back to today \d\d:\d\d$/;
const noName = {
  title: 'The newest moment cannot be named.',
  code: 'damagedCurrent',
  told: { safe: leftAsItIs.safe, exits: [goBack, 'Wake it again', 'Close the vault'] },
} as const;
const noParts = { title: 'The newest moment cannot be woken.', code: 'damagedManifest' } as const;

const damagedMoments: Record<string, Damage> = {
  'CURRENT leads out of the vault': {
    ...noName,
    harm: (guest) => writeFileSync(join(guest, 'CURRENT'), 'gen-0000/../../../../../../etc\n'),
  },
  'CURRENT is empty': { ...noName, harm: (guest) => truncateSync(join(guest, 'CURRENT'), 0) },
  'CURRENT is a link': { ...noName, harm: (guest) => linkAway(join(guest, 'CURRENT')) },
  'CURRENT names what is not there': {
    title: 'There is no moment to wake.',
    code: 'missingGeneration',
    told: {
      safe: 'Your desktop is kept as it was before you woke it.',
      exits: [goBack, 'Wake it again', 'Close the vault'],
    },
    harm: (guest) => writeFileSync(join(guest, 'CURRENT'), 'gen-0042\n'),
  },
  'the manifest is cut short': {
    ...noParts,
    harm: (guest) => truncateSync(join(guest, 'gen-0000/manifest.json'), 40),
  },
  'the manifest names files elsewhere': {
    ...noParts,
    harm: (guest) =>
      rewriteJson(join(guest, 'gen-0000/manifest.json'), {
        layers: [{ generation: 0, file: '../../../../../etc/passwd', bytes: 1 }],
      }),
  },
  'the manifest has a huge number': {
    ...noParts,
    harm: (guest) => rewriteJson(join(guest, 'gen-0000/manifest.json'), { ramBytes: 1e300 }),
  },
  'the manifest is a link': { ...noParts, harm: (guest) => linkAway(join(guest, 'gen-0000/manifest.json')) },
  'the generation is a link': { ...noParts, harm: (guest) => linkAway(join(guest, 'gen-0000')) },
  'the disk layer is a link': {
    title: 'The newest moment cannot be woken.',
    code: 'damagedState',
    harm: (guest) => linkAway(join(guest, 'gen-0000/disk.qcow2')),
  },
};

test('a damaged moment leads to a clear screen, is left as it was found, and wakes when it is mended', async () => {
  const desk = await setUpVault();
  const whole = join(desk.folder, 'whole');
  try {
    await insideVault(desk, (guest) => {
      execFileSync('cp', ['-a', guest, whole]);
      rmSync(join(guest, 'CURRENT'));
    });
    const kiosk = await startKiosk(desk);
    await unlock(desk, kiosk);
    await kiosk.at('fault');
    // The vault stays open behind the screen: the damages are made there, one after the other.
    const [mount] = vaultMounts(desk.runtime);
    const guest = join(mount ?? '', 'guests/witness');
    const putBack = (): void => {
      rmSync(guest, { recursive: true });
      execFileSync('cp', ['-a', whole, guest]);
    };
    putBack();
    const faults = await countFaults(kiosk);
    for (const [how, { title, code, harm, told = leftAsItIs }] of Object.entries(damagedMoments)) {
      await test.step(how, async () => {
        harm(guest);
        const before = pictureOf(guest);
        const shown = faults();
        await kiosk.page.getByRole('button', { name: 'Wake it again' }).click();
        await until(`the fault when ${how}`, () => faults() > shown);
        await expectFault(kiosk, { title, code, ...told });
        expect(qemuIsThere(desk)).toBe(false);
        expect(pictureOf(guest)).toEqual(before);
        putBack();
      });
    }
    await kiosk.page.getByRole('button', { name: 'Close the vault' }).click();
    await kiosk.at('safe');
    expect(vaultMounts(desk.runtime)).toEqual([]);
    await kiosk.page.getByRole('button', { name: /Wake my desktop again|Unlock again/ }).click();
    await unlock(desk, kiosk);
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});

const damagedGuests: Record<string, (file: string) => void> = {
  'names files elsewhere': (file) =>
    rewriteJson(file, {
      boot: { from: 'kernel', kernel: '../../../../../../boot/vmlinuz', initrd: null, commandLine: '' },
    }),
  'asks for the whole PC, and for words to QEMU': (file) =>
    rewriteJson(file, { ramBytes: 2 ** 62, cpus: 1e9, qemuArguments: ['-monitor', 'stdio'] }),
  'is a link': linkAway,
};

test('a damaged guest.json leads to a clear screen and a vault closed again, and is left as it was found', async () => {
  const desk = await setUpVault();
  const whole = join(desk.folder, 'whole');
  try {
    await insideVault(desk, (guest) => execFileSync('cp', ['-a', guest, whole]));
    const kiosk = await startKiosk(desk);
    for (const [how, harm] of Object.entries(damagedGuests)) {
      await test.step(how, async () => {
        let before: Record<string, string> = {};
        await insideVault(desk, (guest) => {
          rmSync(guest, { recursive: true });
          execFileSync('cp', ['-a', whole, guest]);
          harm(join(guest, 'guest.json'));
          before = pictureOf(guest);
        });
        await unlock(desk, kiosk);
        await expectFault(kiosk, {
          title: 'Your desktop cannot be put together.',
          safe: 'Nothing was opened and nothing was changed.',
          code: 'damagedGuest',
          exits: ['Back to the passphrase', 'Look again', 'Close SoulPad'],
        });
        expect(qemuIsThere(desk)).toBe(false);
        expect(vaultMounts(desk.runtime)).toEqual([]);
        await insideVault(desk, (guest) => expect(pictureOf(guest)).toEqual(before));
        await kiosk.page.getByRole('button', { name: 'Back to the passphrase' }).click();
      });
    }
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});
