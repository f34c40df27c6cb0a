// LUKS2 vaults in files, with a KDF so cheap that a thousand tries take no time. Tests only.
import { truncateSync, writeFileSync } from 'node:fs';
import { type KeyslotKind, luks2Costs } from './slots';
import { finishVolume, makeVolume, type NewKeyslot } from './volume';

export const passphrase = 'la clé dorée du grenier bleu';

const cheap = { memoryKiB: 64, iterations: 4, parallelism: 1 };
export const testOnlyCosts = Object.fromEntries(
  Object.keys(luks2Costs).map((kind) => [kind, cheap]),
) as Record<KeyslotKind, typeof cheap>;

export function testSlot(kind: KeyslotKind, bytes: Uint8Array | string, name: string = kind): NewKeyslot {
  return { kind, name, bytes: Buffer.from(bytes) };
}

/** A new vault in a file of 20 MiB, opened by the passphrase and by what else is given. Its uuid. */
export async function testVolume(device: string, ...more: NewKeyslot[]): Promise<string> {
  writeFileSync(device, '');
  truncateSync(device, 20 << 20);
  const made = await makeVolume({
    ...{ device, testOnlyCosts },
    keyslots: [testSlot('passphrase', passphrase), ...more],
  });
  if (!made.ok) throw new Error(`${made.fault.code}: ${made.fault.message}`);
  const finished = await finishVolume(device);
  if (!finished.ok) throw new Error(`${finished.fault.code}: ${finished.fault.message}`);
  return made.value;
}
