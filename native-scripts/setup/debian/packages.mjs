// The Debian packages of packages.json: which are missing, and how to get them. Adding one is a line there
// (`a|b`: the first name that this Debian knows; `minimum`: an upstream version; `proof`: a program or file that
// shows on other distributions that it is there; `onlyFor`: got when that is asked for, not before). Never removes or upgrades anything that it did not ask for.
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, show, talk, Unavailable } from '../talk.mjs';
import { backportsSource, backportsSuite, knownBackports } from './backports.mjs';

/** @typedef {{ name: string, why: string, proof?: string, minimum?: number, onlyFor?: string }} Package */

/** @type {Package[]} */
const known = JSON.parse(readFileSync(join(import.meta.dirname, 'packages.json'), 'utf8'));

/** @param {Package} wanted */
const namesOf = (wanted) => wanted.name.split('|');

/** @param {string} version Debian's, as in 1:10.0.2+ds-2 @returns {number} */
const major = (version) => Number.parseInt(version.replace(/^\d+:/, ''), 10);

/** @param {string} file */
function exists(file) {
  try {
    accessSync(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} proof a program's name, or a path */
function proven(proof) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return proof.startsWith('/') ? exists(proof) : folders.some((folder) => exists(join(folder, proof)));
}

/**
 * One call for all of them: some 20 ms.
 * @param {string} [purpose] those with this `onlyFor`; default: those that are always needed
 * @returns {Package[]}
 */
export function missingPackages(purpose) {
  const packages = known.filter(({ onlyFor }) => onlyFor === purpose);
  if (packages.length === 0) return [];
  const asked = capture('dpkg-query', [
    '-W',
    '-f',
    `${['Package', 'db:Status-Status', 'Version'].map((field) => `\${${field}}`).join(' ')}\n`,
    ...packages.flatMap(namesOf),
  ]);
  if (asked.status === null) return packages.filter(({ proof }) => proof !== undefined && !proven(proof));
  /** @type {Map<string, string>} */
  const installed = new Map();
  for (const line of asked.stdout.split('\n')) {
    const [name, status, version] = line.split(' ');
    if (name !== undefined && status === 'installed') installed.set(name, version ?? '');
  }
  return packages.filter((wanted) => {
    const name = namesOf(wanted).find((candidate) => installed.has(candidate));
    return name === undefined || major(installed.get(name) ?? '') < (wanted.minimum ?? 0);
  });
}

/**
 * Installs what is missing; says names and download size first. Needs root.
 * @param {readonly Package[]} missing
 * @param {string} [purpose] as asked of missingPackages
 * @throws {Unavailable} with the way to get them
 */
export function installPackages(missing, purpose) {
  talk(`${missing.length} Debian packages are missing:`);
  for (const { name, why } of missing) talk(`  ${name.split('|')[0]} (${why})`);
  if (capture('apt-get', ['--version']).status !== 0) throw new Unavailable(withoutApt(missing));
  if (process.getuid?.() !== 0) throw new Unavailable(withoutRoot(missing));
  update();
  let { plain, recent } = choose(missing);
  if (recent.some(tooOld)) {
    const source = backportsSource();
    talk(
      `QEMU here is older than 9: adding ${source.file} (${source.suite}, the address of your own apt sources)`,
    );
    source.write();
    update();
    ({ plain, recent } = choose(missing));
    if (recent.some((one) => tooOld({ ...one, suite: source.suite }))) {
      source.remove();
      throw new Unavailable(
        `QEMU >= 9 is needed and ${source.suite} could not be had from the address of your apt sources.\n` +
          `Add a source that has it (${source.suite}, or Debian 13) and start again.`,
      );
    }
    // The plain ones first: QEMU brings libraries of the backports, and the release's own do not go beside them.
    install({ packages: plain, suites: [null, source.suite] });
    install({ packages: recent, suites: [source.suite] });
  } else {
    // QEMU may have come from the backports at an earlier time: then what is missing must match its libraries.
    install({ packages: [...plain, ...recent], suites: [null, ...knownBackports()] });
  }
  const left = missingPackages(purpose);
  if (left.length > 0)
    throw new Unavailable(`still missing after the installation: ${left.map(({ name }) => name).join(' ')}`);
}

/** @typedef {{ name: string, minimum: number, suite?: string }} Choice a name that apt knows */

/** @param {readonly Package[]} missing @returns {{ plain: Choice[], recent: Choice[] }} recent: with a minimum */
function choose(missing) {
  const chosen = missing.map((wanted) => {
    const name =
      namesOf(wanted).find((candidate) => candidateOf(candidate) !== null) ??
      namesOf(wanted)[0] ??
      wanted.name;
    return { name, minimum: wanted.minimum ?? 0 };
  });
  return {
    plain: chosen.filter(({ minimum }) => minimum === 0),
    recent: chosen.filter(({ minimum }) => minimum > 0),
  };
}

/** @param {string} name @param {string} [suite] @returns {string | null} the version that apt would install */
function candidateOf(name, suite) {
  const release = suite === undefined ? [] : ['-o', `APT::Default-Release=${suite}`];
  const asked = capture('apt-cache', [...release, 'policy', name], { env: { ...process.env, LC_ALL: 'C' } });
  const version = /^ {2}Candidate: (\S+)/m.exec(asked.stdout)?.[1];
  return version === undefined || version === '(none)' ? null : version;
}

/** @param {Choice} choice */
function tooOld({ name, minimum, suite }) {
  const version = candidateOf(name, suite);
  return version === null || major(version) < minimum;
}

const patience = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };

