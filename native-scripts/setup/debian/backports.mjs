// A source for <codename>-backports with the address and the key of the machine's own apt sources, in either of apt's
// two formats (sources.list(5)). Backports keep apt's priority 100: only what is asked for with -t comes from there.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '../talk.mjs';

/** @typedef {{ uris: string, suites: string[], components: string[], signedBy: string | null, trusted: boolean }} Source */

const sourcesFolder = '/etc/apt/sources.list.d';
const file = join(sourcesFolder, 'soulpad-backports.sources');

/** @returns {string} such as bookworm-backports */
export function backportsSuite() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(release)?.[1];
  if (codename === undefined || !/^ID=debian$/m.test(release))
    throw new Unavailable(
      'QEMU >= 9 is needed and this is not Debian: install it from your distribution, then start again.',
    );
  return `${codename}-backports`;
}

/** @returns {string[]} the suite, where our source for it is in place */
export function knownBackports() {
  return existsSync(file) ? [backportsSuite()] : [];
}

/** @param {string} text a .sources file (deb822) @returns {Source[]} */
export function readDeb822(text) {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = new Map();
    let name = '';
    for (const line of paragraph.split('\n')) {
      if (line.startsWith('#')) continue;
      const field = /^([\w-]+):\s*(.*)$/.exec(line);
      if (field !== null) {
        name = (field[1] ?? '').toLowerCase();
        fields.set(name, field[2]);
      } else if (/^\s/.test(line)) {
        // A continuation: Signed-By may hold a whole key.
        fields.set(name, `${fields.get(name)}\n${line}`);
      }
    }
    const words = (/** @type {string} */ key) => (fields.get(key) ?? '').split(/\s+/).filter(Boolean);
    if (!words('types').includes('deb') || fields.get('enabled')?.trim() === 'no') return [];
    return [
      {
        uris: words('uris').join(' '),
        suites: words('suites'),
        components: words('components'),
        signedBy: fields.get('signed-by') ?? null,
        trusted: fields.get('trusted')?.trim() === 'yes',
      },
    ];
  });
}

/** @param {string} text a one-line-style .list file @returns {Source[]} */
export function readOneLine(text) {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (found === null) return [];
    const options = found[1] ?? '';
    return [
      {
        uris: found[2] ?? '',
        suites: [found[3] ?? ''],
        components: (found[4] ?? '').split(/\s+/).filter(Boolean),
        signedBy: /signed-by=(\S+)/.exec(options)?.[1]?.replaceAll(',', ' ') ?? null,
        trusted: /trusted=yes/.test(options),
      },
    ];
  });
}

/** @param {readonly Source[]} sources @param {string} suite @returns {string} a deb822 paragraph */
export function describeBackports(sources, suite) {
  const codename = suite.replace(/-backports$/, '');
  const base = [codename, 'stable', 'oldstable'];
  const own = sources.find(
    ({ suites, components }) => suites.some((name) => base.includes(name)) && components.includes('main'),
  );
  if (own === undefined)
    throw new Unavailable(
      `no apt source for ${codename} main was found to take the address of ${suite} from.`,
    );
  return [
    'Types: deb',
    `URIs: ${own.uris}`,
    `Suites: ${suite}`,
    'Components: main',
    ...(own.signedBy === null ? [] : [`Signed-By: ${own.signedBy}`]),
    ...(own.trusted ? ['Trusted: yes'] : []),
    '',
  ].join('\n');
}

/** The machine's own apt sources, in either format. @returns {Source[]} */
export function machineSources() {
  const names = existsSync(sourcesFolder) ? readdirSync(sourcesFolder).sort() : [];
  const files = [...names.map((name) => join(sourcesFolder, name)), '/etc/apt/sources.list'].filter(
    existsSync,
  );
  return files.flatMap((path) => {
    if (path.endsWith('.sources')) return readDeb822(readFileSync(path, 'utf8'));
    return path.endsWith('.list') ? readOneLine(readFileSync(path, 'utf8')) : [];
  });
}

/** What to add; `write` does nothing where the machine has the suite already. */
export function backportsSource() {
  const suite = backportsSuite();
  const sources = machineSources();
  const there = sources.some(({ suites }) => suites.includes(suite));
  const text = describeBackports(sources, suite);
  return {
    suite,
    file,
    text,
    write: () => (there ? undefined : writeFileSync(file, text, { mode: 0o644 })),
    remove: () => (there ? undefined : rmSync(file, { force: true })),
  };
}
