// `npm run package [-- --release] [--to FOLDER]`: dist/linux-unpacked, from the build that set-up has just brought up to
// date; FOLDER (of the checkout) takes the place of dist.
// With the stand-in Electron it is a *test build*: build-info.json says so, and --release is refused. Fuses as in
// electron-builder.yml, read back from the packed binary before anything is called done.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { build, Platform } from 'electron-builder';

const root = join(import.meta.dirname, '../../..');
const out = join(root, 'out');
const stage = join(out, 'packaging');
/** @type {(file: string) => Record<string, any>} */
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** A module and what it needs at run time, as npm installed them. @param {string} name @param {string} to */
function copyModule(name, to) {
  const from = join(root, 'node_modules', name);
  const target = join(to, 'node_modules', name);
  if (existsSync(target)) return;
  // What runs, and its licence. Of argon2 only what was built here: its shipped builds crash Node 20.
  const folders = ['', '/build', '/build/Release', '/lib', '/lib/shared'];
  cpSync(from, target, {
    recursive: true,
    filter: (path) =>
      folders.includes(path.slice(from.length)) ||
      (folders.includes(dirname(path).slice(from.length)) &&
        /((?<!\.test)\.(c?js|node)|\/package\.json|\/licen[cs]e)$/i.test(path)),
  });
  const needed = readJson(join(from, 'package.json')).dependencies ?? {};
  // What only serves to build it is not needed to run it.
  for (const inner of Object.keys(needed))
    if (!['node-addon-api', 'cross-env'].includes(inner)) copyModule(inner, to);
}

function stageProgramsAndInfo(/** @type {object} */ info) {
  rmSync(stage, { recursive: true, force: true });
  const programs = join(stage, 'programs');
  mkdirSync(programs, { recursive: true });
  for (const name of readdirSync(join(out, 'programs'))) {
    if (name.endsWith('.cjs')) cpSync(join(out, 'programs', name), join(programs, name));
  }
  copyModule('argon2', programs);
  // The command line and the kiosk both show what a build script says on a terminal of its own.
  copyModule('node-pty', programs);
  copyModule('node-pty', stage);
  writeFileSync(join(stage, 'build-info.json'), `${JSON.stringify(info)}\n`);
}

/** @param {string} binary @returns {Promise<string[]>} fuses that are not as a shipped build's */
async function wrongFuses(binary) {
  const wire = await getCurrentFuseWire(binary);
  /** @type {[keyof typeof FuseV1Options, '0' | '1'][]} the wire has one ASCII digit a fuse */
  const wanted = [
    ['RunAsNode', '0'],
    ['EnableNodeOptionsEnvironmentVariable', '0'],
    ['EnableNodeCliInspectArguments', '0'],
    ['OnlyLoadAppFromAsar', '1'],
    ['LoadBrowserProcessSpecificV8Snapshot', '0'],
  ];
  return wanted
    .filter(([name, state]) => Number(wire[FuseV1Options[name]]) !== state.charCodeAt(0))
    .map(([name]) => name);
}

const { values } = parseArgs({
  options: { release: { type: 'boolean', default: false }, to: { type: 'string', default: 'dist' } },
});
const electron = readJson(join(out, 'electron.json'));
const testBuild = electron.source !== 'official';
if (values.release && testBuild) {
  console.error(
    'package: a release needs the official Electron; out/electron is the stand-in from the registry',
  );
  process.exit(69);
}
const needed = ['witness/kernel', 'witness/initrd', 'state-map/libstate-map.so', 'main/index.cjs'];
const unbuilt = needed.filter((file) => !existsSync(join(out, file)));
if (unbuilt.length > 0) {
  console.error(`package: not built yet: ${unbuilt.map((file) => `out/${file}`).join(', ')}`);
  process.exit(66);
}
const { version } = readJson(join(root, 'package.json'));
const commit = process.env.SOULPAD_COMMIT ?? null;
stageProgramsAndInfo({ testBuild, release: values.release, version, commit, electron });
await build({
  projectDir: root,
  targets: Platform.LINUX.createTarget('dir'),
  config: {
    extends: join(root, 'electron-builder.yml'),
    directories: { output: values.to },
    electronVersion: electron.version,
    extraMetadata: { testBuild },
  },
});
const folder = join(root, values.to, 'linux-unpacked');
// What a checkout's runtime has and an app of its own must not: electron-builder keeps them from an unpacked one.
for (const name of ['resources/default_app.asar', 'soulpad.json'])
  rmSync(join(folder, name), { force: true });
createRequire(join(folder, 'resources/programs/owner.cjs'))('argon2');
const wrong = await wrongFuses(join(folder, 'soulpad'));
if (wrong.length > 0) {
  console.error(`package: these fuses are not as they must be: ${wrong.join(', ')}`);
  process.exit(70);
}
rmSync(stage, { recursive: true, force: true });
console.log(
  `${folder}/soulpad: ${testBuild ? 'test build' : values.release ? 'release' : 'build'} ${version} on Electron ${electron.version}`,
);
