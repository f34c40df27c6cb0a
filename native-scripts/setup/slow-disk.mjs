// `npm run bench -- state`, `cycle` and `work` measure on a disk of a known speed. Making one takes root, measuring does not: the plan gets
// a wrapper that brings the disk up, runs the bench as the user, and takes the disk down again, also after a failure.
import { join } from 'node:path';

/** @typedef {import('./user/account.mjs').Account} Account */

/** At the start; a bench may ask for another. As in the notes on USB sticks: what a plain one writes. */
const bytesPerSecond = 30 << 20;
const benchesOnIt = ['state', 'cycle', 'work'];

/** @param {readonly string[]} args @param {Account} account @returns {string[]} what comes before the command */
export function slowDiskFor(args, account) {
  if (!args.some((name) => benchesOnIt.includes(name))) return [];
  const script = join(import.meta.dirname, '../bench/on-slow-disk');
  return [script, String(bytesPerSecond), account.name];
}
