// The build, in order: plan, room, packages, tree and disk (in a user namespace), qcow2. Called by `build`, which holds
// the lock. It must never leave a file under the asked name that is not whole, nor a work folder behind; what a kill
// leaves there, the next build or --clean removes. Nothing here runs as root.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bytesToFetch, fetchPackages } from './packages.mjs';
import { makePlan } from './plan.mjs';
import { capture, mustRun } from './programs.mjs';
import { Failed, progress, statusOf, talk, tellFault } from './talk.mjs';

const keyboards = { en: 'us', es: 'es', ar: 'us,ara' };
const gibibyte = 2 ** 30;

/** Root of a namespace in which every id of a Debian system exists; all of it ends with its first process. */
const inside =
  process.getuid?.() === 0
    ? ['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--']
    : [
        ...['setpriv', '--pdeathsig', 'KILL', '--'],
        ...[
          'unshare',
          '--user',
          '--map-root-user',
          '--map-auto',
          '--mount',
          '--pid',
          '--fork',
          '--kill-child',
          '--',
        ],
      ];

function readArguments() {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'boolean', default: false },
      clean: { type: 'boolean', default: false },
      out: { type: 'string' },
      'disk-bytes': { type: 'string', default: String(8 * gibibyte) },
      locale: { type: 'string', default: 'en_US.UTF-8' },
      timezone: { type: 'string', default: ownTimezone() },
      hostname: { type: 'string', default: 'desktop' },
      cache: { type: 'string', default: '' },
      // For tests: one-line sources instead of the machine's.
      sources: { type: 'string' },
    },
  });
  const diskBytes = Number(values['disk-bytes']);
  if (diskBytes % 2 ** 20 !== 0 || diskBytes < 3 * gibibyte || diskBytes > 1024 * gibibyte)
    throw new Failed('usage', '--disk-bytes is a multiple of 1048576, from 3 GiB to 1 TiB');
  if (!/^(en_US|es_ES|ar_EG)\.UTF-8$/.test(values.locale))
    throw new Failed('usage', `unknown locale: ${values.locale}`);
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(values.hostname))
    throw new Failed('usage', `no host name: ${values.hostname}`);
  if (!/^[A-Za-z0-9+_-]+(\/[A-Za-z0-9+_-]+){0,2}$/.test(values.timezone))
    throw new Failed('usage', `no time zone: ${values.timezone}`);
  if (!isAbsolute(values.cache)) throw new Failed('usage', '--cache is an absolute path');
  return { ...values, diskBytes };
}

/** This PC's, as the two files tell that Debian keeps (timezone(5), localtime(5)). */
function ownTimezone() {
  try {
    return /zoneinfo\/(.+)$/.exec(readlinkSync('/etc/localtime'))?.[1] ?? 'Etc/UTC';
  } catch {
    return existsSync('/etc/timezone') ? readFileSync('/etc/timezone', 'utf8').trim() : 'Etc/UTC';
  }
}

/** Files of subordinate ids are only removed from inside. @param {string} work */
async function clean(work) {
  if (!existsSync(work)) return;
  const { said } = await capture([...inside, 'rm', '-rf', '--one-file-system', work], { quiet: true });
  if (existsSync(work)) throw new Failed('io', `${work} cannot be removed: ${said}`);
}

/** @param {{ folder: string, bytes: number, what: string }[]} needs summed up by file system */
function checkRoom(needs) {
  /** @type {Map<number, { folder: string, bytes: number, what: string[] }>} */
  const byDisk = new Map();
  for (const { folder, bytes, what } of needs) {
    const disk = statSync(folder).dev;
    const before = byDisk.get(disk) ?? { folder, bytes: 0, what: [] };
    byDisk.set(disk, { folder, bytes: before.bytes + bytes, what: [...before.what, what] });
  }
  for (const { folder, bytes, what } of byDisk.values()) {
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    if (free >= bytes) continue;
    const mebibytes = (/** @type {number} */ count) => `${Math.ceil(count / 2 ** 20)} MiB`;
    throw new Failed(
      'full',
      `need ${mebibytes(bytes)}, have ${mebibytes(free)} in ${folder} (${what.join(', ')})`,
      'make room there, or choose another place',
    );
  }
}

async function checkNamespace() {
  const tried = await capture([...inside, 'true'], { quiet: true });
  if (tried.status === 0) return;
  throw new Failed(
    'kernelLacks',
    `no user namespace with a range of ids can be made: ${tried.said}`,
    'install uidmap; /etc/subuid and /etc/subgid need a line for this user (usermod --add-subuids 165536-231071 --add-subgids 165536-231071 NAME)',
  );
}

