// Where our own Node programs lie (owner, keeper, launch, the CLI): beside each other, in out/programs in a checkout and in
// resources/programs in the packaged app. They run on the system's nodejs, never on Electron's binary, whose
// RunAsNode fuse is off in releases.
import { findUpwards } from './upwards';

export type ProgramName = 'owner' | 'keeper' | 'launch' | 'soulpad';

/** Path of the bundled program. Throws when the build is missing: a bug of set-up, not of the person. */
export function programPath(name: ProgramName): string {
  const file = `${name}.cjs`;
  const found = findUpwards(import.meta.dirname, [file, `programs/${file}`, `out/programs/${file}`]);
  if (found === null) throw new Error(`${file} is not built: run \`npm run build\``);
  return found;
}

/** The Node that runs them: the one we run on, or in Electron the system's. */
export function nodeBinary(): string {
  return process.versions.electron === undefined ? process.execPath : 'node';
}
