// Which packages make the stick's system, and from where: Debian 13 from the addresses that this machine's own apt
// sources have, whatever release it runs itself. No mirror is named here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeSources, planOf, releaseName } from '../guest/desktop/plan.mjs';
import { machineSources } from '../setup/debian/backports.mjs';

/** @typedef {import('../setup/debian/backports.mjs').Source} Source */

export const suite = 'trixie';

/** @param {string} name of a table in profile/ @returns {Record<string, string | number | null>[]} */
export function profile(name) {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'profile', `${name}.json`), 'utf8'));
}

/**
 * The machine's sources as they would read on another release of Debian.
 * @param {readonly Source[]} sources @param {string} from @param {string} to
 * @returns {Source[]}
 */
export function ofRelease(sources, from, to) {
  return sources.map((source) => ({
    ...source,
    suites: source.suites.map((name) =>
      name.split(/[-/]/)[0] === from ? `${to}${name.slice(from.length)}` : name,
    ),
  }));
}

/** @param {{ cache: string, firmware: boolean }} what */
export function planStick({ cache, firmware }) {
  const sources = ofRelease(machineSources(), releaseName(), suite);
  const names = (/** @type {string} */ table) => profile(table).map(({ name }) => String(name));
  const components = firmware ? ['main', 'non-free-firmware'] : ['main'];
  return planOf({
    cache,
    suite,
    list: describeSources(sources, suite, components),
    wanted: names('packages'),
    optional: firmware ? names('firmware') : [],
  });
}
