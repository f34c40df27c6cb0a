// node_modules as the lock file says, and the two native modules built from source.
// `--ignore-scripts`: newer npm refuses install scripts anyway, older npm would run electron's download, which fails
// where its host cannot be reached. argon2's shipped linux-x64 build crashes Node 20 at `require`, and node-pty ships
// none: both are built here with node-gyp (N-API, so one build serves Node and Electron) and then tried out.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture, show, talk, Unavailable } from '../talk.mjs';

const natives = [
  {
    name: 'argon2',
    built: 'build/Release/argon2.node',
    // RFC 9106's shape of answer: 32 bytes, the same for the same salt; asked twice, from the module as it loads.
    smoke: `const a = require('argon2'); const o = { raw: true, salt: Buffer.alloc(16), memoryCost: 1024, timeCost: 1, parallelism: 1 };
      Promise.all([a.hash('x', o), a.hash('x', o)]).then(([p, q]) => process.exit(p.length === 32 && p.equals(q) ? 0 : 1));`,
  },
  {
    name: 'node-pty',
    built: 'build/Release/pty.node',
    smoke: `let said = ''; const p = require('node-pty').spawn('echo', ['alive'], {}); p.onData((d) => { said += d; });
      p.onExit(() => setTimeout(() => process.exit(said.includes('alive') ? 0 : 1), 50)); setTimeout(() => process.exit(2), 10000);`,
  },
];

/** Whether node_modules holds what the lock file names; asks npm's own record, not a stamp. @param {string} root */
export function modulesComplete(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const have = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = have[path];
    return found === undefined
      ? optional === true
      : found.version === version && found.integrity === integrity;
  });
}

/** @param {string} root */
export function nativesBuilt(root) {
  return natives.every(({ name, built }) => existsSync(join(root, 'node_modules', name, built)));
}

/** @param {string} root @throws {Unavailable} */
export function installModules(root) {
  talk('installing the npm packages of package-lock.json');
  if (
    show('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root }) !==
    0
  )
    throw new Unavailable('npm ci failed (its words are above): is the npm registry reachable?');
}

/** @param {string} root @throws {Unavailable} */
export function buildNatives(root) {
  for (const { name, built, smoke } of natives) {
    const folder = join(root, 'node_modules', name);
    if (!existsSync(join(folder, built))) {
      talk(`building ${name} from source`);
      const headers = nodeHeaders();
      const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
      const made = capture(
        process.execPath,
        [gyp, 'rebuild', '--jobs=max', ...(headers === null ? [] : [`--nodedir=${headers}`])],
        { cwd: folder, timeoutMs: 900_000 },
      );
      if (made.status !== 0 || !existsSync(join(folder, built)))
        throw new Unavailable(
          `${name} could not be built:\n${made.stderr.trim().split('\n').slice(-15).join('\n')}\n` +
            (headers === null
              ? `This Node (${process.execPath}) comes without its C headers; use one that has include/node beside bin/.`
              : ''),
        );
    }
    if (capture(process.execPath, ['-e', smoke], { cwd: root, timeoutMs: 30_000 }).status !== 0)
      throw new Unavailable(`${name} was built but does not work; remove ${folder}/build and start again.`);
  }
}

/** The prefix of the running Node when its own headers lie there, so that node-gyp fetches nothing. */
function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const header = join(prefix, 'include/node/node_version.h');
  if (!existsSync(header)) return null;
  const text = readFileSync(header, 'utf8');
  const part = (/** @type {string} */ name) =>
    new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  const version = `v${part('MAJOR')}.${part('MINOR')}.${part('PATCH')}`;
  return version === process.version ? prefix : null;
}
