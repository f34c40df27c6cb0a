import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { maxPictureBytes } from '../../preload/contract/setup';
import { endMachines, exampleGuest, must, startMachine } from './machine.fixture';
import { isWholePng, readPicture, takePicture } from './picture';

let folder: string;
let generation: string;
const place = () => ({ folder, id: exampleGuest.id, uuid: exampleGuest.uuid });
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpad-picture-'));
  generation = join(folder, 'gen-0003');
  mkdirSync(generation);
});
afterEach(async () => {
  await endMachines();
  for (const name of readdirSync(generation)) rmSync(join(generation, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noDisk = { ...exampleGuest, disks: [], boot: { from: 'disk' as const }, serial: false };

describe("the picture of a guest's last screen", () => {
  it.each(['std', 'virtio', 'qxl'] as const)(
    'is drawn by QEMU for %s video, for us alone, and read back',
    async (video) => {
      const machine = await startMachine({ definition: { ...noDisk, video } });
      must(await machine.qmp.execute('cont', {}));
      must(await takePicture({ qmp: machine.qmp, folder: generation }));
      const path = join(generation, 'screen.png');
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const picture = must(await readPicture(place(), 3));
      expect(picture === null ? null : Buffer.from(picture)).toEqual(readFileSync(path));
      expect(execFileSync('identify', ['-format', '%m', path], { encoding: 'utf8' })).toBe('PNG');
    },
  );

  it('is no picture where QEMU cannot write, and nothing is left', async () => {
    const machine = await startMachine({ definition: noDisk });
    expect(await takePicture({ qmp: machine.qmp, folder: join(folder, 'none') })).toMatchObject({
      ok: false,
    });
    expect(readdirSync(folder)).toEqual(['gen-0003']);
  });

  it('is null for a generation without one', async () => {
    expect(await readPicture(place(), 3)).toEqual({ ok: true, value: null });
  });

  it('is refused when it is cut, too large, a link or something else', async () => {
    const path = join(generation, 'screen.png');
    const png = execFileSync('convert', ['-size', '32x32', 'xc:red', 'png:-']);
    expect(isWholePng(png)).toBe(true);
    for (let length = 0; length < png.length; length += 1)
      expect(isWholePng(png.subarray(0, length))).toBe(false);
    const wide = Buffer.from(png);
    wide.writeUInt32BE(100_000, 16);
    for (const content of [
      png.subarray(0, 40),
      wide,
      Buffer.alloc(maxPictureBytes + 1),
      Buffer.from('GIF89a'),
    ]) {
      writeFileSync(path, content);
      expect(await readPicture(place(), 3)).toMatchObject({ ok: false, fault: { code: 'damagedState' } });
    }
    rmSync(path);
    writeFileSync(join(generation, 'other'), png);
    symlinkSync('other', path);
    expect(await readPicture(place(), 3)).toMatchObject({ ok: false, fault: { code: 'damagedState' } });
  });
});
