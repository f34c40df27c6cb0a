// The versioned machine a new guest gets: what this PC's QEMU knows, but none newer than the QEMU of the stick and of
// the Debian releases we install on, so that a guest made at one desk wakes at the next.
import { fail, ok, type Result } from '../../preload/contract/result';
import { queryQemu } from './qemu';

/** Debian 12 (backports) and 13 have QEMU 10.0. Raised when the oldest that we support is newer. */
const newest = { major: 10, minor: 0 };

/** Such as pc-q35-10.0. Pure. Null for a version that nobody can read. */
export function machineOf(version: string): string | null {
  const found = /^(\d{1,2})\.(\d{1,2})\b/.exec(version);
  if (found === null) return null;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  const older = major < newest.major || (major === newest.major && minor < newest.minor);
  return older ? `pc-q35-${major}.${minor}` : `pc-q35-${newest.major}.${newest.minor}`;
}

/** Faults: toolMissing, toolTooOld, timeout, io. */
export async function chooseMachine(): Promise<Result<string>> {
  const qemu = await queryQemu();
  if (!qemu.ok) return qemu;
  const { version } = qemu.value;
  const machine = qemu.value.ok && version !== null ? machineOf(version) : null;
  if (machine !== null) return ok(machine);
  const message = `QEMU ${version ?? 'of unknown version'} is too old: 9.0 is needed`;
  return fail({ code: 'toolTooOld', stage: 'guest.add', message });
}
