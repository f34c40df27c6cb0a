// The build script through its TypeScript side, with mirrors of our own that are small, broken or silent. A whole
// build is in whole.test.ts.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildDesktop, cleanDesktopLeftovers, type DesktopBuild } from './build';
import { askDesktopSizes } from './sizes';

let folder = '';
let server: Server | null = null;
const at = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soulpad-desktop-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = null;
  await rm(folder, { recursive: true, force: true });
});

/** A mirror on this machine; its one source line is written to `sources`. */
async function mirror(answer: RequestListener): Promise<string> {
  const made = createServer(answer);
  server = made;
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve);
  });
  const address = made.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return source(`http://127.0.0.1:${address.port}/debian ./`);
}

async function source(where: string): Promise<string> {
  await writeFile(at('sources'), `deb [trusted=yes] ${where}\n`);
  return at('sources');
}

interface Wanted {
  readonly name: string;
}

/** A mirror in a folder that lists every package of ours, each of that size, and has none. */
async function lists(about: { readonly bytes: number; readonly installedKiB: number }): Promise<string> {
  const list = new URL('../../../native-scripts/guest/desktop/packages.json', import.meta.url);
  const wanted: Wanted[] = JSON.parse(readFileSync(list, 'utf8'));
  const paragraph = ({ name }: Wanted) =>
    `Package: ${name}\nVersion: 1\nArchitecture: amd64\nMaintainer: nobody\nFilename: ./${name}.deb\n` +
    `Size: ${about.bytes}\nInstalled-Size: ${about.installedKiB}\nSHA256: ${'0'.repeat(64)}\nPriority: required\n`;
  // Debian's own apt and an essential package are asked for by name as well.
  const all = [...wanted, { name: 'apt' }].map(paragraph);
  await mkdir(at('repository'));
  await writeFile(
    at('repository/Packages'),
    `${[...all, `${paragraph({ name: 'base-files' })}Essential: yes\n`].join('\n')}\n`,
  );
  return source(`file:${at('repository')} ./`);
}

function build(more: Partial<DesktopBuild> = {}) {
  return buildDesktop({
    file: at('disk.qcow2'),
    diskBytes: 4 * 2 ** 30,
    language: 'en',
    cache: at('cache'),
    onProgress: () => {},
    onOutput: () => {},
    ...more,
  });
}

/** Whether anything runs that was told of this test's folder. */
function running(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(folder));
}

async function until(holds: () => boolean) {
  for (const deadline = Date.now() + 20_000; !holds(); await delay(50))
    if (Date.now() > deadline) throw new Error('did not come to hold');
}

describe('the sizes of a desktop', () => {
  it('are what apt says, summed up', async () => {
    const sources = await lists({ bytes: 1_000, installedKiB: 10 });
    const asked = await askDesktopSizes({ cache: at('cache'), sources });
    const count = readFileSync(at('repository/Packages'), 'utf8').match(/^Package:/gm)?.length ?? 0;
    expect(asked).toEqual({
      ok: true,
      value: { downloadBytes: 1_000 * count, installedBytes: 10_240 * count, seconds: 120 },
    });
  });

  it('cannot be had from a mirror that is not there', async () => {
    const sources = await source('http://127.0.0.1:9/debian ./');
    const asked = await askDesktopSizes({ cache: at('cache'), sources });
    expect(asked).toMatchObject({ ok: false, fault: { code: 'io', stage: 'guest.desktop' } });
  });
});

describe('a build', () => {
  it('says what it needs and what there is before it fetches anything', async () => {
    const sources = await lists({ bytes: 1_000_000, installedKiB: 2 ** 31 });
    const built = await build({ sources });
    expect(built).toMatchObject({ ok: false, fault: { code: 'full' } });
    expect(built.ok ? '' : built.fault.message).toMatch(/need \d+ MiB, have \d+ MiB/);
    expect(readdirSync(at('cache/debs'))).toEqual(['partial']);
  });

  it('leaves nothing when packages cannot be had, and says so', async () => {
    const sources = await lists({ bytes: 1_000, installedKiB: 10 });
    const words: string[] = [];
    const built = await build({ sources, onOutput: (line) => words.push(line) });
    expect(built).toMatchObject({ ok: false, fault: { code: 'io' } });
    expect(words.join('\n')).toContain('to download');
    expect(existsSync(at('disk.qcow2'))).toBe(false);
    expect(existsSync(at('cache/desktop-work'))).toBe(false);
  });

  it('does not wait for ever for a mirror that breaks off', async () => {
    const sources = await mirror((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 });
      response.write('Origin: ');
      response.socket?.destroy();
    });
    expect(await build({ sources })).toMatchObject({ ok: false, fault: { code: 'io' } });
  });

  it('ends with all that it started when it is cancelled, and leaves nothing', async () => {
    let asked = false;
    const sources = await mirror(() => {
      asked = true; // and never answers
    });
    const stop = new AbortController();
    const building = build({ sources, signal: stop.signal });
    await until(() => asked);
    expect(running()).not.toEqual([]);
    stop.abort();
    expect(await building).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    await until(() => running().length === 0);
    expect(existsSync(at('disk.qcow2'))).toBe(false);
  });

  it('says that another one is at work', async () => {
    let asked = false;
    const sources = await mirror(() => {
      asked = true;
    });
    const stop = new AbortController();
    const first = build({ sources, signal: stop.signal });
    await until(() => asked);
    expect(await build({ sources, file: at('other.qcow2') })).toMatchObject({
      ok: false,
      fault: { code: 'busy' },
    });
    stop.abort();
    await first;
  });

  it('never writes over a file', async () => {
    await writeFile(at('disk.qcow2'), 'mine');
    expect(await build()).toMatchObject({ ok: false, fault: { code: 'alreadyThere' } });
    expect(readFileSync(at('disk.qcow2'), 'utf8')).toBe('mine');
  });
});

it('what a killed build left is removed, files of subordinate ids too', async () => {
  const work = at('cache/desktop-work');
  await mkdir(join(work, 'tree/private'), { recursive: true });
  const inside = process.getuid?.() === 0 ? [] : ['unshare', '--map-root-user', '--map-auto', '--'];
  const [program = 'chown', ...args] = [...inside, 'chown', '-R', '7:7', join(work, 'tree')];
  execFileSync(program, args);
  await writeFile(at('disk.qcow2.part'), 'half');
  expect(await cleanDesktopLeftovers({ cache: at('cache'), file: at('disk.qcow2') })).toEqual({
    ok: true,
    value: undefined,
  });
  expect(existsSync(work)).toBe(false);
  expect(existsSync(at('disk.qcow2.part'))).toBe(false);
});
