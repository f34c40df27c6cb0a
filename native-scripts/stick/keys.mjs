// Keys of what is kept between builds: a part is made again exactly when something that goes into it has changed. By
// content, so that a fresh clone of the same sources finds the parts of the last one.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** @param {readonly string[]} words @returns {string} 16 hex digits */
export function keyOf(words) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word.length} ${word}\n`);
  return hash.digest('hex').slice(0, 16);
}

/**
 * Names, the executable bit and contents of files and of everything below folders; what is not there counts as such.
 * @param {readonly string[]} paths @returns {string}
 */
export function keyOfFiles(paths) {
  /** @type {string[]} */
  const words = [];
  const add = (/** @type {string} */ path, /** @type {string} */ name) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) words.push(`${name} -`);
    else if (found.isSymbolicLink()) words.push(`${name} -> ${readlinkSync(path)}`);
    else if (found.isDirectory())
      for (const entry of readdirSync(path).sort()) add(join(path, entry), `${name}/${entry}`);
    else if (!/\.test\.[cm]?[jt]sx?$/.test(name)) {
      const sum = createHash('sha256').update(readFileSync(path)).digest('hex');
      words.push(`${name} ${found.mode & 0o100 ? 'x' : '-'} ${sum}`);
    }
  };
  for (const [index, path] of paths.entries()) add(path, String(index));
  return keyOf(words);
}
