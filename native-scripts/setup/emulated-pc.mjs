// The emulated PC of tests (native-scripts/host/emulated-pc), built when its sources are newer and only for the tests.
// Built here because set-up may freshen the package lists; what cannot be had is said, and its tests then fail.
import { existsSync, lchownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { update } from './debian/packages.mjs';
import { sourcesKey } from './sources.mjs';
import { show, talk } from './talk.mjs';

const folder = 'native-scripts/host/emulated-pc';
const guest = 'native-scripts/guest';

/** @param {string} root */
function keyOf(root) {
  return `${sourcesKey(root, [folder, `${guest}/debian-kernel`, `${guest}/copy-programs`])}\n`;
}

/** @param {string} root */
export function isEmulatedPcBuilt(root) {
  const note = join(root, 'out/emulated-pc/set-up');
  const files = ['kernel', 'initrd'].every((name) => existsSync(join(root, 'out/emulated-pc', name)));
  return files && existsSync(note) && readFileSync(note, 'utf8') === keyOf(root);
}

/**
 * @param {{ root: string, cache: string, command: readonly string[], account: import('./user/account.mjs').Account | null }} what
 *   command: what comes before a program to run it as the user of the verb
 */
export function buildEmulatedPc({ root, cache, command: [program = '', ...prefix], account }) {
  const kernels = join(cache, 'kernel');
  mkdirSync(kernels, { recursive: true });
  if (account !== null) lchownSync(kernels, account.uid, account.gid);
  const build = () =>
    show(program, [...prefix, 'bash', `${folder}/build`, '--cache', kernels], { cwd: root });
  talk('building the emulated PC of the tests (a Debian kernel of 70 MB, downloaded but not installed)');
  let status = build();
  if (status === 69 && process.getuid?.() === 0) {
    update();
    status = build();
  }
  if (status !== 0) return talk('the emulated PC could not be built: the tests that need it will fail');
  const note = join(root, 'out/emulated-pc/set-up');
  writeFileSync(note, keyOf(root));
  if (account !== null) lchownSync(note, account.uid, account.gid);
}
