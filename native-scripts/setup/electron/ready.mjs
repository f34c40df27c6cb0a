// Whether out/electron is a runtime that this checkout asks for. Apart from runtime.mjs, which needs npm's packages.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is pinned: the registry's package, its hash, and what of it is not ours. */
export const pin = JSON.parse(readFileSync(join(import.meta.dirname, 'pin.json'), 'utf8'));

/** @param {string} root @returns {string} the version of npm's `electron` package */
export function officialVersion(root) {
  return JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')).version;
}

/** @param {string} root @param {{ official: boolean }} wanted official: nothing else will do */
export function electronReady(root, { official }) {
  const note = join(root, 'out/electron.json');
  if (!existsSync(note) || !existsSync(join(root, 'out/electron/electron'))) return false;
  const { version, source } = JSON.parse(readFileSync(note, 'utf8'));
  if (source === 'official') return version === officialVersion(root);
  return !official && version === pin.registry.electronVersion;
}
