// The packages themselves: fetched once, kept in the cache, and every one of them compared with the sum that the
// signed lists give before it is used. What the plan no longer names is removed, so that the cache stays one set.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './programs.mjs';
import { Failed, progress } from './talk.mjs';

/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {import('./plan.mjs').Deb} Deb */

/**
 * Fetches what is missing. A second try after a failure goes on where the first one stopped, inside a file too.
 * @param {Plan} plan @param {string} debsFolder
 */
export async function fetchPackages(plan, debsFolder) {
  const missing = await removeOthers(plan, debsFolder);
  const total = plan.downloadBytes;
  const missingBytes = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  const here = total - missingBytes;
  const tell = (/** @type {number} */ done) => progress({ stage: 'fetch', done, total, unit: 'bytes' });
  tell(here);
  if (missing.length === 0) return;
  const names = plan.debs.map(({ file }) => {
    const [name = '', version = '', rest = ''] = decodeURIComponent(file).split('_');
    return `${name}:${rest.replace(/\.deb$/, '').replace('all', 'any')}=${version}`.replace(':any=', '=');
  });
  await mustRun(
    [
      'apt-get',
      '--download-only',
      '--yes',
      '-q',
      ...plan.apt,
      ...['-o', `Dir::Cache::archives=${debsFolder}`],
      ...['-o', 'APT::Status-Fd=3'],
      'install',
      ...names,
    ],
    {
      doing: 'downloading the packages',
      hint: 'is the network there? Try again: what was fetched is kept',
      // dlstatus:<nth item>:<percent of what is missing>:<words> (apt's README.progress-reporting)
      onStatus: (line) => {
        const percent = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1];
        if (percent !== undefined) tell(here + Math.round((missingBytes * Number(percent)) / 100));
      },
    },
  );
  const bad = await removeOthers(plan, debsFolder);
  if (bad.length > 0)
    throw new Failed('io', `${bad.map(({ file }) => file).join(' ')} did not arrive as the lists say`);
  tell(total);
}

/** Bytes that are not here yet, by name and size: the sums are compared when they are used. @param {Plan} plan @param {string} folder */
export function bytesToFetch({ debs }, folder) {
  return debs
    .filter(({ file, bytes }) => statSync(join(folder, file), { throwIfNoEntry: false })?.size !== bytes)
    .reduce((sum, { bytes }) => sum + bytes, 0);
}

/** @param {Plan} plan @param {string} folder @returns {Promise<Deb[]>} those that are not there, whole and right */
async function removeOthers(plan, folder) {
  const named = new Set(plan.debs.map(({ file }) => file));
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.deb') && !named.has(name)) rmSync(join(folder, name));
  }
  /** @type {Deb[]} */
  const missing = [];
  for (const deb of plan.debs) {
    const path = join(folder, deb.file);
    if (await isRight(path, deb)) continue;
    rmSync(path, { force: true });
    missing.push(deb);
  }
  return missing;
}

/** @param {string} path @param {Deb} deb */
async function isRight(path, { bytes, hash }) {
  if (!existsSync(path) || statSync(path).size !== bytes) return false;
  const digest = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) digest.update(part);
  return `SHA256:${digest.digest('hex')}` === hash;
}
