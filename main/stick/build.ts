// The one way to the build of a stick's image (native-scripts/stick/build): where it lies, and how its marks become
// values. Only a checkout has it: neither the packaged app nor a stick builds sticks.
import { z } from 'zod';
import { faultCodes } from '../../preload/contract/fault';
import { type OnProgress, progressSchema } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { runOnTerminal } from '../process/terminal';
import { findUpwards } from '../process/upwards';

const stage = 'stick.build';
const script = 'native-scripts/stick/build';
/** Half an hour on the slowest of networks would be no reason to give up. */
const timeoutMs = 3 * 3_600_000;

export const builtStickSchema = z.object({
  image: z.string(),
  bytes: z.number().int().positive(),
  /** The auxiliary boot disc, for PCs that do not start from USB. */
  disc: z.string(),
  /** Every package of the image with its version. */
  manifest: z.string(),
  systemBytes: z.number().int().positive(),
  packages: z.number().int().positive(),
  firmware: z.boolean(),
  /** True: nothing had changed, and nothing was built. */
  cached: z.boolean(),
  seconds: z.number().nonnegative(),
});

const markSchema = z.union([
  z.object({ progress: progressSchema }),
  z.object({
    fault: z.object({
      code: z.enum(faultCodes),
      message: z.string().max(2000),
      hint: z.string().max(500).optional(),
    }),
  }),
  builtStickSchema,
]);

type Mark = z.infer<typeof markSchema>;
export type BuiltStick = z.infer<typeof builtStickSchema>;

function readMark(line: string): Mark | null {
  if (!line.startsWith('{') || line.length > 8_000) return null;
  try {
    const mark = markSchema.safeParse(JSON.parse(line));
    return mark.success ? mark.data : null;
  } catch {
    return null;
  }
}

/** Faults: as the script tells (toolMissing, kernelLacks, full, io, busy), cancelled, timeout. */
export async function buildStick(about: {
  readonly args: readonly string[];
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}): Promise<Result<BuiltStick>> {
  const path = findUpwards(import.meta.dirname, [script]);
  if (path === null)
    return fail({
      code: 'toolMissing',
      stage,
      message: 'a stick is built in a checkout of SoulPad; this installation has no build',
    });
  let last: Mark | null = null;
  let rest = '';
  const ran = await runOnTerminal({
    program: 'bash',
    args: [path, ...about.args],
    stage,
    timeoutMs,
    signal: about.signal,
    onText: (text) => {
      const lines = `${rest}${text}`.slice(-64 * 1024).split(/\r*\n/);
      rest = lines.pop() ?? '';
      for (const mark of lines.map(readMark)) {
        if (mark === null) continue;
        last = mark;
        if ('progress' in mark) about.onProgress(mark.progress);
      }
    },
  });
  if (!ran.ok) return ran;
  return answerOf(last, ran.value.status);
}

function answerOf(last: Mark | null, status: number): Result<BuiltStick> {
  if (last !== null && 'fault' in last) return fail({ stage, ...last.fault });
  if (status === 0 && last !== null && 'image' in last) return ok(last);
  return fail({ code: 'io', stage, message: `the build ended with status ${status} and no result` });
}
