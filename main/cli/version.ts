// `soulpad --version`: which SoulPad this is, and on which Electron and Node. The Electron matters: a stand-in from the
// registry is never a release.
import { version } from '../../package.json';
import { readElectronNote } from '../host/electron-note';
import type { DataOf } from './surface';

export function versionFacts(): DataOf<'version'> {
  const electron = readElectronNote();
  return {
    version,
    electron: { version: electron.version, source: electron.source },
    node: process.versions.node,
  };
}

export function sayVersion(facts: DataOf<'version'>): readonly string[] {
  const electron =
    facts.electron.version === null
      ? 'no Electron yet'
      : `Electron ${facts.electron.version} (${facts.electron.source})`;
  const test = facts.electron.source === 'registry' ? ', test build' : '';
  return [`soulpad ${facts.version}, ${electron}${test}, Node ${facts.node}`];
}
