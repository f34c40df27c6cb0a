// The build, in order: plan, packages, the bare system, the app, the system, the image, the auxiliary disc. Called by
// `build`, which holds the lock. It must never leave a file under its final name that is not whole. Nothing here needs
// root: what does runs as root of a user namespace (`base`, `system`).
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchPackages } from '../guest/desktop/packages.mjs';
import { capture, mustRun } from '../guest/desktop/programs.mjs';
import { Failed, progress, statusOf, talk, tellFault } from '../guest/desktop/talk.mjs';
import { makeDisc } from './disc.mjs';
import { makeImage } from './image.mjs';
import { keyOf, keyOfFiles } from './keys.mjs';
import { planStick } from './plan.mjs';

const checkout = resolve(import.meta.dirname, '../..');
const here = (/** @type {string} */ name) => join(import.meta.dirname, name);

/** Root of a namespace in which every id of a Debian system exists; all of it ends with its first process. */
const inside = [
  ...['setpriv', '--pdeathsig', 'KILL', '--', 'unshare'],
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user', '--map-auto']),
  ...['--mount', '--pid', '--fork', '--kill-child', '--'],
];

function readArguments() {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(checkout, 'out/stick') },
      firmware: { type: 'string', default: 'yes' },
      cache: { type: 'string', default: '' },
      app: { type: 'string' },
    },
  });
  if (values.firmware !== 'yes' && values.firmware !== 'no')
    throw new Failed('usage', '--firmware yes or no');
  if (!isAbsolute(values.cache)) throw new Failed('usage', '--cache is an absolute path');
  return {
    out: resolve(values.out),
    cache: values.cache,
    firmware: values.firmware === 'yes',
    app: values.app === undefined ? null : resolve(values.app),
  };
}

async function checkTools() {
  // Debian keeps some of them where a user's PATH does not look.
  process.env.PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
  const needed = ['mmdebstrap', 'mksquashfs', 'sfdisk', 'mkfs.vfat', 'mcopy', 'xorriso', 'zstd'];
  const found = await Promise.all(
    needed.map((name) => capture(['sh', '-c', `command -v ${name}`], { quiet: true })),
  );
  const missing = needed.filter((_name, at) => found[at]?.status !== 0);
  if (missing.length > 0)
    throw new Failed(
      'toolMissing',
      `not installed: ${missing.join(', ')}`,
      '`npm test` installs all of them',
    );
  const tried = await capture([...inside, 'true'], { quiet: true });
  if (tried.status !== 0)
    throw new Failed(
      'kernelLacks',
      `no user namespace with a range of ids can be made: ${tried.said}`,
      'install uidmap; /etc/subuid and /etc/subgid need a line for this user',
    );
}

/** Files of subordinate ids are only removed from inside. @param {string} work */
async function clean(work) {
  if (!existsSync(work)) return;
  const { said } = await capture([...inside, 'rm', '-rf', '--one-file-system', work], { quiet: true });
  if (existsSync(work)) throw new Failed('io', `${work} cannot be removed: ${said}`);
}

/** @param {string} folder @param {number} bytes */
function checkRoom(folder, bytes) {
  const { bavail, bsize } = statfsSync(folder);
  const [need, have] = [bytes, bavail * bsize].map((count) => Math.ceil(count / 2 ** 20));
  if (need !== undefined && have !== undefined && have < need)
    throw new Failed(
      'full',
      `need ${need} MiB, have ${have} MiB in ${folder}`,
      'make room there, or choose another place',
    );
}

/** What `base` and `system` say, as progress. @param {number} packages */
function hearTree(packages) {
  let [unpacked, configured, began] = [0, 0, false];
  return (/** @type {string} */ line) => {
    if (/^Unpacking /.test(line)) unpacked++;
    else if (/^Setting up /.test(line)) configured++;
    else if (line === 'stage: image') began = true;
    else return;
    if (began) progress({ stage: 'image', done: 0, total: null, unit: 'bytes' });
    else if (configured === 0) progress({ stage: 'unpack', done: unpacked, total: packages, unit: 'steps' });
    else progress({ stage: 'configure', done: configured, total: packages, unit: 'steps' });
  };
}

/** Keeps one of a kind. @param {string} folder @param {string} kind @param {string} kept */
function removeOlder(folder, kind, kept) {
  for (const name of readdirSync(folder))
    if (name.startsWith(`${kind}-`) && name !== kept)
      rmSync(join(folder, name), { recursive: true, force: true });
}

/** The bare system. @param {{ cache: string, plan: import('../guest/desktop/plan.mjs').Plan }} what */
async function provideBase({ cache, plan }) {
  const key = keyOf([
    ...plan.debs.map(({ hash }) => hash).sort(),
    keyOfFiles([here('base'), here('base.dpkg'), here('hooks')]),
  ]);
  const name = `base-${key}.tar`;
  const tar = join(cache, name);
  if (existsSync(tar)) return { key, tar, cached: true };
  const debs = join(cache, 'debs');
  await fetchPackages(plan, debs);
  checkRoom(cache, 2 * plan.installedBytes);
  removeOlder(cache, 'base', name);
  await mustRun([...inside, 'bash', here('base'), '--plan', plan.folder, '--debs', debs, '--out', tar], {
    doing: 'installing the packages',
    onLine: hearTree(plan.debs.length),
  });
  return { key, tar, cached: false };
}

