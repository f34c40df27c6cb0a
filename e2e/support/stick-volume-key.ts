// The volume key of the LUKS2 vault on a written stick, as somebody gets it who has the stick and the passphrase: so that
// tests know what to look for in a PC's memory. Stock cryptsetup, on a copy of the header. Throws. Tests only.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** All of a LUKS2 header as cryptsetup makes it: two JSON areas and the keyslots. */
const headerBytes = 16 << 20;

const tableSchema = z.object({
  partitiontable: z.object({ partitions: z.array(z.object({ name: z.string(), start: z.number() })) }),
});

/** 64 bytes. `folder`: for what is made meanwhile. */
export function volumeKeyOf(about: {
  readonly stick: string;
  readonly passphrase: string;
  readonly folder: string;
}): Buffer {
  const folder = mkdtempSync(join(about.folder, 'header-'));
  const [header, secret, key] = ['header', 'secret', 'key'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    writeFileSync(header, readHeader(about.stick));
    writeFileSync(secret, about.passphrase);
    const options = ['-q', '--dump-volume-key', '--volume-key-file', key, '--key-file', secret];
    execFileSync('cryptsetup', ['luksDump', ...options, header], { env, stdio: 'ignore' });
    return readFileSync(key);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readHeader(stick: string): Buffer {
  const said = execFileSync('sfdisk', ['--json', stick], { encoding: 'utf8', env });
  const { partitions } = tableSchema.parse(JSON.parse(said)).partitiontable;
  const vault = partitions.find(({ name }) => name === 'soulpad-vault');
  if (vault === undefined) throw new Error(`${stick} has no partition for a vault`);
  const header = Buffer.alloc(headerBytes);
  const file = openSync(stick, 'r');
  try {
    readSync(file, header, 0, header.length, vault.start * 512);
  } finally {
    closeSync(file);
  }
  return header;
}
