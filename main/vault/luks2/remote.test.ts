// What a person is told where LUKS2 vaults cannot be: no soulpadd, or a kernel without dm-crypt. soulpadd is the real
// one, as this user.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasDmCrypt } from '../../soulpadd/dm-crypt';
import { startSoulpadd } from '../../soulpadd/start';
import { formatDisk, openDisk, soulpaddDisks } from './remote';

let folder = '';
const uuid = '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'luks2-remote-'));
  process.env.SOULPADD_FOLDER = folder;
});
afterEach(() => {
  delete process.env.SOULPADD_FOLDER;
  rmSync(folder, { recursive: true, force: true });
});

describe('where no soulpadd runs', () => {
  it('that is said, gocryptfs is offered, and what was to be sent is wiped', async () => {
    const bytes = Buffer.from('la clé dorée du grenier bleu');
    const keyslots = [{ kind: 'passphrase' as const, name: 'passphrase', bytes }];
    for (const answer of [await soulpaddDisks(), await formatDisk({ disk: '1.0', keyslots })]) {
      expect(answer).toMatchObject({ ok: false, fault: { code: 'kernelLacks' } });
      expect(answer.ok ? '' : answer.fault.hint).toContain('gocryptfs');
    }
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });
});

describe('where soulpadd runs', () => {
  it('a kernel without dm-crypt is told of; with it, a vault that is not there is', async () => {
    const served = await startSoulpadd({ user: userInfo().username, folder, images: [], keepers: null });
    if (!served.ok) throw new Error(served.fault.message);
    try {
      const disks = await soulpaddDisks();
      if (!hasDmCrypt()) {
        expect(disks).toMatchObject({ ok: false, fault: { code: 'kernelLacks' } });
        expect(disks.ok ? '' : disks.fault.hint).toContain('gocryptfs');
      } else expect(disks.ok).toBe(true);
      const bytes = Buffer.from('la clé dorée du grenier bleu');
      const opened = await openDisk({ uuid, secret: { kind: 'passphrase', bytes } });
      expect(opened).toMatchObject({
        ok: false,
        fault: { code: hasDmCrypt() ? 'missingDisk' : 'kernelLacks' },
      });
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    } finally {
      await served.value.close();
    }
  });
});
