// Where our own Node programs lie (owner, keeper, launch, the CLI): beside each other, in out/programs in a checkout and in
// resources/programs in the packaged app. They run on the system's nodejs, never on Electron's binary, whose
// RunAsNode fuse is off in releases.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type ProgramName = 'owner' | 'keeper' | 'launch' | 'soulpad';

/** Path of the bundled program. Throws when the build is missing: a bug of set-up, not of the person. */
export function programPath(name: ProgramName): string {
  const file = `${name}.cjs`;
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    for (const place of ['.', 'programs', 'out/programs']) {
      const candidate = join(folder, place, file);
      if (existsSync(candidate)) return candidate;
    }
    if (folder === dirname(folder)) throw new Error(`${file} is not built: run \`npm run build\``);
  }
}

/** The Node that runs them: the one we run on, or in Electron the system's. */
export function nodeBinary(): string {
  return process.versions.electron === undefined ? process.execPath : 'node';
}
