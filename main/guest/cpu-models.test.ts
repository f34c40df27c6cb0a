import { describe, expect, it } from 'vitest';
import { cpuModels, defaultCpuModel, findCpuModel, usableCpuModels } from './cpu-models';
import { whyCpuIsRefused } from './savable';

describe('the CPU models of new guests', () => {
  it('are all named with a version, oldest first, and the default runs on the most PCs', () => {
    for (const { model } of cpuModels) expect(whyCpuIsRefused(model)).toBeNull();
    const years = cpuModels.map(({ anyPcSince }) => anyPcSince);
    expect(years).toEqual([...years].sort());
    expect(defaultCpuModel).toBe('Nehalem-v1');
  });

  it('are found by name; others are refused with what can be taken', () => {
    expect(findCpuModel('Westmere-v1')).toMatchObject({ ok: true, value: { anyPcSince: 2015 } });
    for (const name of ['host', 'EPYC-v4', 'nehalem'])
      expect(findCpuModel(name)).toMatchObject({
        ok: false,
        fault: { code: 'usage', hint: expect.stringContaining('Nehalem-v1 (any PC since 2013)') },
      });
  });

  it('that this PC runs are told by starting them; the default always does', async () => {
    const usable = await usableCpuModels('pc-q35-10.0');
    expect(usable.map(({ model }) => model)).toContain(defaultCpuModel);
  });
});
