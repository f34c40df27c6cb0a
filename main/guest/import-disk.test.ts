import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../preload/contract/progress';
import { type DiskImage, importDisk, inspectImage, lastPercent } from './import-disk';
import { endMachines, must, smallFileSystem } from './machine.fixture';

/** In memory where it can be: every layer is fsynced, and how long that takes is the disk's business. */
const quick = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
let folder: string;
const at = (name: string): string => join(folder, name);
const qemuImg = (...args: string[]): string => execFileSync('qemu-img', args, { encoding: 'utf8' });

/** qemu-img's format, options and the file's name: everything that we take in. */
const kinds = [
  ['qcow2', 'good.qcow2', ''],
  ['qcow2', 'old.qcow2', 'compat=0.10'],
  ['vmdk', 'good.vmdk', ''],
  ['vmdk', 'stream.vmdk', 'subformat=streamOptimized'],
  ['vdi', 'good.vdi', ''],
  ['vdi', 'fixed.vdi', 'static=on'],
  ['vhdx', 'good.vhdx', ''],
  ['vpc', 'good.vhd', 'force_size=on'],
  ['vpc', 'fixed.vhd', 'subformat=fixed,force_size=on'],
] as const;

beforeAll(() => {
  folder = mkdtempSync(join(quick, 'soulpad-import-'));
  const raw = Buffer.alloc(1 << 20, 0);
  raw.write('a boot sector');
  raw.write('the middle', 500_000);
  writeFileSync(at('raw.img'), raw);
  for (const [format, name, options] of kinds)
    qemuImg('convert', '-O', format, ...(options === '' ? [] : ['-o', options]), at('raw.img'), at(name));
});
afterAll(async () => {
  await endMachines();
  rmSync(folder, { recursive: true, force: true });
});

async function looked(name: string): Promise<DiskImage> {
  return must(await inspectImage(at(name)));
}

