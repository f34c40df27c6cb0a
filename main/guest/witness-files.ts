// The witness guest's kernel and initrd: as set-up built them, out/witness in a checkout, resources/witness in the
// packaged app. It must never build anything where the person did not ask for it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { run } from '../process/run';
import { findUpwards } from '../process/upwards';

const script = 'native-scripts/guest/witness/build';
const stage = 'guest.add';

export interface WitnessFiles {
  readonly kernel: string;
  readonly initrd: string;
}

/** Fault missingFile: they are not built. */
export function findWitnessFiles(from: string = import.meta.dirname): Result<WitnessFiles> {
  const kernel = findUpwards(from, ['witness/kernel', 'out/witness/kernel']);
  const initrd = kernel === null ? '' : join(dirname(kernel), 'initrd');
  if (kernel !== null && existsSync(initrd)) return ok({ kernel, initrd });
  return fail({
    code: 'missingFile',
    stage,
    message: 'the witness guest is not built',
    hint: `run ${script}`,
  });
}

/** Builds them where they are missing and this is a checkout; seconds to minutes. Fault toolMissing: not there, no way. */
export async function provideWitness(from: string = import.meta.dirname): Promise<Result<WitnessFiles>> {
  const built = findWitnessFiles(from);
  if (built.ok) return built;
  const path = findUpwards(from, [script]);
  if (path === null) return missing('it is no part of this installation');
  const ran = await run({ program: 'bash', args: [path], stage, timeoutMs: 600_000 });
  return ran.ok ? findWitnessFiles(from) : missing(ran.fault.message);
}

function missing(why: string): Result<never> {
  return fail({
    code: 'toolMissing',
    stage,
    message: `the witness guest is not built: ${why}`.slice(0, 2000),
    hint: `run ${script} in the repository; it says what it needs`,
  });
}
