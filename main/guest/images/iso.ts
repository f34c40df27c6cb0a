// An installation disc, looked at before it is taken in: is it ISO 9660, is all of it there, and can a PC with a BIOS
// boot it. Spec: ECMA-119 (volume descriptors), "El Torito" 1.0 (boot catalog). Pure but for the reads.
import { type ImageBytes, isInside, type Look, number64 } from './bytes';

const sector = 2048;
const firstDescriptor = 16;
const maxDescriptors = 64;
const bootable = 0x88;
const platforms: Readonly<Record<number, string>> = { 1: 'PowerPC', 2: 'Macintosh', 239: 'UEFI' };

export interface IsoFacts {
  /** As on the disc, at most 32 characters, printable ASCII only; '' for none. */
  readonly label: string;
}

export async function lookAtIso(file: ImageBytes): Look<IsoFacts> {
  let label: string | null = null;
  let catalog: number | null = null;
  for (let number = 0; number < maxDescriptors; number += 1) {
    const descriptor = await file.at((firstDescriptor + number) * sector, sector);
    if (descriptor.length < sector || descriptor.toString('latin1', 1, 6) !== 'CD001') break;
    const kind = descriptor.readUInt8(0);
    if (kind === 255) break;
    if (kind === 0 && descriptor.toString('latin1', 7, 30) === 'EL TORITO SPECIFICATION')
      catalog = descriptor.readUInt32LE(71);
    if (kind === 1 && label === null) {
      const told = descriptor.readUInt32LE(80) * sector;
      if (told > file.size) return `is cut short: ${file.size} bytes of ${told} are there; get it again`;
      label = descriptor
        .toString('latin1', 40, 72)
        .replaceAll(/[^\x20-\x7e]/g, '')
        .trim();
    }
  }
  if (label === null) return 'is no disc image (ISO 9660)';
  if (catalog === null) return 'is a disc that no PC can boot from: it has no boot record (El Torito)';
  const wrong = wrongCatalog(file, await file.at(catalog * sector, sector));
  return wrong ?? { label };
}

/** Our guests start with a BIOS: one bootable entry for a PC must be there. */
function wrongCatalog(file: ImageBytes, catalog: Buffer): string | null {
  if (catalog.length < 64) return 'is cut short: its boot record points behind its end';
  let sum = 0;
  for (let at = 0; at < 32; at += 2) sum = (sum + catalog.readUInt16LE(at)) & 0xffff;
  const valid = catalog.readUInt8(0) === 1 && catalog.readUInt16LE(30) === 0xaa55 && sum === 0;
  if (!valid) return 'has a damaged boot record';
  const platform = catalog.readUInt8(1);
  if (platform !== 0) {
    const name = platforms[platform] ?? `platform ${platform}`;
    return `boots on ${name} only, and a guest starts as a PC with a BIOS does`;
  }
  if (catalog.readUInt8(32) !== bootable) return 'is a disc whose boot record says that it does not boot';
  const length = catalog.readUInt16LE(38) * 512;
  const offset = number64(BigInt(catalog.readUInt32LE(40))) * sector;
  if (length === 0 || !isInside(file, { offset, length }))
    return 'is cut short: its boot program lies behind its end';
  return null;
}