describe('a disk image from outside', () => {
  it.each(kinds)('is taken as %s: %s %s', async (format, name, _) => {
    const image = await looked(name);
    expect(image).toMatchObject({ format, bytes: 1 << 20, namedAs: null });
    const file = at(`layer-of-${name}`);
    const seen: Progress[] = [];
    must(await importDisk({ image, file, bytes: 2 << 20, onProgress: (progress) => seen.push(progress) }));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(qemuImg('info', '--output=json', file))['virtual-size']).toBe(2 << 20);
    qemuImg('convert', '-O', 'raw', file, at('back'));
    // Not toEqual: it walks a million numbers one by one, for seconds.
    expect(
      readFileSync(at('back'))
        .subarray(0, 1 << 20)
        .equals(readFileSync(at('raw.img'))),
    ).toBe(true);
    expect(seen.at(-1)).toMatchObject({ stage: 'copy', done: 1 << 20, total: 1 << 20, reversible: true });
  });

  it('is what it contains, whatever its name says', async () => {
    writeFileSync(at('really-vdi.qcow2'), readFileSync(at('good.vdi')));
    writeFileSync(at('really-qcow2.img'), readFileSync(at('good.qcow2')));
    expect(await looked('really-vdi.qcow2')).toMatchObject({ format: 'vdi', namedAs: 'qcow2' });
    expect(await looked('really-qcow2.img')).toMatchObject({ format: 'qcow2', namedAs: null });
    expect(await looked('raw.img')).toMatchObject({ format: 'raw', bytes: 1 << 20, namedAs: null });
  });

  it('is refused when it names another file of this PC', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', '-b', at('raw.img'), '-F', 'raw', at('backed.qcow2'));
    qemuImg('create', '-q', '-f', 'qcow2', '-o', `data_file=${at('data')}`, at('data.qcow2'), '1M');
    qemuImg('create', '-q', '-f', 'vmdk', '-o', 'subformat=monolithicFlat', at('flat.vmdk'), '1M');
    qemuImg('create', '-q', '-f', 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse', at('split.vmdk'), '1M');
    qemuImg('create', '-q', '-f', 'vmdk', '-b', at('good.vmdk'), '-F', 'vmdk', at('backed.vmdk'));
    for (const name of ['backed.qcow2', 'data.qcow2', 'flat.vmdk', 'split.vmdk', 'backed.vmdk'])
      expect(await inspectImage(at(name)), name).toMatchObject({
        ok: false,
        fault: { code: 'unusableFile', message: expect.stringMatching(/another|other files/) },
      });
  });

  it('is refused when it is encrypted, packed, cut short, empty or no file', async () => {
    // Not LUKS, whose key derivation is made to take seconds: the header says `encrypted` of both.
    const secret = ['--object', 'secret,id=s,data=x', '-o', 'encrypt.format=aes,encrypt.key-secret=s'];
    qemuImg('create', '-q', ...secret, '-f', 'qcow2', at('secret.qcow2'), '1M');
    writeFileSync(at('cut.img'), Buffer.alloc(1000));
    writeFileSync(at('empty.img'), '');
    execFileSync('tar', ['-cf', at('good.ova'), '-C', folder, 'stream.vmdk']);
    execFileSync('gzip', ['-kf', at('raw.img')]);
    for (const [format, name] of kinds)
      if (format !== 'vpc') writeFileSync(at(`cut-${name}`), readFileSync(at(name)).subarray(0, 600));
    const cut = readdirSync(folder).filter((name) => name.startsWith('cut'));
    for (const name of ['secret.qcow2', 'empty.img', 'good.ova', 'raw.img.gz', ...cut])
      expect(await inspectImage(at(name)), name).toMatchObject({
        ok: false,
        fault: { code: 'unusableFile' },
      });
    expect(await inspectImage(at('none'))).toMatchObject({ ok: false, fault: { code: 'missingFile' } });
    expect(await inspectImage(folder)).toMatchObject({ ok: false });
  });

  it.each(['qcow2', 'vmdk', 'vdi', 'vhdx', 'vpc'])('that was cut in half is refused: %s', async (format) => {
    execFileSync('dd', ['if=/dev/urandom', `of=${at('random.raw')}`, 'bs=1M', 'count=8', 'status=none']);
    qemuImg('convert', '-f', 'raw', '-O', format, at('random.raw'), at('half'));
    truncateSync(at('half'), 4 << 20);
    const image = await inspectImage(at('half'));
    const file = at('layer-of-half');
    const taken = image.ok ? await importDisk({ image: image.value, file, bytes: 16 << 20 }) : image;
    expect(taken).toMatchObject({
      ok: false,
      fault: { code: 'unusableFile', message: expect.stringContaining('cut short') },
    });
    expect(existsSync(file)).toBe(false);
  });

  it('leaves nothing when it cannot be copied', async () => {
    const image = await looked('good.qcow2');
    expect(await importDisk({ image, file: at('none/layer'), bytes: 1 << 20 })).toMatchObject({ ok: false });
    expect(existsSync(at('none/layer'))).toBe(false);
  });

  it('is refused before the first byte where it has no room, with what it needs and what is there', async () => {
    const small = await smallFileSystem(16 << 20);
    const image = await looked('raw.img');
    const copied = await importDisk({ image, file: join(small, 'layer'), bytes: 1 << 20 });
    expect(copied).toMatchObject({
      ok: false,
      fault: { code: 'full', message: expect.stringMatching(/^the image takes \d+ bytes, \d+ are free/) },
    });
    expect(readdirSync(small).filter((name) => name !== 'lost+found')).toEqual([]);
  });

  it('is given up when that is asked for, and leaves nothing', async () => {
    writeFileSync(at('big.raw'), '');
    execFileSync('truncate', ['-s', '64M', at('big.raw')]);
    execFileSync('dd', ['if=/dev/urandom', `of=${at('big.raw')}`, 'bs=1M', 'count=64', 'status=none']);
    const abort = new AbortController();
    const copied = await importDisk({
      image: await looked('big.raw'),
      file: at('given-up'),
      bytes: 64 << 20,
      onProgress: () => abort.abort(),
      signal: abort.signal,
    });
    expect(copied).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    expect(existsSync(at('given-up'))).toBe(false);
  });
});

describe("qemu-img's progress", () => {
  it.each([
    ['    (0.00/100%)\r', 0],
    ['    (1.00/100%)\r    (42.13/100%)\r', 42.13],
    ['13/100%)\r    (100.00/100%)\r\n', 100],
    ['    (4', null],
    ['(999/100%)', null],
    ['', null],
  ])('is read from %j', (text, percent) => {
    expect(lastPercent(text)).toBe(percent);
  });
});
