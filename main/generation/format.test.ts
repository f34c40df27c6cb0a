// The pure format: CURRENT's one spelling, the manifest's story, the protocol's order.
import { describe, expect, test } from 'vitest';
import { chainOf, contradictionIn } from './chain';
import { checkpointSteps } from './checkpoint-protocol';
import { formatCurrent, numberOfFolder, parseCurrent } from './current';
import { type Manifest, manifestSchema } from './manifest';
import { suspendSteps } from './protocol';

const layer = (generation: number, bytes = 196_616) => ({ generation, file: 'disk.qcow2' as const, bytes });

const base: Manifest = {
  format: 'soulpad-generation',
  version: 1,
  guest: 'witness',
  guestUuid: '0e3c1f8a-57a1-4c0b-9d6e-3f1b7a2c4d5e',
  number: 0,
  parent: null,
  createdAt: '2026-01-02T03:04:05.000Z',
  machine: 'pc-q35-10.0',
  cpuModel: 'Nehalem-v1',
  ramBytes: 96 << 20,
  engine: null,
  layers: [layer(0)],
  state: null,
  ram: null,
  nonZeroBytes: null,
};

const saved: Manifest = {
  ...base,
  number: 7,
  parent: 0,
  engine: 'full',
  layers: [layer(0), layer(7)],
  state: { file: 'state', bytes: 100, format: 'mapped-ram' },
  ram: { base: 'state', deltas: [] },
  nonZeroBytes: 100,
};

describe('CURRENT', () => {
  test('names one generation in one spelling', () => {
    for (const number of [0, 7, 9_999, 12_345, 999_999_999]) {
      expect(parseCurrent(formatCurrent(number))).toBe(number);
    }
    expect(formatCurrent(7)).toBe('gen-0007\n');
  });

  test.each([
    ['empty', ''],
    ['without the line end', 'gen-0007'],
    ['with a second line', 'gen-0007\ngen-0008\n'],
    ['with a space', 'gen-0007 \n'],
    ['with a carriage return', 'gen-0007\r\n'],
    ['with too few digits', 'gen-7\n'],
    ['with a leading zero too many', 'gen-00007\n'],
    ['with a huge number', 'gen-9999999999\n'],
    ['with a minus', 'gen--007\n'],
    ['leading out of the folder', '../gen-0007\n'],
    ['absolute', '/gen-0007\n'],
    ['below a generation', 'gen-0007/x\n'],
    ['in other digits', 'gen-٠٠٠٧\n'],
    ['with a NUL', 'gen-0007\0\n'],
    ['in capitals', 'GEN-0007\n'],
    ['too long', `gen-0007${' '.repeat(40)}\n`],
  ])('%s is damage', (_name, content) => {
    expect(parseCurrent(content)).toBeNull();
  });

  test('a folder of another name is no generation', () => {
    for (const name of ['gen-0007.bak', 'gen-', 'gen-0x07', 'xgen-0007', '.gen-0007', 'gen-0007 '])
      expect(numberOfFolder(name)).toBeNull();
  });
});

