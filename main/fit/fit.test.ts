// The verdict as a table of PCs, and the facts asked of this one.
import { describe, expect, it } from 'vitest';
import { fitSchema } from '../../preload/contract/fit';
import { probeMachine } from '../guest/qemu';
import { acceleratorFor, judgeFit, leastSpaceBytes, type PcFacts, savingBytes } from './fit';
import { cpuSum, pcName } from './this-pc';

const GiB = 2 ** 30;
const guest = { machine: 'pc-q35-10.0', cpuModel: 'Nehalem-v1', ramBytes: GiB };
const good: PcFacts = {
  qemu: { version: '10.0.2', ok: true },
  accelerator: 'kvm',
  hasMachine: true,
  missingFeatures: [],
  memoryBytes: 8 * GiB,
  spaceBytes: 8 * GiB,
};
const byKvm = { accelerator: 'kvm', isMapped: false } as const;
const byTcg = { accelerator: 'tcg', isMapped: false } as const;

describe('the verdict', () => {
  it.each<[string, Partial<PcFacts>, Parameters<typeof judgeFit>[0]['state'], string, string[], boolean]>([
    ['the PC it was saved on', {}, byKvm, 'good', [], false],
    ['a switched-off guest', {}, null, 'good', [], false],
    ['no KVM', { accelerator: 'tcg' }, byTcg, 'slower', ['softwareEmulation'], false],
    [
      'no KVM for a state of KVM',
      { accelerator: 'tcg' },
      byKvm,
      'notHere',
      ['savedByHardware', 'softwareEmulation'],
      true,
    ],
    ['KVM for a state of software', {}, byTcg, 'slower', ['savedBySoftware'], false],
    [
      'a state of unknown origin',
      {},
      { accelerator: null, isMapped: false },
      'good',
      ['unknownOrigin'],
      false,
    ],
    ['an old QEMU', { qemu: { version: '7.2.0', ok: false } }, byKvm, 'notHere', ['qemuTooOld'], false],
    ['an unknown machine', { hasMachine: false }, byKvm, 'notHere', ['machineUnknown'], false],
    ['a lesser CPU', { missingFeatures: ['sse4.2'] }, byKvm, 'notHere', ['cpuLacks'], false],
    [
      'what could not be asked',
      { hasMachine: null, missingFeatures: null, memoryBytes: null, spaceBytes: null },
      byKvm,
      'good',
      [],
      false,
    ],
    ['little memory', { memoryBytes: GiB }, byKvm, 'notHere', ['memoryShort'], false],
    [
      'little memory for a mapped state',
      { memoryBytes: GiB },
      { ...byKvm, isMapped: true },
      'slower',
      ['memoryTight'],
      false,
    ],
    ['memory that just suffices', { memoryBytes: 1.5 * GiB }, byKvm, 'slower', ['memoryTight'], false],
    ['a full vault', { spaceBytes: leastSpaceBytes - 1 }, byKvm, 'notHere', ['spaceShort'], false],
    ['a vault that is almost full', { spaceBytes: savingBytes(GiB) - 1 }, byKvm, 'good', ['spaceLow'], false],
  ])('on %s', (_name, pc, state, verdict, codes, canStartAfresh) => {
    const judged = judgeFit({ pc: { ...good, ...pc }, guest, state });
    expect(fitSchema.parse(judged)).toEqual(judged);
    expect(judged.verdict).toBe(verdict);
    expect(judged.reasons.map((reason) => reason.code)).toEqual(codes);
    expect(judged.canStartAfresh).toBe(canStartAfresh);
  });

  it('a state goes on under what it was saved by, a fresh start takes the best there is', () => {
    expect(acceleratorFor('kvm', { accelerator: 'tcg' })).toBe('tcg');
    expect(acceleratorFor('kvm', { accelerator: null })).toBe('kvm');
    expect(acceleratorFor('tcg', null)).toBe('tcg');
  });
});

describe('asking this PC', () => {
  it('this QEMU has its own machines and software CPUs, and says what it has not', async () => {
    const asked = { ...guest, accelerator: 'tcg' } as const;
    expect(await probeMachine(asked)).toEqual({ hasMachine: true, missingFeatures: [] });
    expect(await probeMachine({ ...asked, machine: 'pc-q35-99.0', cpuModel: 'Nehalem-v9' })).toEqual({
      hasMachine: false,
      missingFeatures: ['Nehalem-v9'],
    });
    const tall = await probeMachine({ ...asked, cpuModel: 'SapphireRapids-v1' });
    expect(tall.missingFeatures?.length).toBeGreaterThan(0);
  });

  it('its name is short and plain, and its CPU has a sum', async () => {
    expect((await pcName())?.length ?? 0).toBeLessThanOrEqual(60);
    expect(await cpuSum()).toMatch(/^[0-9a-f]{16}$/);
  });
});
