// What this PC lets us do, found out by doing it: each probe tries the very thing it tells about and leaves nothing
// behind. None of them needs root; none of them faults.
import { closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { run } from '../process/run';

export type Sandbox = 'userNamespaces' | 'setuid' | 'off' | 'none';

/** How a device file answers to opening it for reading and writing. */
export function probeDevice(path: string): 'usable' | 'denied' | 'absent' {
  try {
    closeSync(openSync(path, constants.O_RDWR));
    return 'usable';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'absent';
  }
}

/** True where fusermount3 can mount for us: we are root, or it is setuid root. */
export function mayMountFuse(uid: number): boolean {
  if (uid === 0) return true;
  return ['/usr/bin/fusermount3', '/bin/fusermount3'].some((path) => {
    const seen = statSync(path, { throwIfNoEntry: false });
    return seen !== undefined && seen.uid === 0 && (seen.mode & 0o4000) !== 0;
  });
}

/**
 * Which sandbox Electron would have. Chromium needs a user namespace with capabilities in it (some kernels give one
 * without: so a network namespace is made inside), or its setuid helper. Root's own answer says nothing about the
 * unprivileged user that the kiosk runs as, so root asks as nobody.
 */
export async function probeSandbox(about: {
  readonly uid: number;
  readonly switchedOff: boolean;
  readonly helper: string | null;
}): Promise<Sandbox> {
  if (about.switchedOff) return 'off';
  const attempt = ['unshare', '--user', '--map-root-user', '--net', 'true'];
  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...attempt];
  const [program = '', ...args] = about.uid === 0 ? asNobody : attempt;
  const tried = await run({ program, args, stage: 'host.doctor', timeoutMs: 5_000 });
  if (tried.ok) return 'userNamespaces';
  const helper = about.helper !== null && existsSync(about.helper) ? statSync(about.helper) : null;
  return helper !== null && helper.uid === 0 && (helper.mode & 0o4755) === 0o4755 ? 'setuid' : 'none';
}
