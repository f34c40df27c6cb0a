// LUKS2 vaults as root has them: in an emulated PC whose kernel has dm-crypt. One boot; the cases run inside
// (in-pc.fixture.ts) and each is one test here. SOULPAD_FULL=1 measures the real KDF too.
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type EmulatedLinux, startEmulatedLinux } from '../../e2e/support/emulated-linux';

const repository = join(import.meta.dirname, '../..');
const limitMs = 1_800_000;
const lineSchema = z.object({ title: z.string(), error: z.string().nullable(), ms: z.number() });
/** A user of this machine who is not root: the tests' own, or, as root, any other. */
const user = userInfo().username === 'root' ? 'games' : userInfo().username;

describe('a LUKS2 vault in a PC', () => {
  let folder = '';
  let pc: EmulatedLinux;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'luks2-pc-'));
    mkdirSync(join(folder, 'shared'));
    await build({
      entryPoints: [join(import.meta.dirname, 'in-pc.fixture.ts')],
      ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error' },
      outfile: join(folder, 'shared/in-pc.cjs'),
    });
    const disk = join(folder, 'disk');
    writeFileSync(disk, '');
    truncateSync(disk, 480 << 20);
    const other = join(folder, 'other');
    writeFileSync(other, '');
    truncateSync(other, 20 << 20);
    pc = await startEmulatedLinux({
      folder,
      memoryMiB: 1536,
      disks: [
        { id: 'stick', file: disk, bus: 'virtio' },
        { id: 'other', file: other, bus: 'virtio' },
      ],
    });
    const table = ['label: gpt', 'size=400MiB, name=soulpad-vault', 'size=40MiB, name=something-else'].join(
      '\n',
    );
    await pc.must(`printf '${table}\n' | sfdisk -q /dev/vda`);
    await pc.must(`printf 'label: gpt\nsize=10MiB, name=soulpad-vault\n' | sfdisk -q /dev/vdb`);
  }, limitMs);
  afterAll(async () => {
    await pc?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'does what every vault must do',
    async () => {
      const ran = await pc.run(
        `node /mnt/shared/in-pc.cjs ${user} ${repository} | tee /mnt/shared/cases`,
        limitMs,
      );
      const lines = ran.stdout.split('\n').filter(Boolean);
      const cases = lines.map((line) => lineSchema.parse(JSON.parse(line)));
      for (const { title, error, ms } of cases) expect.soft(error, `${title} (${ms} ms)`).toBeNull();
      expect(ran.stderr).toBe('');
      expect(cases.length).toBeGreaterThan(25);
    },
    limitMs,
  );

  it.runIf(process.env.SOULPAD_FULL === '1')(
    'opens within half a second beside its KDF',
    async () => {
      await pc.must('cryptsetup erase -q /dev/vda1; wipefs -aq /dev/vda1');
      const said = await pc.must(`node /mnt/shared/in-pc.cjs ${user} ${repository} real`, limitMs);
      const times = z.object({ openSeconds: z.number(), kdfSeconds: z.number() }).parse(JSON.parse(said));
      console.log(`open ${times.openSeconds} s, of which the KDF ${times.kdfSeconds} s`);
    },
    limitMs,
  );
});
