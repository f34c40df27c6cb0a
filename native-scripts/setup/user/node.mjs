// A Node that the account can run: root's own may lie below /root (nvm, pyenv and the like), then the one binary is
// copied into the cache.
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture, talk } from '../talk.mjs';
import { asAccount } from './account.mjs';

/** @param {import('./account.mjs').Account} account @param {string} cache @returns {string} */
export function reachableNode(account, cache) {
  const [program = '', ...args] = asAccount(account, {});
  if (capture(program, [...args, 'test', '-x', process.execPath]).status === 0) return process.execPath;
  const copy = join(cache, `node-${process.version}`, 'node');
  if (!existsSync(copy)) {
    talk(`${account.name} cannot run ${process.execPath}: copying it to ${copy}`);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(process.execPath, `${copy}.part`);
    chmodSync(`${copy}.part`, 0o755);
    renameSync(`${copy}.part`, copy);
  }
  return copy;
}
