// Which Electron set-up provided, from the note it left beside the build (out/electron.json; resources/electron.json
// in the packaged app). A stand-in from the registry is for running and testing on this machine only.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { findUpwards } from '../process/upwards';

const noteSchema = z.object({ version: z.string().max(40), source: z.enum(['official', 'registry']) });

export interface ElectronFacts {
  readonly version: string | null;
  readonly source: 'official' | 'registry' | 'none';
  /** Chromium's setuid sandbox helper of that runtime, null when there is none. */
  readonly sandboxHelper: string | null;
}

/** Looks upwards from our own folder. A note that is missing, huge or of a wrong shape means: none. */
export function readElectronNote(from: string = import.meta.dirname): ElectronFacts {
  const none: ElectronFacts = { version: null, source: 'none', sandboxHelper: null };
  const file = findUpwards(from, ['electron.json', 'out/electron.json']);
  if (file === null) return none;
  try {
    const seen = statSync(file);
    if (!seen.isFile() || seen.size > 4096) return none;
    const note = noteSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const helper = join(dirname(file), 'electron', 'chrome-sandbox');
    return { ...note, sandboxHelper: existsSync(helper) ? helper : null };
  } catch {
    return none;
  }
}
