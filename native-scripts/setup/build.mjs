// Bundles the product with esbuild into out/: Electron's main and bridge, the renderer, and the Node programs.
// Runs on a bare Node after `npm ci`; takes well under a second. Usage: node native-scripts/setup/build.mjs [bench]
// Every file is replaced by a rename, so that a program which starts meanwhile finds the old or the new one whole.
// Touches only the folders named below: out/electron and what else lies in out/ is not its own.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { sourcesKey } from './sources.mjs';

const root = join(import.meta.dirname, '../..');
const out = join(root, 'out');

/** @type {(path: string) => string} */
const at = (path) => join(root, path);

/** @type {import('esbuild').BuildOptions & { write: false }} */
const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: true,
  external: ['electron', 'argon2', 'node-pty', 'playwright', '@playwright/test'],
  define: { 'import.meta.dirname': '__dirname' },
  loader: { '.css': 'text' },
  outExtension: { '.js': '.cjs' },
  logLevel: 'warning',
  write: false,
};

/** @type {import('esbuild').BuildOptions & { write: false }} */
const page = {
  bundle: true,
  format: 'esm',
  target: 'chrome130',
  jsx: 'automatic',
  minify: true,
  loader: { '.woff2': 'file', '.svg': 'text' },
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
  write: false,
};

/** @type {(file: string, contents: string | Uint8Array) => void} */
function replace(file, contents) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}.part`, contents);
  renameSync(`${file}.${process.pid}.part`, file);
}

// Taken before the sources are read: a change during the build makes the next start build again.
const key = sourcesKey(root);
const programs = {
  soulpad: 'main/cli.ts',
  owner: 'main/vault/owner-program.ts',
  keeper: 'main/keeper/keeper-program.ts',
  launch: 'main/launch.ts',
  soulpadd: 'main/soulpadd/soulpadd-program.ts',
};
/** @type {{ folder: string, name: string, entry: string, options: typeof node }[]} */
const product = [
  { folder: 'main', name: 'index', entry: 'main/index.ts', options: node },
  { folder: 'preload', name: 'bridge', entry: 'preload/bridge.ts', options: node },
  { folder: 'app', name: 'app', entry: 'app/main.tsx', options: page },
  { folder: 'app', name: 'strength', entry: 'app/strength/strength-program.ts', options: page },
  ...Object.entries(programs).map(([name, entry]) => ({ folder: 'programs', name, entry, options: node })),
];
const bench = { folder: 'bench', name: 'bench', entry: 'e2e/bench/bench.ts', options: node };
const withBench = process.argv.includes('bench');
const parts = (withBench ? [...product, bench] : product).filter(({ entry }) => existsSync(at(entry)));

const built = await Promise.allSettled(
  parts.map(({ folder, name, entry, options }) =>
    build({ ...options, entryPoints: { [name]: at(entry) }, outdir: join(out, folder) }),
  ),
);
const failed = parts.filter((_part, index) => built[index]?.status === 'rejected');

/** @type {Map<string, Uint8Array>} */
const files = new Map();
for (const part of built) {
  if (part.status === 'fulfilled')
    for (const { path, contents } of part.value.outputFiles) files.set(path, contents);
}
if (existsSync(at('app/index.html')))
  files.set(join(out, 'app/index.html'), readFileSync(at('app/index.html')));
for (const [file, contents] of files) replace(file, contents);

if (failed.length > 0) {
  // What could be built is in place; the note that says "complete" is not written.
  console.error(`build: failed for ${failed.map(({ entry }) => entry).join(', ')}`);
  process.exit(1);
}
for (const folder of ['main', 'preload', 'app', 'programs']) {
  mkdirSync(join(out, folder), { recursive: true });
  for (const name of readdirSync(join(out, folder))) {
    if (!files.has(join(out, folder, name)) && !name.endsWith('.part'))
      rmSync(join(out, folder, name), { recursive: true });
  }
}
const names = [...files.keys()].map((file) => relative(out, file));
replace(join(out, 'build.json'), `${JSON.stringify({ sources: key, files: names })}\n`);
