import { describe, expect, it } from 'vitest';
import { parseVersion, probeKvm, queryQemu, runsProbe } from './qemu';

const machine = 'pc-q35-10.0';

describe('which QEMU this is', () => {
  it.each([
    ['QEMU emulator version 10.0.2 (Debian 1:10.0.2)\nCopyright', { version: '10.0.2', ok: true }],
    ['QEMU emulator version 9.0.50', { version: '9.0.50', ok: true }],
    ['QEMU emulator version 7.2.17 (Debian)', { version: '7.2.17', ok: false }],
    ['something else', { version: null, ok: false }],
    ['', { version: null, ok: false }],
  ])('is read from %j', (text, facts) => {
    expect(parseVersion(text)).toEqual(facts);
  });

  it('is asked of the installed one', async () => {
    expect(await queryQemu()).toMatchObject({ ok: true, value: { ok: true } });
  });
});

describe('whether a CPU runs here', () => {
  it('is found out by running it', async () => {
    expect(await runsProbe({ machine, cpuModel: 'Nehalem-v1', accelerator: 'tcg' })).toBe(true);
  });

  it('is no for a CPU that software emulation lacks', async () => {
    expect(await runsProbe({ machine, cpuModel: 'SapphireRapids-v1', accelerator: 'tcg' })).toBe(false);
  });

  it('is one of three answers for KVM, and asked once', async () => {
    const about = { machine, cpuModel: 'Nehalem-v1' };
    expect(probeKvm(about)).toBe(probeKvm(about));
    expect(['usable', 'denied', 'absent']).toContain(await probeKvm(about));
  });
});
