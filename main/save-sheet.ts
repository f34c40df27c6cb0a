// The recovery sheet as a file: the one exception to "no secret in a file", made only where the person says, on a disk
// that they pick in main's own dialog, 0600, durable, and never over a file that is there.
import { join } from 'node:path';
import { writeNewDurably } from './files/durable';

/** False: no folder was picked, or nothing could be written there. */
export async function saveSheet(about: {
  readonly folder: () => Promise<string | null>;
  readonly print: () => Promise<Uint8Array | null>;
  /** RFC 3339 UTC. */
  readonly now: () => string;
}): Promise<boolean> {
  const folder = await about.folder();
  if (folder === null) return false;
  const bytes = await about.print();
  if (bytes === null) return false;
  const path = join(folder, `SoulPad recovery key ${about.now().slice(0, 10)}.pdf`);
  const written = await writeNewDurably({ path, bytes, stage: 'vault.sheet' });
  bytes.fill(0);
  return written.ok;
}