describe('a manifest', () => {
  test('of a base and of a suspended guest is accepted', () => {
    for (const manifest of [base, saved]) {
      expect(manifestSchema.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
      expect(contradictionIn(manifest, null)).toBeNull();
    }
    expect(contradictionIn(saved, base)).toBeNull();
    expect(chainOf(saved).map((one) => one.folder)).toEqual(['gen-0000', 'gen-0007']);
  });

  test.each([
    ['an unknown field', { ...saved, extra: 1 }],
    ['another format', { ...saved, format: 'soulpad-guest' }],
    ['a newer version', { ...saved, version: 2 }],
    ['a number over the bound', { ...saved, number: 1e12 }],
    ['a number that is none', { ...saved, number: '7' }],
    ['a layer elsewhere', { ...saved, layers: [{ generation: 0, file: '../../x.qcow2', bytes: 1 }] }],
    ['a negative size', { ...saved, layers: [layer(0, -1)] }],
    ['a size over the bound', { ...saved, layers: [layer(0, 2 ** 53)] }],
    ['a state elsewhere', { ...saved, state: { file: '/etc/shadow', bytes: 1, format: 'mapped-ram' } }],
    ['an unknown engine', { ...saved, engine: 'magic' }],
    ['more layers than any chain', { ...saved, layers: Array.from({ length: 600 }, (_, at) => layer(at)) }],
    ['a prototype for a field', JSON.parse('{"__proto__":{"number":7}}')],
    ['nothing', null],
  ])('with %s is refused', (_name, content) => {
    expect(manifestSchema.safeParse(content).success).toBe(false);
  });

  test.each<[string, Manifest, RegExp]>([
    ['its own parent', { ...saved, parent: 7 }, /parent/],
    ['a younger parent', { ...saved, parent: 8 }, /parent/],
    ['a layer of a later session', { ...saved, layers: [layer(0), layer(9)] }, /newer/],
    ['layers out of order', { ...saved, layers: [layer(7), layer(0)] }, /order/],
    ['a layer twice', { ...saved, layers: [layer(7), layer(7)] }, /order/],
    ['no layer of its own', { ...saved, layers: [layer(0)] }, /own layer/],
    ['an empty layer', { ...saved, layers: [layer(0, 0), layer(7)] }, /empty/],
    ['RAM without a state', { ...saved, state: null }, /together/],
    ['a state without an engine', { ...saved, engine: null }, /together/],
    ['an empty state', { ...saved, state: { file: 'state', bytes: 0, format: 'mapped-ram' } }, /empty/],
  ])('with %s contradicts itself', (_name, manifest, says) => {
    expect(contradictionIn(manifest, null)).toMatch(says);
  });

  test('whose chain does not go on from its parent contradicts it; layers of cut checkpoints may lie between', () => {
    const other = { ...base, layers: [layer(0, 4_096)] };
    expect(contradictionIn(saved, other)).toMatch(/chain/);
    expect(contradictionIn({ ...saved, layers: [layer(7)] }, base)).toMatch(/chain/);
    expect(contradictionIn({ ...saved, layers: [layer(0), layer(3), layer(7)] }, base)).toBeNull();
    expect(contradictionIn({ ...saved, layers: [] }, { ...base, layers: [] })).toBeNull();
  });
});

describe('the checkpoint protocol', () => {
  const names = checkpointSteps.map((step) => step.name);

  test('has one instant: old before it, new after it; a power cut chooses only right after it', () => {
    const rename = names.indexOf('renameCurrent');
    checkpointSteps.forEach((step, at) => {
      expect(step.killed, step.name).toBe(at <= rename ? 'old' : 'new');
      expect(step.powerCut === 'either', step.name).toBe(at === rename + 1);
    });
  });

  test('lets the guest go on before anything big is written, and writes all of it before the rename', () => {
    const order = [
      'pause',
      'switchLayer',
      'copyState',
      'goOn',
      'writeState',
      'fsyncFiles',
      'renameCurrent',
    ] as const;
    const at = order.map((name) => names.indexOf(name));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(names.indexOf('goOn') - names.indexOf('pause')).toBe(3);
  });
});

describe('the suspend protocol', () => {
  test('has one instant: old before it, new after it, and never back', () => {
    const rename = suspendSteps.findIndex((step) => step.name === 'renameCurrent');
    suspendSteps.forEach((step, at) => {
      expect(step.killed, step.name).toBe(at <= rename ? 'old' : 'new');
      expect(step.reversible, step.name).toBe(at <= rename);
    });
  });

  test('lets a power cut choose only between the rename and the fsync of its folder', () => {
    const either = suspendSteps.filter((step) => step.powerCut === 'either').map((step) => step.name);
    expect(either).toEqual(['fsyncGuestFolder']);
  });

  test('makes every file durable before the rename and ends QEMU last', () => {
    const names = suspendSteps.map((step) => step.name);
    const before = names.slice(0, names.indexOf('renameCurrent'));
    expect(before).toEqual(
      expect.arrayContaining(['fsyncFiles', 'writeManifest', 'fsyncFolder', 'writeCurrent']),
    );
    expect(names.at(-1)).toBe('quit');
  });
});
