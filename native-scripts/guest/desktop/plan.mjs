// Which packages make the desktop, from where, and how large they are: asked of apt with lists of our own, so that
// neither root nor the machine's package state matters. The address is that of the machine's own Debian sources, read
// by apt's own settings (proxy, certificates and so on), so that it works wherever set-up could install packages.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineSources } from '../../setup/debian/backports.mjs';
import { capture, mustRun } from './programs.mjs';
import { Failed } from './talk.mjs';

/** @typedef {import('../../setup/debian/backports.mjs').Source} Source */
/** @typedef {{ file: string, bytes: number, uri: string, hash: string }} Deb hash as apt says it: SHA256:... */
/** @typedef {{ folder: string, suite: string, apt: string[], debs: Deb[], downloadBytes: number, installedBytes: number }} Plan */

/** @type {{ name: string, why: string }[]} */
const packages = JSON.parse(readFileSync(join(import.meta.dirname, 'packages.json'), 'utf8'));
const wanted = packages.map(({ name }) => name);
const base = ['?essential', '?priority(required)', 'apt'];

/**
 * @param {readonly Source[]} sources @param {string} suite the release's name
 * @param {readonly string[]} components of which each source gives those that it has
 * @returns {string} one-line sources of Debian
 */
export function describeSources(sources, suite, components = ['main']) {
  const names = [suite, `${suite}-updates`, `${suite}-security`];
  const aliases = ['stable', 'oldstable'].flatMap((name) => [name, `${name}-updates`, `${name}-security`]);
  const inMain = sources.filter(({ components }) => components.includes('main'));
  const choose = (/** @type {readonly string[]} */ allowed) =>
    inMain.flatMap((source) =>
      source.suites
        .map((name) => name.replace(/\/updates$/, '-security'))
        .filter((name) => allowed.includes(name))
        .flatMap((name) => source.uris.split(/\s+/).map((uri) => ({ ...source, name, uri }))),
    );
  const named = choose(names);
  const chosen =
    named.length > 0 ? named : choose(aliases).filter(({ uri }) => /\/debian(-security)?\/?$/.test(uri));
  const lines = chosen.map(({ uri, name, signedBy, trusted }) => {
    const options = [
      ...(signedBy?.startsWith('/') ? [`signed-by=${signedBy.split(/\s+/).join(',')}`] : []),
      ...(trusted ? ['trusted=yes'] : []),
    ];
    return `deb ${options.length > 0 ? `[${options.join(' ')}] ` : ''}${uri} ${name} ${components.join(' ')}`;
  });
  return `${[...new Set(lines)].join('\n')}\n`;
}

/** This machine's Debian release. */
export function releaseName() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const name = /^VERSION_CODENAME=(\w+)/m.exec(release)?.[1];
  if (name === undefined || !/^ID=debian$/m.test(release))
    throw new Failed(
      'toolMissing',
      'a Debian desktop is built on Debian only',
      'add a disk image that you have instead',
    );
  return name;
}

/**
 * Asks apt.
 * @param {{ cache: string, sources?: string }} where sources: one-line sources to use instead, for tests
 * @returns {Promise<Plan>}
 */
export async function makePlan({ cache, sources }) {
  const suite = releaseName();
  const list =
    sources === undefined ? describeSources(machineSources(), suite) : readFileSync(sources, 'utf8');
  return planOf({ cache, suite, list, wanted });
}

/**
 * The same for another set of packages and another release than this machine's.
 * @param {{ cache: string, suite: string, list: string, wanted: readonly string[], optional?: readonly string[] }} what
 *   list: one-line sources; optional: packages that are taken where the sources have them
 * @returns {Promise<Plan & { lacking: string[] }>} lacking: the optional ones that no source has
 */
export async function planOf({ cache, suite, list, wanted, optional = [] }) {
  const folder = join(cache, 'apt');
  for (const name of ['lists/partial', 'archives/partial', 'empty'])
    mkdirSync(join(folder, name), { recursive: true });
  mkdirSync(join(cache, 'debs/partial'), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(join(folder, 'sources.list'), list);
  if (list.trim() === '')
    throw new Failed(
      'toolMissing',
      `no apt source for ${suite} main is configured`,
      'add one to /etc/apt/sources.list',
    );
  writeFileSync(join(folder, 'suite'), `${suite}\n`);
  const apt = optionsFor(folder);
  await mustRun(['apt-get', 'update', '-q', ...apt], {
    doing: 'reading the package lists',
    hint: 'is the network there? Try again: what was fetched is kept',
  });
  const known = new Set(optional.length === 0 ? [] : await namesOf(apt));
  const chosen = [...wanted, ...optional.filter((name) => known.has(name))];
  writeFileSync(join(folder, 'packages'), `${chosen.join(',')}\n`);
  const asked = await mustRun(
    [
      'apt-get',
      '--print-uris',
      '-qq',
      '--yes',
      ...apt,
      '-o',
      `Dir::Cache::archives=${join(folder, 'empty')}`,
      'install',
      ...base,
      ...chosen,
    ],
    { doing: 'choosing the packages', quiet: true, hint: 'are all package lists there? (apt-get update)' },
  );
  const debs = readUris(asked.stdout);
  return {
    folder,
    suite,
    apt,
    debs,
    downloadBytes: debs.reduce((sum, { bytes }) => sum + bytes, 0),
    installedBytes: await installedBytes(debs, apt),
    lacking: optional.filter((name) => !known.has(name)),
  };
}

/** Every package that the lists hold. @param {readonly string[]} apt */
async function namesOf(apt) {
  const asked = await mustRun(['apt-cache', ...apt, 'pkgnames'], {
    doing: 'reading the package lists',
    quiet: true,
  });
  return asked.stdout.split('\n');
}

/** @param {string} folder @returns {string[]} an apt without root and without this machine's package state */
function optionsFor(folder) {
  return Object.entries({
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::State::extended_states': join(folder, 'extended_states'),
    'Dir::Cache': folder,
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'APT::Sandbox::User': '',
    'APT::Install-Recommends': 'false',
    'APT::Update::Error-Mode': 'any',
    'Acquire::ForceHash': 'SHA256',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::CNF::DefaultEnabled': 'false',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '30',
    'Acquire::https::Timeout': '30',
    'APT::Update::Post-Invoke-Success': '',
  }).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

/** @param {string} text of --print-uris: 'uri' name bytes hash @returns {Deb[]} */
export function readUris(text) {
  return [...text.matchAll(/^'([^']+)' (\S+\.deb) (\d+) (\S+)$/gm)].map(
    ([, uri = '', file = '', bytes = '', hash = '']) => ({
      uri,
      file,
      bytes: Number(bytes),
      hash,
    }),
  );
}

/** Installed-Size is in KiB (deb-control(5)). @param {readonly Deb[]} debs @param {readonly string[]} apt */
async function installedBytes(debs, apt) {
  const names = debs.map(({ file }) => {
    const [name = '', version = ''] = decodeURIComponent(file).split('_');
    return `${name}=${version}`;
  });
  const shown = await capture(['apt-cache', ...apt, 'show', '--no-all-versions', ...names], { quiet: true });
  const sizes = [...shown.stdout.matchAll(/^Installed-Size: (\d+)$/gm)].map(([, size]) => Number(size));
  return sizes.reduce((sum, size) => sum + size, 0) * 1024;
}
