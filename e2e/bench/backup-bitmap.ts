// The peer that knows by itself what changed: QEMU's dirty bitmap (docs/interop/bitmaps.rst). A copy of the base is given
// one, changed, and copied by `blockdev-backup` with `sync: incremental`, over QMP on stdio.
import { copyFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { run, start } from '../../main/process/run';

const hourMs = 3_600_000;

export async function copyByBitmap(about: {
  readonly ground: string;
  readonly base: string;
  readonly diskBytes: number;
  readonly change: (file: string) => Promise<void>;
}): Promise<{ readonly bytes: number; readonly seconds: number }> {
  const [image, target] = [join(about.ground, 'tracked'), join(about.ground, 'tracked-copy')];
  await copyFile(about.base, image);
  await tool(['bitmap', '--add', '-f', 'qcow2', image, 'since']);
  await about.change(image);
  await tool(['create', '-q', '-f', 'qcow2', target, String(about.diskBytes)]);
  const seconds = await backUpIncrement(image, target);
  const { blocks } = await stat(target);
  await rm(image);
  await rm(target);
  return { bytes: blocks * 512, seconds };
}

async function tool(args: readonly string[]): Promise<void> {
  const ran = await run({ program: 'qemu-img', args, stage: 'bench', timeoutMs: hourMs });
  if (!ran.ok) throw new Error(ran.fault.message);
}

async function backUpIncrement(image: string, target: string): Promise<number> {
  const node = (name: string, filename: string) => ({
    execute: 'blockdev-add',
    arguments: { driver: 'qcow2', 'node-name': name, file: { driver: 'file', filename } },
  });
  const child = start({
    program: 'qemu-system-x86_64',
    args: ['-nodefaults', '-display', 'none', '-machine', 'none', '-S', '-qmp', 'stdio'],
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [stdin, stdout] = [child.process.stdin as Writable, child.process.stdout as Readable];
  const began = performance.now();
  const over = new Promise<void>((resolve, reject) => {
    let said = '';
    stdout.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('"error"')) reject(new Error(said.slice(-500)));
      if (said.includes('BLOCK_JOB_COMPLETED')) resolve();
    });
    void child.ended.then(() => reject(new Error('QEMU ended')));
  });
  const backup = {
    execute: 'blockdev-backup',
    arguments: { 'job-id': 'copy', device: 'a', target: 'b', sync: 'incremental', bitmap: 'since' },
  };
  for (const command of [{ execute: 'qmp_capabilities' }, node('a', image), node('b', target), backup])
    stdin.write(`${JSON.stringify(command)}\n`);
  await over;
  const seconds = (performance.now() - began) / 1000;
  stdin.write(`${JSON.stringify({ execute: 'quit' })}\n`);
  await child.ended.catch(() => {});
  return seconds;
}
