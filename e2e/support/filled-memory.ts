// Fills a booted stick's memory with what must not stay there, and knows what to look for afterwards: a vault with a key
// that the test chose, and a mark for each place that a desktop leaves things in. Needs /usr/lib/opened/burden in the
// system (buildBurden). Tests only.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './cli';
import type { EmulatedLinux } from './emulated-linux';
import { keyPieces } from './memory-search';

/** MiB of the mark in each place: a program's memory, /dev/shm, the system's layer in RAM, a vault's cached pages. */
export const loads = { process: 96, tmpfs: 48, layer: 32, cache: 64 } as const;
const places = ['process', 'tmpfs', 'layer', 'cache', 'swapped', 'passphrase'] as const;
type Place = (typeof places)[number];

/** What scripts and argument lists hold; the mark in the memory differs from it in every byte. */
const seeds = Object.fromEntries(places.map((place) => [place, randomBytes(8).toString('hex')])) as Record<
  Place,
  string
>;
const volumeKey = randomBytes(64);

export function mark(place: Place): Buffer {
  return Buffer.from(Buffer.from(seeds[place]).map((byte) => byte ^ 1));
}

export const needles: Readonly<Record<string, Buffer>> = {
  ...keyPieces(volumeKey),
  ...Object.fromEntries(places.map((place) => [place, mark(place)])),
  'passphrase, UTF-16': Buffer.from(mark('passphrase').toString('latin1'), 'utf16le'),
};

/** The program that fills, static: to be put at /usr/lib/opened/burden. */
export function buildBurden(folder: string): Buffer {
  const program = join(folder, 'burden');
  const source = join(repository, 'native-scripts/host/memory-trial/burden.c');
  execFileSync('gcc', ['-std=c11', '-D_GNU_SOURCE', '-O2', '-static', '-o', program, source]);
  return readFileSync(program);
}

/** Fulfils when every place is full, and a part was swapped out. */
export async function fillMemory(on: EmulatedLinux): Promise<void> {
  await on.must(fillScript, 1_800_000);
}

// The key is in the script only with each bit turned.
const fillScript = `set -eo pipefail
b=/usr/lib/opened/burden
. /run/soulpad/stick.env
turned=${Buffer.from(volumeKey.map((byte) => byte ^ 255)).toString('hex')}
key() { for ((i = 0; i < 128; i += 2)); do printf "\\\\x$(printf %02x $((255 - 0x\${turned:i:2})))"; done; }
key | cryptsetup luksFormat -q --type luks2 --pbkdf argon2id --pbkdf-memory 65536 --pbkdf-force-iterations 4 \\
  --key-size 512 --volume-key-file /dev/stdin "$STICK_VAULT" --key-file <($b say ${seeds.passphrase})
$b say ${seeds.passphrase} | cryptsetup open --key-file=- "$STICK_VAULT" vault
mkdir -p /run/vault
mkfs.xfs -q -f /dev/mapper/vault
mount /dev/mapper/vault /run/vault
begin() { $b "$@" >/run/said & until grep -q READY /run/said; do sleep 0.2; done; rm /run/said; }
begin memory ${seeds.process} ${loads.process}
begin file ${seeds.tmpfs} ${loads.tmpfs} /dev/shm/ram
begin file ${seeds.layer} ${loads.layer} /var/lib/layer
begin file ${seeds.cache} ${loads.cache} /run/vault/document
sync
mkdir -p /sys/fs/cgroup/swapped
swapoff /dev/zram0
echo $$ >/sys/fs/cgroup/swapped/cgroup.procs
begin memory ${seeds.swapped} 48
echo $$ >/sys/fs/cgroup/cgroup.procs
echo 40M >/sys/fs/cgroup/swapped/memory.reclaim || true
awk '$1 ~ /dm-|mapper/ && $4 < 20000 { exit 1 }' /proc/swaps
`;
