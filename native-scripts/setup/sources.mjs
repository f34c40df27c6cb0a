// Whether out/ holds what was built of these sources: one hash over names, sizes and times, some 10 ms.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const product = [
  'app',
  'main',
  'preload',
  'e2e',
  'package.json',
  'package-lock.json',
  'native-scripts/setup/build.mjs',
];

/** @param {string} root @param {readonly string[]} [inputs] @returns {string} hex; changes when a source file does */
export function sourcesKey(root, inputs = product) {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ path) => {
    const found = statSync(join(root, path), { throwIfNoEntry: false });
    if (found === undefined) return;
    if (found.isDirectory()) for (const name of readdirSync(join(root, path)).sort()) add(join(path, name));
    else if (!path.includes('.test.')) hash.update(`${path} ${found.size} ${Math.round(found.mtimeMs)}\n`);
  };
  for (const path of inputs) add(path);
  return hash.digest('hex');
}

/** @param {string} root */
export function isBuilt(root) {
  const note = join(root, 'out/build.json');
  return existsSync(note) && JSON.parse(readFileSync(note, 'utf8')).sources === sourcesKey(root);
}
