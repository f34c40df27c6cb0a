// What the build script says, taken apart: lines that are marks (progress, a fault, the result, one JSON object each)
// and the rest, which is for the person's eyes. Pure; everything is parsed and bounded, since it is another program's
// output. Spec: native-scripts/guest/desktop/talk.mjs.
import { z } from 'zod';
import { faultCodes } from '../../../preload/contract/fault';
import { type Progress, progressSchema } from '../../../preload/contract/progress';

const bytes = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 46);

const markSchema = z.union([
  z.strictObject({ progress: progressSchema }),
  z.strictObject({
    fault: z.strictObject({
      code: z.enum(faultCodes),
      message: z.string().max(2000),
      hint: z.string().max(500).optional(),
    }),
  }),
  z.strictObject({ downloadBytes: bytes, installedBytes: bytes, packages: z.number().int().nonnegative() }),
  z.strictObject({ file: z.string(), bytes, seconds: z.number().nonnegative() }),
  z.strictObject({ cleaned: z.literal(true) }),
]);

export type Mark = z.infer<typeof markSchema>;

/** The mark that a line is, null for words. */
export function readMark(line: string): Mark | null {
  if (!line.startsWith('{') || line.length > 8_000) return null;
  try {
    const mark = markSchema.safeParse(JSON.parse(line));
    return mark.success ? mark.data : null;
  } catch {
    return null;
  }
}

const longestLine = 64 * 1024;

/** Cuts a terminal's text into lines. A line without end is handed on in pieces: nothing grows without bound. */
export function makeLines(onLine: (line: string) => void): { add: (text: string) => void; end: () => void } {
  let rest = '';
  return {
    add: (text) => {
      const lines = `${rest}${text}`.split(/\r*\n|\r(?!\n|$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      if (rest.length <= longestLine) return;
      onLine(rest);
      rest = '';
    },
    end: () => {
      if (rest !== '') onLine(rest.replace(/\r$/, ''));
      rest = '';
    },
  };
}

const stages = ['fetch', 'unpack', 'configure', 'image'] as const;
type BuildStage = (typeof stages)[number];
const order: readonly string[] = stages;

/** Seconds of each stage on a PC with two idle cores, measured; what has not begun is guessed by these. */
const usualSeconds: Readonly<Record<BuildStage, number>> = {
  fetch: 30,
  unpack: 40,
  configure: 45,
  image: 30,
};

/** Before the script's first report: apt is asked what there is to fetch. */
export const asking: Progress = {
  ...{ stage: 'fetch', done: 0, total: 1, unit: 'steps', reversible: true },
  secondsLeft: stages.reduce((sum, stage) => sum + usualSeconds[stage], 0),
};

/** Puts the time left into the script's reports: this stage by its own pace, the later ones as usual. */
export function makePace(): (progress: Progress, seconds: number) => Progress {
  let begun: { readonly stage: string; readonly seconds: number; readonly done: number } | null = null;
  return (progress, seconds) => {
    // The base is laid out without a word: the pace of unpacking is told from its first package on.
    const silent = progress.stage === 'unpack' && begun?.done === 0;
    if (begun?.stage !== progress.stage || silent)
      begun = { stage: progress.stage, seconds, done: progress.done };
    const at = order.indexOf(progress.stage);
    const { total } = progress;
    if (at < 0 || total === null) return progress;
    const later = stages.slice(at + 1).reduce((sum, stage) => sum + usualSeconds[stage], 0);
    const [moved, took] = [progress.done - begun.done, seconds - begun.seconds];
    const usual = usualSeconds[stages[at] ?? 'image'] * (total === 0 ? 0 : 1 - progress.done / total);
    // The first seconds say little about the pace.
    const left = moved <= 0 || took < 3 ? usual : (took * (total - progress.done)) / moved;
    return { ...progress, secondsLeft: Math.round(left + later) };
  };
}
