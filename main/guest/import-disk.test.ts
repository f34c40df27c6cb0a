import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importDisk, inspectImage } from './import-disk';

let folder: string;
const at = (name: string): string => join(folder, name);
const qemuImg = (...args: string[]): string => execFileSync('qemu-img', args, { encoding: 'utf8' });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpad-import-'));
  const raw = Buffer.alloc(1 << 20, 0);
  raw.write('a boot sector');
  writeFileSync(at('raw.img'), raw);
  qemuImg('convert', '-O', 'qcow2', at('raw.img'), at('good.qcow2'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a disk image from outside', () => {
  it('is taken when it is raw or qcow2', async () => {
    expect(await inspectImage(at('raw.img'))).toMatchObject({
      ok: true,
      value: { format: 'raw', bytes: 1 << 20 },
    });
    expect(await inspectImage(at('good.qcow2'))).toMatchObject({
      ok: true,
      value: { format: 'qcow2', bytes: 1 << 20 },
    });
  });

  it('is refused when it names another file of this PC', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', '-b', at('raw.img'), '-F', 'raw', at('backed.qcow2'));
    qemuImg('create', '-q', '-f', 'qcow2', '-o', `data_file=${at('data')}`, at('data.qcow2'), '1M');
    for (const name of ['backed.qcow2', 'data.qcow2'])
      expect(await inspectImage(at(name))).toMatchObject({ ok: false, fault: { code: 'damagedGuest' } });
  });

  it('is refused in other formats, cut short, or empty', async () => {
    qemuImg('create', '-q', '-f', 'vmdk', at('other.vmdk'), '1M');
    qemuImg('create', '-q', '-f', 'vdi', at('other.vdi'), '1M');
    qemuImg('create', '-q', '-f', 'vhdx', at('other.vhdx'), '1M');
    writeFileSync(at('cut.img'), Buffer.alloc(1000));
    writeFileSync(at('empty.img'), '');
    writeFileSync(at('cut.qcow2'), readFileSync(at('good.qcow2')).subarray(0, 60));
    for (const name of ['other.vmdk', 'other.vdi', 'other.vhdx', 'cut.img', 'empty.img', 'cut.qcow2'])
      expect(await inspectImage(at(name)), name).toMatchObject({
        ok: false,
        fault: { code: 'damagedGuest' },
      });
    expect(await inspectImage(at('none'))).toMatchObject({ ok: false, fault: { code: 'missingFile' } });
    expect(await inspectImage(folder)).toMatchObject({ ok: false });
  });

  it('becomes a layer with the same content, and may grow', async () => {
    for (const name of ['raw.img', 'good.qcow2']) {
      const image = await inspectImage(at(name));
      if (!image.ok) throw new Error(image.fault.message);
      const file = at(`layer-of-${name}`);
      expect(await importDisk({ image: image.value, file, bytes: 2 << 20 })).toEqual({
        ok: true,
        value: undefined,
      });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(JSON.parse(qemuImg('info', '--output=json', file))['virtual-size']).toBe(2 << 20);
      qemuImg('convert', '-O', 'raw', file, at('back'));
      expect(readFileSync(at('back')).subarray(0, 1 << 20)).toEqual(readFileSync(at('raw.img')));
    }
  });

  it('leaves nothing when it cannot be copied', async () => {
    const file = at('broken.qcow2');
    writeFileSync(file, readFileSync(at('good.qcow2')));
    const opened = openSync(file, 'r+');
    ftruncateSync(opened, 70_000);
    closeSync(opened);
    const image = await inspectImage(file);
    if (!image.ok) throw new Error(image.fault.message);
    const copied = await importDisk({ image: image.value, file: at('none/layer'), bytes: 1 << 20 });
    expect(copied).toMatchObject({ ok: false });
    expect(existsSync(at('none/layer'))).toBe(false);
  });
});
