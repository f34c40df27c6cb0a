// As root, `soulpad --home DIR` names a folder that the user soulpad may not be able to reach. What the person named is
// made usable with the smallest right that does: an access control entry to pass through folders, and ownership of the
// home itself only when it is new or empty. Said aloud, each time something changes.
import { chownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { capture, talk } from '../talk.mjs';
import { asAccount } from './account.mjs';

/** @param {readonly string[]} args @returns {string | null} */
function namedHome(args) {
  for (const [index, arg] of args.entries()) {
    if (arg === '--home') return args[index + 1] ?? null;
    if (arg.startsWith('--home=')) return arg.slice('--home='.length);
  }
  return process.env.SOULPAD_HOME ?? null;
}

/** @param {import('./account.mjs').Account} account @param {readonly string[]} args */
export function grantHome(account, args) {
  const named = namedHome(args);
  if (named === null || named === '') return;
  const home = resolve(named);
  const can = (/** @type {string} */ flag, /** @type {string} */ path) => {
    const [program = '', ...rest] = asAccount(account, {});
    return capture(program, [...rest, 'test', flag, path]).status === 0;
  };
  const above = [];
  for (let folder = dirname(home); folder !== '/'; folder = dirname(folder)) above.unshift(folder);
  for (const folder of above) {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found === undefined) break;
    // The home's own parent must be read as well: a new home is made durable by an fsync of it.
    const last = folder === dirname(home);
    if (!found.isDirectory() || (can('-x', folder) && (!last || can('-r', folder)))) continue;
    const entry = `u:${account.name}:${last ? 'r-x' : '--x'}`;
    if (capture('setfacl', ['-m', entry, folder]).status !== 0) {
      talk(`${account.name} cannot pass through ${folder}, and no access control entry can be set there`);
      return;
    }
    talk(`let ${account.name} pass through ${folder} (setfacl ${entry})`);
  }
  const found = lstatSync(home, { throwIfNoEntry: false });
  if (found === undefined) {
    if (can('-w', dirname(home))) return;
    mkdirSync(home, { recursive: true, mode: 0o700 });
    chownSync(home, account.uid, account.gid);
    talk(`made ${home} for ${account.name}`);
  } else if (found.isDirectory() && found.uid === 0 && readdirSync(home).length === 0) {
    chownSync(home, account.uid, account.gid);
    talk(`gave the empty ${home} to ${account.name}`);
  }
}
