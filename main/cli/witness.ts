// The witness guest's kernel and initrd for `guest add --witness`: as set-up built them; where they are not built yet
// and this is a checkout, they are built now.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, type Result } from '../../preload/contract/result';
import { findWitnessFiles, type WitnessFiles } from '../guest/witness';
import { run } from '../process/run';

const script = 'native-scripts/guest/witness/build';

/** Faults: toolMissing: not built, and cannot be here. Building takes seconds to minutes. */
export async function provideWitness(from: string = import.meta.dirname): Promise<Result<WitnessFiles>> {
  const built = findWitnessFiles(from);
  if (built.ok) return built;
  const path = lookUpwards(from);
  if (path === null) return missing('it is no part of this installation');
  const ran = await run({ program: 'bash', args: [path], stage: 'guest.add', timeoutMs: 600_000 });
  return ran.ok ? findWitnessFiles(from) : missing(ran.fault.message);
}

function lookUpwards(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, script);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return null;
  }
}

function missing(why: string): Result<never> {
  return fail({
    code: 'toolMissing',
    stage: 'guest.add',
    message: `the witness guest is not built: ${why}`.slice(0, 2000),
    hint: `run ${script} in the repository; it says what it needs`,
  });
}
