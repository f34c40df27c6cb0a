// `npm run bench -- work` needs its guest (native-scripts/bench/work-guest), built when it is asked for and kept in out/.
import { lchownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { show, Unavailable } from './talk.mjs';

/**
 * @param {{ root: string, cache: string, command: readonly string[], account: import('./user/account.mjs').Account | null }} what
 *   command: what comes before a program to run it as the user of the verb
 * @throws {Unavailable}
 */
export function buildWorkGuest({ root, cache, command: [program = '', ...prefix], account }) {
  const kernels = join(cache, 'witness-kernel');
  mkdirSync(kernels, { recursive: true });
  if (account !== null) lchownSync(kernels, account.uid, account.gid);
  const build = ['bash', 'native-scripts/bench/work-guest/build', '--cache', kernels];
  if (show(program, [...prefix, ...build], { cwd: root }) !== 0)
    throw new Unavailable('the guest of `bench work` could not be built (its words are above)');
}
