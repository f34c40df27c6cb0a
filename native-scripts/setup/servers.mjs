// The servers that backup tests talk to on loopback (native-scripts/backup/servers), unpacked once. Without them everything
// else works, so a mirror that does not have them is said and is no reason to stop: the tests then name what is missing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { show, talk } from './talk.mjs';

/** @param {string} root */
export function areServersThere(root) {
  return existsSync(join(root, 'out/servers/bin/rest-server'));
}

/**
 * @param {{ root: string, command: readonly string[] }} what
 *   command: what comes before a program to run it as the user of the verb
 */
export function getServers({ root, command: [program = '', ...prefix] }) {
  talk('getting the servers of backup tests (sshd, rest-server: downloaded, unpacked, not installed)');
  if (show(program, [...prefix, 'bash', 'native-scripts/backup/servers'], { cwd: root }) !== 0)
    talk('the servers of backup tests could not be had: those tests are skipped and say so');
}
