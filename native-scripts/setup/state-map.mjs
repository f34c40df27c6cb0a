// The library that maps a guest's RAM (native-scripts/state-map), built when its sources are newer. Without it guests
// run with the full engine, so a compiler that does not work is said and is no reason to stop.
import { existsSync, lchownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourcesKey } from './sources.mjs';
import { show, talk } from './talk.mjs';

const folder = 'native-scripts/state-map';

/** @param {string} root */
function stateMapKey(root) {
  return `${sourcesKey(root, [folder])}\n`;
}

/** @param {string} root */
export function isStateMapBuilt(root) {
  const note = join(root, 'out/state-map/set-up');
  const built = existsSync(join(root, 'out/state-map/libstate-map.so')) && existsSync(note);
  return built && readFileSync(note, 'utf8') === stateMapKey(root);
}

/** @param {{ root: string, command: readonly string[], account: import('./user/account.mjs').Account | null }} what */
export function buildStateMap({ root, command: [program = '', ...prefix], account }) {
  mkdirSync(join(root, 'out'), { recursive: true });
  if (show(program, [...prefix, 'bash', `${folder}/build`], { cwd: root }) !== 0) {
    talk(
      'the library of the lazy engine could not be built: guests are saved as a whole, which takes longer',
    );
    return;
  }
  const note = join(root, 'out/state-map/set-up');
  writeFileSync(note, stateMapKey(root));
  if (account !== null) lchownSync(note, account.uid, account.gid);
}