/** @param {ReturnType<typeof readArguments>} asked @param {{ work: string, out: string }} places */
async function buildDisk(asked, { work, out }) {
  const { cache } = asked;
  const plan = await makePlan({ cache, ...(asked.sources === undefined ? {} : { sources: asked.sources }) });
  talk(`${plan.debs.length} packages, ${(plan.downloadBytes / 1e6).toFixed(1)} MB to download at most`);
  checkRoom([
    // The tree (packages lie in it while they are unpacked), then tree and disk side by side, measured at 0.95 of it each.
    { folder: cache, bytes: plan.downloadBytes + 2 * plan.installedBytes, what: 'while it is built' },
    { folder: dirname(out), bytes: Math.round(1.05 * plan.installedBytes), what: 'the disk' },
  ]);
  const debs = join(cache, 'debs');
  await fetchPackages(plan, debs);

  mkdirSync(work, { mode: 0o700 });
  const raw = join(work, 'disk.raw');
  const count = plan.debs.length;
  // Laying them out begins with the base alone, which unpacks without a word.
  progress({ stage: 'unpack', done: 0, total: count, unit: 'steps' });
  let [unpacked, configured] = [0, 0];
  /** @type {NodeJS.Timeout | undefined} */
  let watch;
  const locale = asked.locale;
  const language = /** @type {keyof typeof keyboards} */ (locale.slice(0, 2));
  await mustRun(
    [
      ...inside,
      'bash',
      join(import.meta.dirname, 'tree'),
      ...['--plan', plan.folder, '--debs', debs, '--work', work, '--disk-bytes', String(asked.diskBytes)],
      ...['--locale', locale, '--keyboard', keyboards[language]],
      ...['--timezone', asked.timezone, '--hostname', asked.hostname],
    ],
    {
      doing: 'making the disk',
      onLine: (line) => {
        if (/^Unpacking /.test(line)) unpacked++;
        else if (/^Setting up /.test(line)) configured++;
        else if (line === 'stage: image') watch = watchFile(raw, plan.installedBytes);
        else return;
        // Some are configured before the last is unpacked: one stage after the other all the same.
        if (watch !== undefined) return;
        if (unpacked < count) progress({ stage: 'unpack', done: unpacked, total: count, unit: 'steps' });
        else progress({ stage: 'configure', done: configured, total: count, unit: 'steps' });
      },
    },
  ).finally(() => clearInterval(watch));

  const part = `${out}.part`;
  const size = statSync(raw).blocks * 512;
  try {
    await mustRun(['qemu-img', 'convert', '-p', '-f', 'raw', '-O', 'qcow2', raw, part], {
      doing: 'writing the disk',
      quiet: true,
      onLine: (line) => {
        const percent = Number(/\(([\d.]+)\/100%\)/.exec(line)?.[1] ?? Number.NaN);
        if (percent < 100)
          progress({
            stage: 'image',
            done: size + Math.round((size * percent) / 100),
            total: 2 * size,
            unit: 'bytes',
          });
      },
    });
    await mustRun(['sync', part], { doing: 'writing the disk' });
    renameSync(part, out);
  } finally {
    rmSync(part, { force: true });
  }
  progress({ stage: 'image', done: 2 * size, total: 2 * size, unit: 'bytes' });
  return { file: out, bytes: statSync(out).blocks * 512 };
}

/** The disk's own bytes are the first half of the stage. @param {string} file @param {number} expected bytes */
function watchFile(file, expected) {
  return setInterval(() => {
    const done = (statSync(file, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
    progress({ stage: 'image', done: Math.min(done, expected), total: 2 * expected, unit: 'bytes' });
  }, 500);
}

async function main() {
  const asked = readArguments();
  const work = join(asked.cache, 'desktop-work');
  const started = performance.now();
  if (asked.sizes) {
    const plan = await makePlan({
      cache: asked.cache,
      ...(asked.sources === undefined ? {} : { sources: asked.sources }),
    });
    const downloadBytes = bytesToFetch(plan, join(asked.cache, 'debs'));
    return { downloadBytes, installedBytes: plan.installedBytes, packages: plan.debs.length };
  }
  if (asked.clean) {
    await clean(work);
    if (asked.out !== undefined) rmSync(`${resolve(asked.out)}.part`, { force: true });
    return { cleaned: true };
  }
  if (asked.out === undefined) throw new Failed('usage', '--out, --sizes or --clean is needed (build -h)');
  const out = resolve(asked.out);
  if (existsSync(out)) throw new Failed('alreadyThere', `${out} exists`);
  await checkNamespace();
  await clean(work);
  try {
    return {
      ...(await buildDisk(asked, { work, out })),
      seconds: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await clean(work);
  }
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
