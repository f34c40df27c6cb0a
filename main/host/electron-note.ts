// Which Electron set-up provided, from the note it left beside the build (out/electron.json; resources/electron.json
// in the packaged app). A stand-in from the registry is for running and testing on this machine only.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const noteSchema = z.object({ version: z.string().max(40), source: z.enum(['official', 'registry']) });

export interface ElectronFacts {
  readonly version: string | null;
  readonly source: 'official' | 'registry' | 'none';
  /** Chromium's setuid sandbox helper of that runtime, null when there is none. */
  readonly sandboxHelper: string | null;
}

/** Looks upwards from our own folder. A note that is missing, huge or of a wrong shape means: none. */
export function readElectronNote(from: string = import.meta.dirname): ElectronFacts {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const place of ['.', 'out']) {
      const facts = readNote(join(folder, place));
      if (facts !== null) return facts;
    }
    if (folder === dirname(folder)) return { version: null, source: 'none', sandboxHelper: null };
  }
}

function readNote(folder: string): ElectronFacts | null {
  const file = join(folder, 'electron.json');
  const seen = statSync(file, { throwIfNoEntry: false });
  if (!seen?.isFile() || seen.size > 4096) return null;
  try {
    const note = noteSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!note.success) return null;
    const helper = join(folder, 'electron', 'chrome-sandbox');
    return { ...note.data, sandboxHelper: existsSync(helper) ? helper : null };
  } catch {
    return null;
  }
}
