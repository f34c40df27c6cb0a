// The witness guest for `guest add --witness`: its kernel and initrd as set-up built them, and its machine as its own
// folder describes it. Where they are not built yet, and this is a checkout, they are built now.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import description from '../../native-scripts/guest/witness/definition.json';
import { fail, ok, type Result } from '../../preload/contract/result';
import { definitionSchema } from '../guest/definition';
import { run } from '../process/run';

/** definition.json: what a guest's definition says, without what each guest has of its own. */
const witnessSchema = z.object({
  ...definitionSchema.pick({
    machine: true,
    cpuModel: true,
    cpus: true,
    ramBytes: true,
    video: true,
    network: true,
    serial: true,
  }).shape,
  format: z.literal('soulpad-witness'),
  version: z.literal(1),
  diskBytes: z.number().int().positive(),
  commandLine: z.string().max(1024),
});

export const witnessMachine = witnessSchema.parse(description);

export interface WitnessFiles {
  readonly kernel: string;
  readonly initrd: string;
}

/** Faults: toolMissing (not built, and cannot be here), and what building it ends with. Building takes up to minutes. */
export async function findWitness(from: string = import.meta.dirname): Promise<Result<WitnessFiles>> {
  const built = lookUpwards(from, ['witness', 'out/witness']);
  const files = built === null ? null : filesIn(built);
  if (files !== null) return ok(files);
  const script = lookUpwards(from, ['native-scripts/guest/witness/build']);
  if (script === null) return fail(missing('it is no part of this installation'));
  const ran = await run({ program: 'bash', args: [script], stage: 'guest.add', timeoutMs: 600_000 });
  if (!ran.ok) return fail(missing(ran.fault.message));
  const made = lookUpwards(from, ['out/witness']);
  const fresh = made === null ? null : filesIn(made);
  return fresh === null ? fail(missing('its build left no kernel and initrd')) : ok(fresh);
}

function filesIn(folder: string): WitnessFiles | null {
  const files = { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') };
  return existsSync(files.kernel) && existsSync(files.initrd) ? files : null;
}

/** The first of `names` that is in our folder or in one above it. */
function lookUpwards(from: string, names: readonly string[]): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return null;
  }
}

function missing(why: string) {
  return {
    code: 'toolMissing' as const,
    stage: 'guest.add',
    message: `the witness guest is not built: ${why}`.slice(0, 2000),
    hint: 'run native-scripts/guest/witness/build in the repository; it says what it needs',
  };
}
