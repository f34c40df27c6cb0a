// Where the account can work. A checkout that it can reach is used in place; one that it cannot (below /root, in a
// 0700 folder) is copied, sources only and only what changed, and the results are linked back. Of the checkout itself
// only out/, dist/ and test-results/ change hands, never the sources or .git.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { capture, talk } from '../talk.mjs';
import { asAccount } from './account.mjs';

/** @typedef {import('./account.mjs').Account} Account */

const results = ['out', 'dist', 'test-results'];
const left = new Set(['.git', 'node_modules', ...results]);

/** @param {Account} account @param {string} root */
function canReach(account, root) {
  const [program = '', ...args] = asAccount(account, {});
  const reads = `test -x "$1" && test -r "$1/package.json" && test -r "$1/native-scripts/setup/run"`;
  return capture(program, [...args, 'sh', '-c', reads, 'sh', root]).status === 0;
}

/**
 * The folder to work in: the checkout, or its up-to-date copy.
 * @param {{ account: Account, root: string, cache: string }} what
 */
export function reachableCheckout({ account, root, cache }) {
  const copy = join(cache, 'checkouts', createHash('sha256').update(root).digest('hex').slice(0, 12));
  // Once copied it stays so: the way may have been opened since, for a --home beside the checkout.
  if (!isLinkTo(join(root, 'out'), join(copy, 'out')) && canReach(account, root)) return root;
  const fresh = !existsSync(copy);
  mkdirSync(copy, { recursive: true });
  if (fresh) talk(`${account.name} cannot look into ${root}: working in a copy of it, ${copy}`);
  copyFolder(root, copy, left);
  for (const name of results) linkBack({ name, root, copy });
  return copy;
}

/** @param {string} path @param {string} target */
function isLinkTo(path, target) {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && readlinkSync(path) === target;
}

/** @param {string} from @param {string} to @param {ReadonlySet<string>} except top-level names left alone on both sides */
export function copyFolder(from, to, except = new Set()) {
  const names = readdirSync(from).filter((name) => !except.has(name));
  for (const stale of readdirSync(to)) {
    if (!names.includes(stale) && !except.has(stale))
      rmSync(join(to, stale), { recursive: true, force: true });
  }
  for (const name of names) {
    const source = join(from, name);
    const target = join(to, name);
    const wanted = lstatSync(source);
    let found = lstatSync(target, { throwIfNoEntry: false });
    if (found !== undefined && (found.mode & 0o170000) !== (wanted.mode & 0o170000)) {
      rmSync(target, { recursive: true, force: true });
      found = undefined;
    }
    if (wanted.isDirectory()) {
      if (found === undefined) mkdirSync(target);
      chmodSync(target, 0o755);
      copyFolder(source, target);
    } else if (wanted.isSymbolicLink()) {
      if (found !== undefined) rmSync(target);
      symlinkSync(readlinkSync(source), target);
    } else if (wanted.isFile() && !sameFile(found, wanted)) {
      copyFileSync(source, target);
      chmodSync(target, (wanted.mode & 0o100) === 0 ? 0o644 : 0o755);
      utimesSync(target, wanted.atime, wanted.mtime);
    }
  }
}

/** @param {import('node:fs').Stats | undefined} found @param {import('node:fs').Stats} wanted */
function sameFile(found, wanted) {
  return (
    found !== undefined &&
    found.size === wanted.size &&
    Math.abs(found.mtimeMs - wanted.mtimeMs) < 2 &&
    (found.mode & 0o100) === (wanted.mode & 0o100)
  );
}

/** @param {{ name: string, root: string, copy: string }} what */
function linkBack({ name, root, copy }) {
  const target = join(copy, name);
  mkdirSync(target, { recursive: true });
  const link = join(root, name);
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found === undefined) symlinkSync(target, link);
  else if (!found.isSymbolicLink()) talk(`${link} was there before; this run's is ${target}`);
}

/** Gives the result folders, and only those, to the account. @param {Account} account @param {string} checkout */
export function handOverResults(account, checkout) {
  for (const name of results) {
    const folder = join(checkout, name);
    mkdirSync(folder, { recursive: true });
    handOver(account, folder);
  }
}

/** Never follows a link. @param {Account} account @param {string} path */
function handOver(account, path) {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.uid !== account.uid) lchownSync(path, account.uid, account.gid);
  if (found.isDirectory()) for (const name of readdirSync(path)) handOver(account, join(path, name));
}
