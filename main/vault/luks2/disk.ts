// Reads a disk's LUKS2 header from a path: bounded, without following a link, without waiting for anything.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { fail, type Result } from '../../../preload/contract/result';
import { errnoOf, faultOfErrno } from '../../files/errno';
import { headBytes, type Luks2Header, parseHeader } from './header';

const stage = 'vault.header';
const { O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** Faults: missingVault (no LUKS2 there), missingDisk, damagedHeader, denied, io. */
export function readHeader(device: string): Result<Luks2Header> {
  try {
    const file = openSync(device, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    try {
      const facts = fstatSync(file);
      if (!facts.isFile() && !facts.isBlockDevice()) return none(device);
      return parseHeader(readHead(file)) ?? none(device);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') return none(device);
    const fault = faultOfErrno(error, stage);
    const gone = fault.code === 'missingFile' || ['ENXIO', 'ENOMEDIUM', 'ENODEV'].includes(errnoOf(error));
    return fail(gone ? { ...fault, code: 'missingDisk' } : fault);
  }
}

/** The head as far as it matters: most of the 8 MiB are read only when the first copy is no good. */
function readHead(file: number): Buffer {
  const small = readAt(file, 64 << 10);
  const found = parseHeader(small);
  return found?.ok ? small : readAt(file, headBytes);
}

function readAt(file: number, length: number): Buffer {
  const held = Buffer.alloc(length);
  let have = 0;
  for (let got = -1; got !== 0 && have < length; have += got)
    got = readSync(file, held, have, length - have, have);
  return held.subarray(0, have);
}

function none(device: string): Result<never> {
  return fail({ code: 'missingVault', stage, message: `${device} is no LUKS2 disk` });
}
