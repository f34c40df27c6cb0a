import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCurrent, readManifest, verifyBeforeResume } from '../generation/store';
import { endMachines, exampleGuest, must, smallFileSystem, temporaryFolder } from './machine.fixture';
import { addGuest, guestPlace, listGuests, type NewGuest, readGuest } from './store';

let guestsFolder = '';
let given: NewGuest;

beforeEach(async () => {
  const folder = await temporaryFolder();
  guestsFolder = join(folder, 'guests');
  const boot = { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd.img') };
  await writeFile(boot.kernel, 'kernel');
  await writeFile(boot.initrd, 'initrd');
  given = { guestsFolder, definition: exampleGuest, boot };
});

afterEach(endMachines);

describe('adding a guest', () => {
  it('makes everything it boots with, and a first generation that is switched off', async () => {
    must(await addGuest(given));
    const place = guestPlace(guestsFolder, exampleGuest);
    expect((await readdir(place.folder)).sort()).toEqual([
      'CURRENT',
      'gen-0000',
      'guest.json',
      'initrd',
      'kernel',
    ]);
    expect(await readFile(join(place.folder, 'kernel'), 'utf8')).toBe('kernel');
    expect(must(await readCurrent(place))).toBe(0);
    expect(must(await readManifest(place, 0))).toMatchObject({
      number: 0,
      parent: null,
      state: null,
      ram: null,
    });
    expect(must(await readGuest(guestsFolder, 'witness'))).toEqual(exampleGuest);
  });

  it('makes files 0600 and folders 0700', async () => {
    await chmod(there(given.boot).kernel, 0o644);
    must(await addGuest(given));
    const { folder } = guestPlace(guestsFolder, exampleGuest);
    for (const name of ['guest.json', 'kernel', 'initrd', 'CURRENT', 'gen-0000/disk.qcow2'])
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    for (const name of ['.', 'gen-0000']) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o700);
  });

  it('makes a generation that can be woken', async () => {
    must(await addGuest(given));
    const place = guestPlace(guestsFolder, exampleGuest);
    expect(await verifyBeforeResume(place, 0)).toMatchObject({ ok: true });
  });

  it('never touches a guest that is there', async () => {
    must(await addGuest(given));
    const again = { ...given, definition: { ...exampleGuest, name: 'Other' } };
    expect(await addGuest(again)).toMatchObject({ fault: { code: 'alreadyThere' } });
    expect(must(await readGuest(guestsFolder, 'witness')).name).toBe(exampleGuest.name);
    expect(await readdir(guestsFolder)).toEqual(['witness']);
  });

  it.each([
    ['a kernel that is not there', { boot: { kernel: '/no/such/kernel', initrd: null } }, 'missingFile'],
    ['no kernel at all', { boot: null }, 'missingFile'],
    ['a bad definition', { definition: { ...exampleGuest, id: '../up' } }, 'damagedGuest'],
  ])('leaves nothing behind with %s', async (_, changed, code) => {
    expect(await addGuest({ ...given, ...changed })).toMatchObject({ ok: false, fault: { code } });
    expect(must(await listGuests(guestsFolder))).toEqual([]);
    expect(await readdir(guestsFolder).catch(() => [])).toEqual([]);
  });

  it('leaves nothing behind on a full disk', async () => {
    const folder = await smallFileSystem(1 << 20);
    await writeFile(there(given.boot).kernel, Buffer.alloc(2 << 20, 1));
    expect(await addGuest({ ...given, guestsFolder: folder })).toMatchObject({ fault: { code: 'full' } });
    expect(must(await listGuests(folder))).toEqual([]);
    expect(await readdir(folder)).toEqual(['lost+found']);
  });

  it('replaces what a power cut left of an earlier try', async () => {
    await mkdir(join(guestsFolder, '.new-witness', 'gen-0000'), { recursive: true });
    await writeFile(join(guestsFolder, '.new-witness', 'kernel'), 'half');
    expect(must(await listGuests(guestsFolder))).toEqual([]);
    must(await addGuest(given));
    expect(await readdir(guestsFolder)).toEqual(['witness']);
  });
});

describe('reading guests', () => {
  it('lists none where there is no folder', async () => {
    expect(must(await listGuests(guestsFolder))).toEqual([]);
  });

  it.each(['nobody', '../witness', '', 'WITNESS'])('knows no guest called %j', async (id) => {
    must(await addGuest(given));
    expect(await readGuest(guestsFolder, id)).toMatchObject({ fault: { code: 'missingGuest' } });
  });

  it.each([
    ['cut short', '{"format":"soulpad-guest"'],
    ['empty', ''],
    ['too big', ' '.repeat(1 << 20)],
    ['of an unknown field', JSON.stringify({ ...exampleGuest, onStart: 'sh' })],
    ['of a huge number', JSON.stringify({ ...exampleGuest, ramBytes: 1e300 })],
    ['of an unversioned machine', JSON.stringify({ ...exampleGuest, machine: 'q35' })],
    ['of the CPU called host', JSON.stringify({ ...exampleGuest, cpuModel: 'host' })],
    [
      'of a kernel elsewhere',
      JSON.stringify({ ...exampleGuest, boot: { ...exampleGuest.boot, kernel: '../x' } }),
    ],
    ['of another guest', JSON.stringify({ ...exampleGuest, id: 'other' })],
  ])('refuses a guest.json that is %s, and lists the guest with its fault', async (_, content) => {
    must(await addGuest(given));
    await writeFile(join(guestsFolder, 'witness', 'guest.json'), content);
    expect(await readGuest(guestsFolder, 'witness')).toMatchObject({ fault: { code: 'damagedGuest' } });
    expect(must(await listGuests(guestsFolder))).toMatchObject([
      { id: 'witness', definition: { ok: false, fault: { code: 'damagedGuest' } } },
    ]);
  });

  it('follows no link', async () => {
    await mkdir(join(guestsFolder, 'witness'), { recursive: true });
    const elsewhere = join(guestsFolder, '..', 'elsewhere.json');
    await writeFile(elsewhere, JSON.stringify(exampleGuest));
    await symlink(elsewhere, join(guestsFolder, 'witness', 'guest.json'));
    expect(await readGuest(guestsFolder, 'witness')).toMatchObject({ fault: { code: 'damagedGuest' } });
  });
});

function there<T>(value: T | null): T {
  if (value === null) throw new Error('the example boots from a kernel');
  return value;
}