/** A source that does not answer is apt's to say; what counts is whether the packages are known afterwards. */
export function update() {
  talk('reading the package lists');
  show('apt-get', ['update', '-qq', ...patience], { env: quiet });
}

/**
 * Says the size, then installs. A suite that apt cannot resolve them from is followed by the next one.
 * @param {{ packages: readonly Choice[], suites: readonly (string | null)[] }} what null: the release itself
 * @throws {Unavailable}
 */
function install({ packages: chosen, suites }) {
  if (chosen.length === 0) return;
  const names = chosen.map(({ name }) => name);
  for (const suite of suites) {
    const options = suite === null ? [] : ['-t', suite];
    const command = ['install', '--no-install-recommends', ...options];
    const size = sizeOf(command, names);
    if (size === null) continue;
    talk(`installing ${suite === null ? 'them' : `${names.join(' ')} from ${suite}`}: ${size}`);
    const apt = join(import.meta.dirname, 'show-apt');
    if (show(apt, [...command, '--yes', '-q', ...patience, ...names], { env: quiet }) === 0) return;
  }
  throw new Unavailable(
    `apt-get could not install them. Try by hand, it says why:\n  apt-get install --no-install-recommends ${names.join(' ')}`,
  );
}

/**
 * What apt would download: --print-uris says one file a line, 'uri' name bytes hash, and installs nothing.
 * @param {readonly string[]} command @param {readonly string[]} names @returns {string | null} null: it cannot
 */
function sizeOf(command, names) {
  const plan = capture('apt-get', [...command, '--print-uris', '-qq', '--yes', ...names], {
    env: quiet,
    timeoutMs: 120_000,
  });
  if (plan.status !== 0) return null;
  const sizes = [...plan.stdout.matchAll(/^'[^']+' \S+ (\d+)/gm)].map((line) => Number(line[1]));
  const megabytes = (sizes.reduce((sum, bytes) => sum + bytes, 0) / 1e6).toFixed(1);
  return `${sizes.length} packages with what they need, ${megabytes} MB to download`;
}
/** @param {readonly Package[]} missing */
function withoutApt(missing) {
  return (
    'this system has no apt-get. Install with its own package manager what holds:\n' +
    missing.map(({ proof, name, why }) => `  ${proof ?? name}  ${why}`).join('\n')
  );
}

/** @param {readonly Package[]} missing */
function withoutRoot(missing) {
  const { plain, recent } = choose(missing);
  const install = 'sudo apt-get install --no-install-recommends';
  const lines = ['not root, so nothing was installed. Run this, then start again:'];
  const old = recent.some(tooOld);
  const rest = [...plain, ...(old ? [] : recent)].map(({ name }) => name);
  if (rest.length > 0) lines.push(`  ${install} ${rest.join(' ')}`);
  if (old) {
    const source = backportsSource();
    lines.push(`  printf '%s' '${source.text}' | sudo tee ${source.file}`, '  sudo apt-get update');
    lines.push(`  ${install} -t ${backportsSuite()} ${recent.map(({ name }) => name).join(' ')}`);
  }
  return lines.join('\n');
}
