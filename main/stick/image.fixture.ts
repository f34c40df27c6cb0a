// A small image of a stick with the real one's partitions, for tests. Nothing here is shipped.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { systemPath } from './disks';

const MiB = 2 ** 20;
const linux = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';

/** 10 MiB: boot 4 (bytes b1), system 2 (b2), swap 1, vault 1; boot code (b0) in front. Its path again. */
export function makeStickImage(file: string): string {
  writeFileSync(file, '');
  truncateSync(file, 10 * MiB);
  const sizes: [string, number][] = [
    ['soulpad-boot', 4],
    ['soulpad-system', 2],
    ['soulpad-swap', 1],
    ['soulpad-vault', 1],
  ];
  let start = 2048;
  const lines = sizes.map(([name, size]) => {
    const line = `start=${start}, size=${size * 2048}, type=${linux}, name="${name}"\n`;
    start += size * 2048;
    return line;
  });
  execFileSync('sfdisk', ['--quiet', '--no-reread', '--no-tell-kernel', file], {
    env: { ...process.env, ...systemPath },
    input: `label: gpt\nunit: sectors\n${lines.join('')}`,
  });
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(440, 0xb0), 0, 440, 0);
  writeSync(descriptor, Buffer.alloc(4 * MiB, 0xb1), 0, 4 * MiB, MiB);
  writeSync(descriptor, Buffer.alloc(2 * MiB, 0xb2), 0, 2 * MiB, 5 * MiB);
  closeSync(descriptor);
  return file;
}
