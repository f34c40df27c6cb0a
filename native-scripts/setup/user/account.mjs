// Started as root, only installing runs as root; everything after it runs as the user `soulpad`, made here.
// Unprivileged callers stay who they are. What the user gets: a home, a 0700 runtime folder, the devices that a
// desktop's udev opens to everybody, and a clean environment.
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture, talk, Unavailable } from '../talk.mjs';

const name = 'soulpad';
const home = '/var/lib/soulpad';

/** @typedef {{ name: string, uid: number, gid: number, home: string, runtime: string }} Account */

/** @returns {Account | null} from the system's own record */
function findAccount() {
  const [, , uid, gid, , folder] = capture('getent', ['passwd', name]).stdout.trim().split(':');
  if (uid === undefined || gid === undefined || folder === undefined) return null;
  return { name, uid: Number(uid), gid: Number(gid), home: folder, runtime: `/run/soulpad-${uid}` };
}

/** Root only. @returns {Account} @throws {Unavailable} */
export function provideAccount() {
  let account = findAccount();
  if (account === null) {
    talk(`making the system user ${name} (home ${home}): nothing but installing runs as root`);
    const made = capture('useradd', [
      '--system',
      '--user-group',
      '--create-home',
      '--home-dir',
      home,
      '--shell',
      '/bin/bash',
      name,
    ]);
    account = findAccount();
    if (account === null) throw new Unavailable(`the user ${name} could not be made: ${made.stderr.trim()}`);
    chmodSync(home, 0o700);
  }
  provideRuntimeFolder(account);
  return account;
}

/** @param {Account} account */
function provideRuntimeFolder({ uid, gid, runtime }) {
  if (!existsSync(runtime)) mkdirSync(runtime, { mode: 0o700 });
  const found = statSync(runtime);
  if (found.uid !== uid || found.gid !== gid) chownSync(runtime, uid, gid);
  if ((found.mode & 0o777) !== 0o700) chmodSync(runtime, 0o700);
}

/** Root only: what udev does on a desktop, for machines that have none. @param {Account} account */
export function openDevices(account) {
  if (!existsSync('/dev/fuse')) capture('modprobe', ['fuse']);
  if (!existsSync('/dev/fuse')) talk('this kernel has no /dev/fuse: a vault cannot be opened here');
  else if ((statSync('/dev/fuse').mode & 0o666) !== 0o666) {
    talk('opening /dev/fuse to everybody (0666), as udev does on a desktop');
    chmodSync('/dev/fuse', 0o666);
  }
  if (!existsSync('/dev/kvm')) return;
  const device = statSync('/dev/kvm');
  if ((device.mode & 0o006) === 0o006) return;
  const group = capture('getent', ['group', String(device.gid)]).stdout.split(':')[0];
  const groups = capture('id', ['-G', account.name]).stdout.trim().split(' ');
  if (group === undefined || group === '' || device.gid === 0 || groups.includes(String(device.gid))) return;
  talk(`adding ${account.name} to the group ${group}, which may use /dev/kvm`);
  capture('usermod', ['--append', '--groups', group, account.name]);
}

/** The argv that runs a program as the account. @param {Account} account @param {Record<string, string>} environment */
export function asAccount({ name: user, uid, gid }, environment) {
  const pairs = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
  return [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--init-groups',
    '--inh-caps=-all',
    'env',
    '-i',
    ...pairs,
    `USER=${user}`,
    `LOGNAME=${user}`,
  ];
}

/** What passes from root's environment: how to talk, what the person set for us, the display. */
const passing = /^(SOULPAD_\w+|LANG|LC_\w+|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CI)$/;

/** @param {Account} account @param {{ from: NodeJS.ProcessEnv, node: string }} what @returns {Record<string, string>} */
export function cleanEnvironment(account, { from, node }) {
  /** @type {Record<string, string>} */
  const environment = {
    HOME: account.home,
    PATH: `${dirname(node)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
    SHELL: '/bin/bash',
    XDG_RUNTIME_DIR: account.runtime,
  };
  for (const [key, value] of Object.entries(from)) {
    if (value !== undefined && passing.test(key)) environment[key] = value;
  }
  return { ...environment, ...displayFor(account, from) };
}

/** Root's display, with a copy of its cookie; without a cookie the account gets none. @param {Account} account @param {NodeJS.ProcessEnv} from */
function displayFor(account, from) {
  const display = from.DISPLAY;
  if (display === undefined || display === '') return {};
  const cookie = join(account.runtime, 'xauthority');
  rmSync(cookie, { force: true });
  const copied = capture('xauth', ['extract', cookie, display]);
  if (copied.status === 0 && existsSync(cookie)) {
    chownSync(cookie, account.uid, account.gid);
    chmodSync(cookie, 0o600);
    return { DISPLAY: display, XAUTHORITY: cookie };
  }
  // An X server without access control needs no cookie; ask it, as the account.
  const test = asAccount(account, { DISPLAY: display, HOME: account.home, PATH: '/usr/bin:/bin' });
  if (capture(test[0] ?? '', [...test.slice(1), 'xdpyinfo'], { timeoutMs: 5_000 }).status === 0)
    return { DISPLAY: display };
  talk(`the display ${display} has no cookie that could be passed on; starting without it`);
  return {};
}
