// Makes sure that everything is there, in order: Debian packages, the user, a reachable checkout, npm packages, native
// modules, the Electron runtime, the build; then prints the command of the verb, NUL-separated, for `run` to become.
// Each step asks the system whether it is needed; with nothing to do this takes a few hundred milliseconds and says
// nothing. stdout carries the plan and nothing else. Needs only Node's own modules until npm has run.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { installPackages, missingPackages } from './debian/packages.mjs';
import { electronReady } from './electron/ready.mjs';
import { buildEmulatedPc, isEmulatedPcBuilt } from './emulated-pc.mjs';
import { buildNatives, installModules, modulesComplete, nativesBuilt } from './npm/modules.mjs';
import { areServersThere, getServers } from './servers.mjs';
import { slowDiskFor } from './slow-disk.mjs';
import { isBuilt } from './sources.mjs';
import { buildStateMap, isStateMapBuilt } from './state-map.mjs';
import { capture, show, talk, Unavailable } from './talk.mjs';
import { asAccount, cleanEnvironment, openDevices, provideAccount } from './user/account.mjs';
import { handOverResults, reachableCheckout } from './user/checkout.mjs';
import { grantHome } from './user/home.mjs';
import { reachableNode } from './user/node.mjs';
import { provideSubordinateIds } from './user/subordinate-ids.mjs';
import { commandOf } from './verbs.mjs';
import { buildWitness, isWitnessBuilt } from './witness.mjs';
import { buildWorkGuest } from './work-guest.mjs';

const sharedCache = '/var/cache/soulpad';

/** @param {string} verb @param {readonly string[]} args */
async function setUp(verb, args) {
  const asRoot = process.getuid?.() === 0;
  const cache = asRoot
    ? sharedCache
    : join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'soulpad');
  const checkout = join(import.meta.dirname, '../..');
  mkdirSync(cache, { recursive: true });

  const missing = missingPackages();
  if (missing.length > 0) installPackages(missing);

  if (verb === 'test-full') offerPackages(verb);
  if (verb === 'bench') offerPackages(`bench ${args.find((word) => !word.startsWith('-'))}`);

  const account = asRoot ? provideAccount() : null;
  if (account !== null) openDevices(account);
  provideSubordinateIds(account?.name ?? userInfo().username);
  const root = account === null ? checkout : reachableCheckout({ account, root: checkout, cache });
  const node = account === null ? process.execPath : reachableNode(account, cache);

  if (!modulesComplete(root)) installModules(root);
  if (!nativesBuilt(root)) buildNatives(root);

  const official = verb === 'package' && args.includes('--release');
  if (!electronReady(root, { official })) {
    // From where npm's packages are: this file may run in a checkout that has only its sources.
    /** @type {typeof import('./electron/runtime.mjs')} */
    const { provideElectron } = await import(join(root, 'native-scripts/setup/electron/runtime.mjs'));
    const runtime = await provideElectron({ root, caches: [cache, sharedCache], official });
    if (runtime === null) throw new Unavailable(official ? withoutOfficial : withoutElectron);
    talk(`electron: ${runtime.version} (${runtime.source}) is out/electron`);
  }
  if (account !== null) handOverResults(account, root);

  /** @type {Record<string, string>} */
  const settings = {};
  const commit = commitOf(checkout);
  if (commit !== null) settings.SOULPAD_COMMIT = commit;
  const clean = account === null ? {} : cleanEnvironment(account, { from: process.env, node });
  const prefix = account === null ? ['env'] : asAccount(account, clean);
  if (!sandboxWorks({ root, cache, prefix })) {
    talk("Electron's sandbox does not work here (no user namespaces, no setuid helper): starting it without");
    settings.SOULPAD_NO_SANDBOX = '1';
  }
  if (account !== null) grantHome(account, args);
  const command = [...prefix, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`), node];
  const build = ['native-scripts/setup/build.mjs', ...(verb === 'bench' ? ['bench'] : [])];
  const stale = verb === 'bench' || !isBuilt(root);
  if (stale && show(command[0] ?? '', [...command.slice(1), ...build], { cwd: root }) !== 0)
    throw new Unavailable('the build failed (its words are above)');
  if (!isWitnessBuilt(root)) buildWitness({ root, cache, command: command.slice(0, -1), account });
  if (/^test/.test(verb) && !isEmulatedPcBuilt(root))
    buildEmulatedPc({ root, cache, command: command.slice(0, -1), account });
  if (['test-full', 'test-stick'].includes(verb) && !areServersThere(root))
    getServers({ root, command: command.slice(0, -1) });
  if (!isStateMapBuilt(root)) buildStateMap({ root, command: command.slice(0, -1), account });
  if (verb === 'bench' && args.includes('work'))
    buildWorkGuest({ root, cache, command: command.slice(0, -1), account });
  const disk = verb === 'bench' && account !== null ? slowDiskFor(args, account) : [];
  return [root, ...disk, ...(verb === 'check' ? ['true'] : [...command, ...commandOf(verb, args)])];
}

/** What a bench compares with, or one long test needs: what is missing is said there, the rest goes on. @param {string} purpose */
function offerPackages(purpose) {
  const missing = missingPackages(purpose);
  try {
    if (missing.length > 0) installPackages(missing, purpose);
  } catch (cause) {
    if (!(cause instanceof Unavailable)) throw cause;
    talk(`${cause.message}\n${purpose} goes on without them`);
  }
}

const withoutElectron =
  'no Electron runtime could be had: neither its release host nor the npm registry gave one (see above).\n' +
  'Put an unpacked Electron for linux at out/electron with {"version","source":"official","sha512"} in out/electron.json.';
const withoutOfficial =
  'a release is packaged with the official Electron only, and its release host does not answer here.\n' +
  '`npm run package` without --release makes a test build.';

/** @param {string} checkout @returns {string | null} asked of git here, since git refuses root's checkout to the account */
function commitOf(checkout) {
  const asked = capture('git', ['-C', checkout, 'rev-parse', '--short=12', 'HEAD']);
  return asked.status === 0 ? asked.stdout.trim() : null;
}

/**
 * Starts Electron's zygote with the sandbox, no window; remembers a success until the next boot.
 * @param {{ root: string, cache: string, prefix: readonly string[] }} what
 */
function sandboxWorks({ root, cache, prefix }) {
  const boot = '/proc/sys/kernel/random/boot_id';
  const key = `${existsSync(boot) ? readFileSync(boot, 'utf8').trim() : ''} ${readFileSync(join(root, 'out/electron.json'), 'utf8').trim()}\n`;
  const note = join(cache, 'sandbox');
  if (existsSync(note) && readFileSync(note, 'utf8') === key) return true;
  const electron = join(root, 'out/electron/electron');
  const tried = capture(prefix[0] ?? '', [...prefix.slice(1), electron, '--version'], {
    cwd: '/',
    timeoutMs: 30_000,
  });
  const works = tried.status === 0 && tried.stdout.startsWith('v');
  if (works) writeFileSync(note, key);
  return works;
}

const [verb = '', ...args] = process.argv.slice(2);
try {
  const plan = await setUp(verb, args);
  process.stdout.write(plan.map((word) => `${word}\0`).join(''));
  if (verb === 'check') talk('everything is there');
} catch (cause) {
  if (cause instanceof Unavailable) talk(cause.message);
  else if (cause instanceof Error && 'code' in cause && (cause.code === 'EACCES' || cause.code === 'EPERM'))
    talk(
      `${cause.message}\nIt belongs to another user, perhaps from an earlier run as root: give it to you, or use a clone.`,
    );
  else throw cause;
  process.exitCode = 69;
}
