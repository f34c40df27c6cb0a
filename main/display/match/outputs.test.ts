import { describe, expect, it } from 'vitest';
import { readEdid } from './edid';
import { monitorKey, parseOutputs } from './outputs';

/** A made-up monitor: TST-1234, serial 99, 1920x1080 on 527 mm x 296 mm, called "Marigold 24". */
function edid(change: (block: Uint8Array) => void = () => {}): Uint8Array {
  const block = new Uint8Array(128);
  block.set([
    0, 255, 255, 255, 255, 255, 255, 0, 0x52, 0x74, 0x34, 0x12, 99, 0, 0, 0, 1, 30, 1, 4, 0x80, 53, 30,
  ]);
  block.set([0x02, 0x3a, 0x80, 0x18, 0x71, 0x38, 0x2d, 0x40, 0x58, 0x2c, 0x45, 0x00, 0x0f, 0x28, 0x21], 54);
  block.set([0, 0, 0, 0xfc, 0, ...new TextEncoder().encode('Marigold 24\n ')], 72);
  change(block);
  block[127] = (256 - (block.subarray(0, 127).reduce((sum, byte) => sum + byte, 0) % 256)) % 256;
  return block;
}

const hex = (bytes: Uint8Array): string =>
  (Buffer.from(bytes).toString('hex').match(/.{32}/g) ?? []).map((line) => `\t\t${line}`).join('\n');

const told = (
  block: Uint8Array,
  head = 'HDMI-1 connected primary 1920x1080+0+0 (0x48) normal',
): string => `Screen 0: minimum 8 x 8, current 1920 x 1080, maximum 32767 x 32767
${head} (normal left inverted right x axis y axis) 527mm x 296mm
	Identifier: 0x42
	Brightness: 1.0
	EDID: 
${hex(block)}
	GAMMA_LUT: 0
	non-desktop: 0 
		supported: 0, 1
  1920x1080 (0x48) 148.500MHz +HSync +VSync *current +preferred
        h: width  1920 start 2008 end 2052 total 2200 skew    0 clock  67.50KHz
        v: height 1080 start 1084 end 1089 total 1125           clock  60.00Hz
  1280x1024 (0x4b) 108.000MHz +HSync +VSync
        h: width  1280 start 1328 end 1440 total 1688 skew    0 clock  63.98KHz
        v: height 1024 start 1025 end 1028 total 1066           clock  60.02Hz
DP-1 disconnected (normal left inverted right x axis y axis)
	Identifier: 0x43
`;

describe('an EDID', () => {
  it('says who the monitor is and what it is made for', () => {
    expect(readEdid(edid())).toEqual({
      ...{ model: 'TST-1234', serial: 99, name: 'Marigold 24' },
      ...{ native: { width: 1920, height: 1080 }, millimetres: { width: 527, height: 296 } },
    });
  });

  it('is nothing when it is cut, changed, empty or noise', () => {
    const changed = edid();
    changed[60] = (changed[60] ?? 0) ^ 1;
    const noise = Uint8Array.from({ length: 256 }, (_, at) => (at * 73 + 41) & 255);
    for (const bytes of [edid().subarray(0, 127), changed, new Uint8Array(), new Uint8Array(128), noise]) {
      expect(readEdid(bytes)).toBeNull();
    }
  });

  it('with an aspect in place of millimetres, without timings or name is still a monitor', () => {
    const bare = edid((block) => {
      block.fill(0, 54, 126);
      block.set([16, 9], 21);
    });
    expect(readEdid(bare)).toMatchObject({ model: 'TST-1234', native: null, millimetres: null, name: null });
  });
});

describe('the outputs', () => {
  it('are read with their modes, monitors and places', () => {
    const [first, second, ...others] = parseOutputs(told(edid()));
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      ...{ name: 'HDMI-1', connected: true, primary: true, mode: '0x48', turned: false },
      ...{ at: { x: 0, y: 0, width: 1920, height: 1080 }, millimetres: { width: 527, height: 296 } },
      modes: [
        { id: '0x48', width: 1920, height: 1080, hertz: 60, preferred: true },
        { id: '0x4b', width: 1280, height: 1024, hertz: 60.02, preferred: false },
      ],
    });
    expect(first && monitorKey(first)).toBe('TST-1234:63');
    expect(second).toMatchObject({ name: 'DP-1', connected: false, at: null, modes: [] });
  });

  it('turned by a quarter has standing modes', () => {
    const head = 'HDMI-1 connected 1080x1920+0+0 (0x48) left';
    expect(parseOutputs(told(edid(), head))[0]).toMatchObject({
      ...{ turned: true, at: { width: 1080, height: 1920 } },
      modes: [
        { width: 1080, height: 1920 },
        { width: 1024, height: 1280 },
      ],
    });
  });

  it('with an EDID of garbage are known by their plug', () => {
    const [first] = parseOutputs(told(new Uint8Array(128).fill(7)));
    expect(first?.monitor).toBeNull();
    expect(first && monitorKey(first)).toBe('plug:HDMI-1');
  });

  it('of a text that is none are none, and a flood of them is bounded', () => {
    expect(parseOutputs('RandR extension missing\n')).toEqual([]);
    expect(parseOutputs('')).toEqual([]);
    const flood = Array.from({ length: 500 }, (_, at) => `X-${at} connected\n`).join('');
    expect(parseOutputs(flood)).toHaveLength(32);
    const mode = `  9x9 (0x1) 1.0MHz\n        h: width  99999 start\n        v: height 10 start clock 60.00Hz\n`;
    expect(parseOutputs(`X-1 connected\n${mode.repeat(3)}`)[0]?.modes).toEqual([]);
  });
});
