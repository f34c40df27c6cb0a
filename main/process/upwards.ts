// Finds what was built or packed together with us: we may run from the sources, from a bundle in out/, or from the
// packaged app's resources, each deeper or less deep in its tree.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The first of `names` that is there, looked for in `from` and every folder above it; null when none is. */
export function findUpwards(from: string, names: readonly string[]): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
    if (folder === dirname(folder)) return null;
  }
}
