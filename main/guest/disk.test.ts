import { mkdir, open, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../process/run';
import { checkLayer, createBase, createLayer, inspectLayer } from './disk';
import { endMachines, must, smallFileSystem, temporaryFolder } from './machine.fixture';

const MiB = 1 << 20;
let folder = '';
let base = '';
let top = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  for (const name of ['gen-0000', 'gen-0001']) await mkdir(join(folder, name));
  base = join(folder, 'gen-0000', 'disk.qcow2');
  top = join(folder, 'gen-0001', 'disk.qcow2');
});

afterEach(endMachines);

async function patch(file: string, at: number, bytes: Buffer): Promise<void> {
  const opened = await open(file, 'r+');
  await opened.write(bytes, 0, bytes.length, at);
  await opened.close();
}

function number(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

describe('making layers', () => {
  it('makes an empty base, for this user alone, that is small', async () => {
    must(await createBase({ file: base, bytes: 64 * MiB }));
    const facts = await stat(base);
    expect(facts.mode & 0o777).toBe(0o600);
    expect(facts.size).toBeLessThan(MiB);
    expect(must(await inspectLayer(base))).toEqual({ virtualBytes: 64 * MiB, backing: null });
    must(await checkLayer(base));
  });

  it('puts a layer on a frozen one, named relative to itself', async () => {
    must(await createBase({ file: base, bytes: 64 * MiB }));
    must(await createLayer({ file: top, backing: base }));
    expect(must(await inspectLayer(top))).toEqual({
      virtualBytes: 64 * MiB,
      backing: '../gen-0000/disk.qcow2',
    });
    must(await checkLayer(top));
    const said = must(
      await run({ program: 'qemu-img', args: ['info', '--output=json', top], stage: 'test' }),
    );
    expect(JSON.parse(said.stdout.toString())).toMatchObject({
      'full-backing-filename': `${folder}/gen-0001/../gen-0000/disk.qcow2`,
      'backing-filename-format': 'qcow2',
    });
  });

  it('never writes over a file', async () => {
    await writeFile(base, 'kept');
    expect(await createBase({ file: base, bytes: MiB })).toMatchObject({ fault: { code: 'alreadyThere' } });
    expect((await stat(base)).size).toBe(4);
  });

  it('leaves nothing behind on a full disk', async () => {
    const full = await smallFileSystem(MiB);
    await run({
      program: 'sh',
      args: ['-c', 'cat /dev/zero > "$1"', 'sh', join(full, 'fill')],
      stage: 'test',
    });
    const file = join(full, 'disk.qcow2');
    expect(await createBase({ file, bytes: 64 * MiB })).toMatchObject({ fault: { code: 'full' } });
    expect(await readdir(full)).not.toContain('disk.qcow2');
  });

  it('puts no layer on a file that is none', async () => {
    await writeFile(base, 'text');
    expect(await createLayer({ file: top, backing: base })).toMatchObject({
      fault: { code: 'damagedGuest' },
    });
    expect(await readdir(join(folder, 'gen-0001'))).toEqual([]);
  });
});

describe('looking at a layer', () => {
  it.each([
    ['is no qcow2', 0, Buffer.from('oops')],
    ['has an old version', 4, Buffer.from([0, 0, 0, 2])],
    ['is encrypted', 32, Buffer.from([0, 0, 0, 2])],
    ['keeps its data elsewhere', 72, number(4n)],
    ['is marked corrupt', 72, number(2n)],
    ['has no size', 24, number(0n)],
    ['has an absurd size', 24, number(2n ** 63n)],
    ['has its backing name outside', 8, number(2n ** 40n)],
  ])('refuses one that %s', async (_, at, bytes) => {
    must(await createBase({ file: base, bytes: MiB }));
    must(await createLayer({ file: top, backing: base }));
    await patch(top, at, bytes);
    expect(await inspectLayer(top)).toMatchObject({ fault: { code: 'damagedGuest' } });
    expect(await checkLayer(top)).toMatchObject({ fault: { code: 'damagedGuest' } });
  });

  it.each(['/etc/shadow', '../../gen-0000/disk.qcow2', '../gen-0000/../../x', 'json:{}', 'nbd:x:1', ''])(
    'refuses one that is backed by %j',
    async (name) => {
      must(await createBase({ file: top, bytes: MiB }));
      const head = Buffer.alloc(12);
      head.writeBigUInt64BE(1024n, 0);
      head.writeUInt32BE(name.length, 8);
      await patch(top, 8, head);
      await patch(top, 1024, Buffer.from(name));
      expect(await inspectLayer(top)).toMatchObject({ fault: { code: 'damagedGuest' } });
    },
  );

  it('follows no link, and waits for no pipe', async () => {
    must(await createBase({ file: base, bytes: MiB }));
    await symlink(base, top);
    expect(await inspectLayer(top)).toMatchObject({ fault: { code: 'damagedGuest' } });
    const pipe = join(folder, 'pipe');
    must(await run({ program: 'mkfifo', args: [pipe], stage: 'test' }));
    expect(await inspectLayer(pipe)).toMatchObject({ fault: { code: 'damagedGuest' } });
  });

  it('finds damaged tables when it looks at all of them', async () => {
    must(await createBase({ file: base, bytes: MiB }));
    await patch(base, 40, number(0xdead000000n)); // l1_table_offset
    expect(await checkLayer(base)).toMatchObject({ ok: false });
  });
});
