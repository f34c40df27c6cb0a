// What Electron's own default_app does for `electron [-r FILE] FOLDER [ARG...]`, in the few lines that we need: the
// registry's runtime comes without one and would exit 1 without a word. Only ever part of the stand-in runtime of a
// checkout; a packaged app has its own app.asar and never sees this.
const { app } = require('electron');
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');

const required = [];
let folder = null;
const args = process.argv.slice(1);
for (let index = 0; index < args.length && folder === null; index++) {
  const arg = args[index];
  if (arg === '-r' || arg === '--require') required.push(args[++index]);
  else if (!arg.startsWith('-')) folder = resolve(arg);
}

if (folder === null) {
  process.stdout.write(`v${process.versions.electron}\n`);
  process.exit(0);
}
try {
  const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  app.setAppPath(folder);
  if (described.version) app.setVersion(described.version);
  app.name = described.productName ?? described.name ?? app.name;
  app.setPath('userData', join(app.getPath('appData'), app.name));
  // As Electron's: preloaded files first, then the app as if it were the program's main module.
  for (const file of required) Module._load(resolve(file), null, false);
  process.defaultApp = true;
  const entry = join(folder, described.main ?? 'index.js');
  Module._load(entry, Module, true);
} catch (cause) {
  process.stderr.write(`electron: cannot start ${folder}: ${cause instanceof Error ? cause.stack : cause}\n`);
  process.exit(1);
}
