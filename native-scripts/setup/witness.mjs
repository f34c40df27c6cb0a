// The witness guest (native-scripts/guest/witness), built when its sources are newer: tests and `guest add --witness`
// need it. Without it everything else works, so a kernel that cannot be had is said and is no reason to stop.
import { existsSync, lchownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { update } from './debian/packages.mjs';
import { sourcesKey } from './sources.mjs';
import { show, talk } from './talk.mjs';

const folder = 'native-scripts/guest/witness';

/** @param {string} root */
function witnessKey(root) {
  return `${sourcesKey(root, [`${folder}/build`, `${folder}/init`, `${folder}/../debian-kernel`])}\n`;
}

/** @param {string} root */
export function isWitnessBuilt(root) {
  const note = join(root, 'out/witness/set-up');
  const files = ['kernel', 'initrd'].every((name) => existsSync(join(root, 'out/witness', name)));
  return files && existsSync(note) && readFileSync(note, 'utf8') === witnessKey(root);
}

/**
 * @param {{ root: string, cache: string, command: readonly string[], account: import('./user/account.mjs').Account | null }} what
 *   command: what comes before a program to run it as the user of the verb
 */
export function buildWitness({ root, cache, command: [program = '', ...prefix], account }) {
  const kernels = join(cache, 'witness-kernel');
  mkdirSync(kernels, { recursive: true });
  if (account !== null) lchownSync(kernels, account.uid, account.gid);
  const build = () =>
    show(program, [...prefix, 'bash', `${folder}/build`, '--cache', kernels], { cwd: root });
  talk('building the witness guest (a Debian kernel of 30 MB, downloaded but not installed)');
  let status = build();
  if (status === 69 && process.getuid?.() === 0) {
    update();
    status = build();
  }
  if (status !== 0) {
    talk(
      'the witness guest could not be built: its tests are skipped and `guest add --witness` is not there',
    );
    return;
  }
  const note = join(root, 'out/witness/set-up');
  writeFileSync(note, witnessKey(root));
  if (account !== null) lchownSync(note, account.uid, account.gid);
}
