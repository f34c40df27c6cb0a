// Key USBs as they are in the wild and as an attacker makes them, with real mkfs.vfat and mcopy.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyFileName, passphraseFileName } from './key-file';
import { readKey } from './read-key';
import { removableSources } from './sources';

const MiB = 1 << 20;
const key = randomBytes(64);
let ground: string;

beforeAll(() => {
  ground = mkdtempSync(join(tmpdir(), 'key-usb-'));
});
afterAll(() => rmSync(ground, { recursive: true, force: true }));

function folder(files: Readonly<Record<string, Uint8Array | string>>): string {
  const made = mkdtempSync(join(ground, 'folder-'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(made, name), bytes);
  return made;
}

/** A FAT image with these files: 8 MiB, or 40 for FAT32, which cannot be smaller. */
function image(files: Readonly<Record<string, Uint8Array | string>>, ...format: string[]): string {
  const from = folder(files);
  const made = join(from, 'stick.img');
  writeFileSync(made, '');
  truncateSync(made, (format.includes('32') ? 40 : 8) * MiB);
  execFileSync('/usr/sbin/mkfs.vfat', [...format, made], { stdio: 'ignore' });
  for (const name of Object.keys(files))
    execFileSync('mcopy', ['-i', made, join(from, name), `::/${name}`], {
      env: { PATH: '/usr/bin', MTOOLSRC: '/dev/null' },
    });
  return made;
}

/** The image as a partition that begins at 1 MiB of a disk with this head. */
function disk(of: string, head: Uint8Array): string {
  const made = `${of}.disk`;
  const whole = Buffer.alloc(MiB + 8 * MiB);
  whole.set(head);
  whole.set(readFileSync(of), MiB);
  writeFileSync(made, whole);
  return made;
}

function mbrHead(): Buffer {
  const head = Buffer.alloc(512);
  head.writeUInt8(0x0c, 446 + 4);
  head.writeUInt32LE(2048, 446 + 8);
  head.writeUInt16LE(0xaa55, 510);
  return head;
}

function gptHead(): Buffer {
  const head = Buffer.alloc(4096);
  head.write('EFI PART', 512, 'latin1');
  head.writeBigUInt64LE(2n, 512 + 72);
  head.writeUInt32LE(128, 512 + 80);
  head.writeUInt32LE(128, 512 + 84);
  head.fill(1, 1024, 1040);
  head.writeBigUInt64LE(2048n, 1024 + 32);
  return head;
}

async function faultCode(source: string): Promise<string> {
  const read = await readKey(source);
  if (read.ok) throw new Error(`read a key from ${source}`);
  return read.fault.code;
}

async function secretOf(source: string): Promise<{ kind: string; bytes: Buffer; warned: boolean }> {
  const read = await readKey(source);
  if (!read.ok) throw new Error(read.fault.message);
  const { secret, plainPassphraseFile } = read.value;
  return { kind: secret.kind, bytes: Buffer.from(secret.bytes), warned: plainPassphraseFile };
}

const good = (): Record<string, Uint8Array> => ({ [keyFileName]: key });
const keyUsb = { kind: 'keyUsb', bytes: key, warned: false };

describe('a key USB mounted as a folder', () => {
  it('gives its key file, named as a folder or as the file itself', async () => {
    const made = folder(good());
    expect(await secretOf(made)).toEqual(keyUsb);
    expect(await secretOf(join(made, keyFileName))).toEqual(keyUsb);
  });

  it.each(['a plain passphrase\n', 'a plain passphrase\r\n', 'a plain passphrase'])(
    'gives the passphrase text file without its line end, with a warning (%j)',
    async (text) => {
      const read = await secretOf(folder({ [passphraseFileName]: text }));
      expect(read).toEqual({ kind: 'passphrase', bytes: Buffer.from('a plain passphrase'), warned: true });
    },
  );

  it.each([0, 1, 63, 65, 4096])('is refused when its key file has %i bytes', async (bytes) => {
    const made = folder({ [keyFileName]: randomBytes(bytes), [passphraseFileName]: 'not fallen back to' });
    expect(await faultCode(made)).toBe('damagedKeyFile');
  });

  it('is refused, unread, when its key file claims 2 GB', async () => {
    const made = folder(good());
    truncateSync(join(made, keyFileName), 2 ** 31);
    expect(await faultCode(made)).toBe('damagedKeyFile');
  });

  it('is refused when the key file is a folder, a link, or a FIFO that nobody writes to', async () => {
    const [asFolder, asLink, asFifo] = [folder({}), folder({}), folder({})];
    mkdirSync(join(asFolder, keyFileName));
    symlinkSync(join(folder(good()), keyFileName), join(asLink, keyFileName));
    execFileSync('mkfifo', [join(asFifo, keyFileName)]);
    for (const made of [asFolder, asLink, asFifo]) expect(await faultCode(made)).toBe('damagedKeyFile');
  });

  it.skipIf(process.getuid?.() === 0)(
    'is denied when the key file may not be read (root may read all)',
    async () => {
      const made = folder(good());
      chmodSync(join(made, keyFileName), 0);
      expect(await faultCode(made)).toBe('denied');
    },
  );

  it.each(['', '\n', 'two\nlines\n', 'x'.repeat(1025)])(
    'is refused when the text file is %j',
    async (text) => {
      expect(await faultCode(folder({ [passphraseFileName]: text }))).toBe('damagedKeyFile');
    },
  );

  it('has no key when the folder is empty or not there', async () => {
    expect(await faultCode(folder({}))).toBe('missingKey');
    expect(await faultCode(join(ground, 'nowhere'))).toBe('missingKey');
    expect(await faultCode('/dev/null')).toBe('damagedKeyFile');
  });
});

describe('a key USB as a disk image', () => {
  it.each([
    ['12', '4'],
    ['16', '1'],
    ['32', '1'],
  ])('gives its key from FAT%s and is not written to', async (bits, sectors) => {
    const made = image(good(), '-F', bits, '-s', sectors);
    const before = createHash('sha256').update(readFileSync(made)).digest('hex');
    expect(await secretOf(made)).toEqual(keyUsb);
    expect(createHash('sha256').update(readFileSync(made)).digest('hex')).toBe(before);
  });

  it('gives its key from a partition in an MBR or a GPT', async () => {
    const made = image(good());
    expect(await secretOf(disk(made, mbrHead()))).toEqual(keyUsb);
    expect(await secretOf(disk(made, gptHead()))).toEqual(keyUsb);
  });

  it('gives the passphrase text file with its warning', async () => {
    const read = await secretOf(image({ [passphraseFileName]: 'a plain passphrase\n' }));
    expect(read).toEqual({ kind: 'passphrase', bytes: Buffer.from('a plain passphrase'), warned: true });
  });

  it('has no key when there is none, and is refused when the key is empty, long, or a folder', async () => {
    expect(await faultCode(image({}))).toBe('missingKey');
    expect(await faultCode(image({ [keyFileName]: '' }))).toBe('damagedKeyFile');
    expect(await faultCode(image({ [keyFileName]: Buffer.alloc(3 * MiB, 1) }))).toBe('damagedKeyFile');
    const made = image({});
    execFileSync('mmd', ['-i', made, `::/${keyFileName}`], {
      env: { PATH: '/usr/bin', MTOOLSRC: '/dev/null' },
    });
    expect(await faultCode(made)).toBe('damagedKeyFile');
  });

  it('is refused when it is no FAT: empty, zeros, noise, cut short', async () => {
    const [empty, zeros, noise] = ['empty', 'zeros', 'noise'].map((name) => join(ground, name));
    if (empty === undefined || zeros === undefined || noise === undefined) throw new Error('no paths');
    writeFileSync(empty, '');
    writeFileSync(zeros, Buffer.alloc(MiB));
    writeFileSync(noise, randomBytes(MiB));
    const cut = image(good());
    truncateSync(cut, 600);
    for (const source of [empty, zeros, noise, cut]) expect(await faultCode(source)).toBe('damagedKeyFile');
  });

  it('ends quickly and within its bounds on hostile file systems', async () => {
    const made = image(good(), '-F', '16', '-s', '1');
    const sector = readFileSync(made).subarray(0, 512);
    const fatAt = sector.readUInt16LE(14) * 512;
    const fatBytes = sector.readUInt16LE(22) * 512;
    const rootAt = fatAt + 2 * fatBytes;
    const spoil = (
      name: string,
      change: (write: (at: number, bytes: Uint8Array) => void) => void,
    ): string => {
      const copy = join(ground, name);
      copyFileSync(made, copy);
      const file = openSync(copy, 'r+');
      change((at, bytes) => writeSync(file, bytes, 0, bytes.length, at));
      return copy;
    };
    // The entry of the key file is the first in the root folder that is no long-name part.
    const root = readFileSync(made).subarray(rootAt, rootAt + 512);
    const entry = [0, 32, 64, 96].find((at) => root[at + 11] !== 0x0f && root[at] !== 0) ?? 0;
    const size = (bytes: number): Buffer => {
      const four = Buffer.alloc(4);
      four.writeUInt32LE(bytes);
      return four;
    };
    const loop = Buffer.alloc(fatBytes, 0);
    for (let at = 0; at < fatBytes; at += 2) loop.writeUInt16LE(3, at); // every cluster is followed by cluster 3
    const hostile = [
      spoil('loop', (write) => {
        write(fatAt, loop);
        write(rootAt + entry + 28, size(0xffffffff));
      }),
      spoil('claims-4-GB', (write) => write(rootAt + entry + 28, size(0xffffffff))),
      spoil('cluster-beyond-the-end', (write) => write(rootAt + entry + 26, Buffer.from([0xf0, 0xff]))),
      spoil('no-reserved-sectors', (write) => write(14, Buffer.from([0xff, 0xff]))),
      spoil('huge-fat', (write) => write(22, Buffer.from([0xff, 0xff]))),
      spoil('huge-root', (write) => write(17, Buffer.from([0xff, 0xff]))),
    ];
    const began = Date.now();
    for (const source of hostile) {
      const read = await readKey(source);
      if (read.ok) expect(read.value.secret.bytes.length).toBeLessThanOrEqual(1026);
      else expect(['damagedKeyFile', 'missingKey']).toContain(read.fault.code);
    }
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  it('is refused by name when mtools would misread its path', async () => {
    const made = image(good());
    const odd = `${made}@@512`;
    copyFileSync(made, odd);
    expect(await faultCode(odd)).toBe('damagedKeyFile');
  });
});

describe('what lsblk lists', () => {
  const device = {
    path: '/dev/sdb1',
    type: 'part',
    fstype: 'vfat',
    rm: true,
    hotplug: true,
    mountpoints: [null],
  };

  it('becomes folders where it is mounted and devices where it is not, removable only', () => {
    const blockdevices = [
      device,
      { ...device, path: '/dev/sdc1', mountpoints: ['/mnt/key'] },
      { ...device, path: '/dev/sdd', type: 'disk', fstype: null },
      { ...device, path: '/dev/sde1', fstype: 'crypto_LUKS' },
      { ...device, path: '/dev/sda1', rm: false, hotplug: false },
    ];
    expect(removableSources({ blockdevices })).toEqual({ folders: ['/mnt/key'], devices: ['/dev/sdb1'] });
  });

  it('is nothing when it is no such list', () => {
    expect(removableSources(null)).toEqual({ folders: [], devices: [] });
    expect(removableSources({ blockdevices: [{ ...device, path: '../x' }] })).toEqual({
      folders: [],
      devices: [],
    });
  });
});