/** The packaged app: what `npm run package` makes, in a folder of this build. @param {string | null} given */
async function provideApp(given) {
  if (given !== null) {
    if (!existsSync(join(given, 'soulpad')))
      throw new Failed('toolMissing', `${given} holds no packaged app`);
    return { folder: given, key: keyOfFiles([given]) };
  }
  const to = 'out/stick/app';
  const folder = join(checkout, to, 'linux-unpacked');
  const note = join(checkout, to, 'key');
  const key = keyOfFiles(
    [
      ...[
        'out/main',
        'out/preload',
        'out/app',
        'out/programs',
        'out/witness',
        'out/state-map',
        'out/electron.json',
      ],
      ...['electron-builder.yml', 'native-scripts/setup/packaging', 'native-scripts/guest/desktop'],
    ].map((path) => join(checkout, path)),
  );
  if (!existsSync(note) || readFileSync(note, 'utf8') !== key) {
    rmSync(note, { force: true });
    await mustRun([process.execPath, join(checkout, 'native-scripts/setup/packaging/pack.mjs'), '--to', to], {
      doing: 'packaging the app',
      hint: 'is everything built? `npm run package` says more',
    });
    writeFileSync(note, key);
  }
  return { folder, key };
}

/** @param {string} file @returns {{ name: string, version: string, architecture: string }[]} */
function readPackages(file) {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [name = '', version = '', architecture = ''] = line.split('\t');
      return { name, version, architecture };
    });
}

async function main() {
  const started = performance.now();
  const asked = readArguments();
  await checkTools();
  mkdirSync(asked.out, { recursive: true });
  const { cache } = asked;
  const work = join(cache, 'work');
  await clean(work);
  const plan = await planStick(asked);
  talk(`${plan.debs.length} packages, ${(plan.downloadBytes / 1e6).toFixed(0)} MB`);
  if (plan.lacking.length > 0) talk(`the apt sources do not have: ${plan.lacking.join(', ')}`);
  try {
    const base = await provideBase({ cache, plan });
    const app = await provideApp(asked.app);
    await mustRun(['bash', join(checkout, 'native-scripts/host/build')], {
      doing: "building the host's own programs",
    });
    const places = JSON.parse(readFileSync(here('profile/places.json'), 'utf8')).map(
      (/** @type {{ from: string }} */ { from }) => join(checkout, from),
    );
    const key = keyOf([
      base.key,
      app.key,
      keyOfFiles([import.meta.dirname, join(checkout, 'native-scripts/host'), ...places]),
    ]);
    const names = { image: 'soulpad.img', disc: 'soulpad-boot.iso', manifest: 'manifest.json' };
    const [image, disc, manifestFile] = [names.image, names.disc, names.manifest].map((name) =>
      join(asked.out, name),
    );
    if (image === undefined || disc === undefined || manifestFile === undefined)
      throw new Error('three names');
    const known = existsSync(manifestFile) ? JSON.parse(readFileSync(manifestFile, 'utf8')) : null;
    const cached =
      known?.key === key && existsSync(image) && existsSync(disc) && statSync(image).size === known.bytes;
    if (!cached) {
      const packages = await makeSystem({ base: base.tar, app: app.folder, work, count: plan.debs.length });
      rmSync(manifestFile, { force: true });
      const made = await makeImage({ parts: join(work, 'parts'), image, key });
      await makeDisc({ parts: join(work, 'parts'), disc });
      const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
      const manifest = {
        schema: 'soulpad/stick-manifest/1',
        key,
        version,
        commit: process.env.SOULPAD_COMMIT ?? null,
        bytes: made.bytes,
        systemBytes: statSync(join(work, 'parts/system.squashfs')).size,
        discBytes: statSync(disc).size,
        firmware: asked.firmware,
        firmwareLacking: plan.lacking,
        partitions: made.partitions,
        packages,
      };
      writeFileSync(`${manifestFile}.part`, `${JSON.stringify(manifest, null, 1)}\n`);
      renameSync(`${manifestFile}.part`, manifestFile);
    }
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
    return {
      image,
      bytes: manifest.bytes,
      disc,
      manifest: manifestFile,
      systemBytes: manifest.systemBytes,
      packages: manifest.packages.length,
      firmware: asked.firmware,
      cached,
      seconds: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await clean(work);
  }
}

/** @param {{ base: string, app: string, work: string, count: number }} what */
async function makeSystem({ base, app, work, count }) {
  checkRoom(resolve(work, '..'), 3 * statSync(base).size);
  mkdirSync(work, { mode: 0o700 });
  const parts = join(work, 'parts');
  await mustRun(
    [...inside, 'bash', here('system'), '--base', base, '--app', app, '--out', parts, '--work', work],
    { doing: 'making the system', onLine: hearTree(count) },
  );
  return readPackages(join(parts, 'packages.tsv'));
}

try {
  console.log(JSON.stringify(await main()));
} catch (cause) {
  const bad = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS');
  if (!(cause instanceof Failed) && !bad) throw cause;
  const failed = cause instanceof Failed ? cause : new Failed('usage', cause.message);
  tellFault(failed);
  process.exitCode = statusOf[failed.code];
}
