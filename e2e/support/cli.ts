// The product's own command line as a process, for starting points and for asking without our screen.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

export const repository = join(import.meta.dirname, '../..');

const envelopeSchema = z.union([
  z.object({ schema: z.string(), ok: z.literal(true), data: z.unknown() }),
  z.object({
    schema: z.string(),
    ok: z.literal(false),
    fault: z.object({ code: z.string(), stage: z.string(), message: z.string(), hint: z.string().nullish() }),
  }),
]);

export interface CliAnswer {
  readonly status: number;
  readonly envelope: z.infer<typeof envelopeSchema>;
  readonly stderr: string;
}

/** `soulpad ARGS --json`; the passphrase, or the recovery key, goes in by descriptor 0, never by argv. */
export function soulpad(about: {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly passphrase?: string;
  readonly recovery?: string;
  readonly timeoutMs?: number;
}): Promise<CliAnswer> {
  const given = about.passphrase ?? about.recovery;
  const option = about.passphrase === undefined ? '--recovery-fd' : '--passphrase-fd';
  const secret = given === undefined ? [] : [option, '0'];
  const args = [join(repository, 'out/programs/soulpad.cjs'), ...about.args, '--json', ...secret];
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      args,
      { env: { ...about.env }, timeout: about.timeoutMs ?? 180_000, maxBuffer: 4 << 20 },
      (error, stdout, stderr) => {
        const status = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
        const read = envelopeSchema.safeParse(parse(stdout));
        if (read.success) resolve({ status, envelope: read.data, stderr });
        else
          reject(
            new Error(
              `soulpad ${about.args.join(' ')} (status ${status}) printed no envelope: ${stdout}\n${stderr}`,
            ),
          );
      },
    );
    child.stdin?.end(given ?? '');
  });
}

/** The same, and it must succeed with data of this shape. */
export async function soulpadOk<T>(about: Parameters<typeof soulpad>[0], shape: z.ZodType<T>): Promise<T> {
  const answer = await soulpad(about);
  if (!answer.envelope.ok)
    throw new Error(`soulpad ${about.args.join(' ')}: ${JSON.stringify(answer.envelope.fault)}`);
  return shape.parse(answer.envelope.data);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
