// RAM chains without a QEMU: generations whose pages hold known numbers, written and sealed as the lazy engine writes
// them, and read back through index and files. Fast enough for hundreds of sessions.
import { createHash } from 'node:crypto';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generationFolder, type Manifest, type RamFile, ramIndexName } from '../generation/manifest';
import { viewOf } from '../generation/ram-chain';
import { checkPart } from '../generation/ram-check';
import { openParts, readChain } from '../generation/ram-files';
import { formatIndex, pageBytes, sumOfIndex } from '../generation/ram-index';
import { chainBelow } from '../generation/ram-merged';
import { type GuestPlace, generationPath } from '../generation/read';
import { seal } from '../generation/seal';
import { openRamWriter } from './lazy-file';
import { exampleGuest, must, temporaryFolder } from './machine.fixture';

export interface RamHome {
  readonly place: GuestPlace;
  readonly ramPages: number;
  /** generation -> what each page holds; 0 is a zero page. */
  readonly truth: Map<number, Uint32Array>;
  current: Manifest | null;
}

export async function makeRamHome(ramPages: number): Promise<RamHome> {
  const folder = join(await temporaryFolder(), 'g');
  await mkdir(folder);
  return { place: { folder, id: 'g', uuid: exampleGuest.uuid }, ramPages, truth: new Map(), current: null };
}

function pageOf(value: number): Buffer {
  const page = Buffer.alloc(pageBytes);
  for (let at = 0; value !== 0 && at < pageBytes; at += 4) page.writeUInt32LE(value, at);
  return page;
}

/** The next generation on `parent` (default: the newest), with these pages changed. The first one is a base. */
export async function session(
  home: RamHome,
  changes: ReadonlyMap<number, number>,
  parent = home.current,
): Promise<Manifest> {
  const { place, ramPages } = home;
  const number = Math.max(0, ...home.truth.keys()) + 1;
  const folder = generationPath(place, number);
  await mkdir(folder, { mode: 0o700 });
  const before = (parent === null ? undefined : home.truth.get(parent.number)) ?? new Uint32Array(ramPages);
  const now = before.slice();
  for (const [page, value] of changes) now[page] = value;
  home.truth.set(number, now);
  const state = Buffer.from(`devices of ${number}`);
  await writeFile(join(folder, 'state'), state);
  const parts = must(await readChain(place, parent));
  const below = await chainBelow({ place, loads: parent, parts });
  const file = below === null ? 'ram.base' : 'ram.delta';
  const ramBytes = ramPages * pageBytes;
  const writer = await openRamWriter(join(folder, file), below === null ? ramBytes : null);
  const pages = [...changes].sort(([a], [b]) => a - b);
  for (const [page, value] of pages) if (value !== 0) await writer.add(page, pageOf(value));
  const written = await writer.finish();
  await writer.close();
  const zero: { first: number; pages: number }[] = [];
  for (const [page, value] of pages) {
    if (value !== 0 || before[page] === 0) continue;
    const last = zero.at(-1);
    if (last !== undefined && last.first + last.pages === page) last.pages++;
    else zero.push({ first: page, pages: 1 });
  }
  const index = formatIndex({
    ...{ guest: place.id, guestUuid: place.uuid, number, file, ramPages, zero, ...written },
    stateSha256: createHash('sha256').update(state).digest('hex'),
  });
  await writeFile(join(folder, ramIndexName(file)), index);
  const { size } = await stat(join(folder, file));
  const own: RamFile = { generation: number, file, bytes: size, index: sumOfIndex(index) };
  const manifest: Manifest = {
    ...{ format: 'soulpad-generation', version: 1, guest: place.id, guestUuid: place.uuid, number },
    ...{ parent: parent?.number ?? null, createdAt: new Date(number * 3_600_000).toISOString() },
    ...{
      machine: exampleGuest.machine,
      cpuModel: exampleGuest.cpuModel,
      ramBytes,
      engine: 'lazy',
      layers: [],
    },
    ...{ state: { file: 'state', bytes: state.length, format: 'ignore-shared' }, nonZeroBytes: null },
    ram: below === null ? { base: own, deltas: [] } : { base: below.base, deltas: [...below.deltas, own] },
  };
  must(
    await seal({ place, session: { number, folder, parent: manifest, below: [], layer: null }, manifest }),
  );
  home.current = manifest;
  return manifest;
}

/** What each page of a generation holds as its files tell it, every file compared with its sums. */
export async function readRam(home: RamHome, manifest: Manifest): Promise<Uint32Array> {
  const parts = must(await readChain(home.place, manifest));
  const files = must(await openParts(parts));
  const found = new Uint32Array(home.ramPages);
  const view = viewOf(
    home.ramPages,
    parts.map((part) => part.index),
  );
  const page = Buffer.alloc(pageBytes);
  for (const [at, part] of parts.entries()) {
    const file = files[at];
    if (file !== undefined) must(await checkPart({ part, file }));
  }
  for (let at = 0; at < home.ramPages; at++) {
    const file = files[view.source[at] ?? -1];
    if (file === undefined) continue;
    await file.read(page, 0, pageBytes, (view.at[at] ?? 0) * pageBytes);
    found[at] = page.equals(pageOf(page.readUInt32LE(0))) ? page.readUInt32LE(0) : 0xffffffff;
  }
  for (const file of files) await file.close();
  return found;
}

/** Bytes that RAM files take on the disk, all generations together. */
export async function ramBytesOnDisk({ place }: RamHome): Promise<number> {
  let bytes = 0;
  for (const folder of await readdir(place.folder, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const name of await readdir(join(place.folder, folder.name)))
      if (/\.(base|delta|ram)$/.test(name))
        bytes += (await stat(join(place.folder, folder.name, name))).blocks * 512;
  }
  return bytes;
}

export function folderName(number: number): string {
  return generationFolder(number);
}
