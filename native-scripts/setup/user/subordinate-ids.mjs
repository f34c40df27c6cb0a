// A range of user and group ids for who runs SoulPad (subuid(5), subgid(5)): the desktop guest is built in a user
// namespace, where a Debian system's ids need somewhere to be. Accounts that Debian made for people have one; system
// accounts have none. It must never give out ids that somebody has.
import { existsSync, readFileSync } from 'node:fs';
import { capture, talk } from '../talk.mjs';

const count = 65536;
const first = 165536;

/** @param {string} name */
export function provideSubordinateIds(name) {
  const users = read('/etc/subuid');
  const groups = read('/etc/subgid');
  const wanted = [
    ...(hasRange(users, name) ? [] : ['--add-subuids', freeRange(users)]),
    ...(hasRange(groups, name) ? [] : ['--add-subgids', freeRange(groups)]),
  ];
  if (wanted.length === 0) return;
  if (process.getuid?.() !== 0) {
    talk(`to build a desktop guest, ${name} needs a range of ids: sudo usermod ${wanted.join(' ')} ${name}`);
    return;
  }
  talk(
    `giving ${name} a range of subordinate ids (usermod ${wanted.join(' ')}): the desktop guest is built with it`,
  );
  const given = capture('usermod', [...wanted, name]);
  if (given.status !== 0) talk(`no desktop guest can be built here: ${given.stderr.trim()}`);
}

/** @param {string} file */
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** @param {string} text @returns {{ name: string, start: number, count: number }[]} */
function rangesOf(text) {
  return text.split('\n').flatMap((line) => {
    const [name = '', start, size] = line.split(':');
    return start === undefined || size === undefined
      ? []
      : [{ name, start: Number(start), count: Number(size) }];
  });
}

/** @param {string} text of /etc/subuid or /etc/subgid @param {string} name */
export function hasRange(text, name) {
  return rangesOf(text).some((range) => range.name === name && range.count >= count);
}

/** The first ids behind all that are given out. @param {string} text @returns {string} as usermod(8) wants it */
export function freeRange(text) {
  const start = Math.max(first, ...rangesOf(text).map((range) => range.start + range.count));
  return `${start}-${start + count - 1}`;
}
