// Bundles the product with esbuild into out/: Electron's main and bridge, the renderer, and the Node programs.
// Runs on a bare Node after `npm ci`; takes well under a second. Usage: node native-scripts/setup/build.mjs
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const out = join(root, 'out');
const at = (path) => join(root, path);

const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: true,
  external: ['electron', 'argon2', 'node-pty'],
  define: { 'import.meta.dirname': '__dirname' },
  loader: { '.css': 'text' },
  outExtension: { '.js': '.cjs' },
  logLevel: 'warning',
};

const present = (entries) =>
  Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));

for (const part of ['main', 'preload', 'app', 'programs'])
  rmSync(join(out, part), { recursive: true, force: true });
await Promise.all([
  build({ ...node, entryPoints: present({ index: at('main/index.ts') }), outdir: join(out, 'main') }),
  build({ ...node, entryPoints: present({ bridge: at('preload/bridge.ts') }), outdir: join(out, 'preload') }),
  build({
    ...node,
    entryPoints: present({
      soulpad: at('main/cli.ts'),
      owner: at('main/vault/owner-program.ts'),
      keeper: at('main/keeper/keeper-program.ts'),
      launch: at('main/launch.ts'),
    }),
    outdir: join(out, 'programs'),
  }),
  build({
    entryPoints: present({ app: at('app/main.tsx') }),
    bundle: true,
    format: 'esm',
    target: 'chrome130',
    jsx: 'automatic',
    minify: true,
    sourcemap: false,
    outdir: join(out, 'app'),
    loader: { '.woff2': 'file', '.svg': 'text' },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  }),
]);
mkdirSync(join(out, 'app'), { recursive: true });
if (existsSync(at('app/index.html'))) cpSync(at('app/index.html'), join(out, 'app/index.html'));
