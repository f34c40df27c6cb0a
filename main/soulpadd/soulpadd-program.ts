// The root service (out/programs/soulpadd.cjs; native-scripts/host/files has its unit). Resident, so that its verbs cost
// no start-up. Usage: soulpadd --user NAME [--keepers NAME] [--folder DIR]
// [--images DIR]...
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startSoulpadd } from './start';

const folderSchema = z.string().startsWith('/').max(4096);
const userSchema = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/);
const argumentsSchema = z.strictObject({
  user: userSchema,
  keepers: userSchema.nullable().default(null),
  folder: folderSchema.default('/run/soulpad'),
  images: z.array(folderSchema).max(8).default([]),
});

async function main(): Promise<void> {
  const options = {
    user: { type: 'string' },
    keepers: { type: 'string' },
    folder: { type: 'string' },
    images: { type: 'string', multiple: true },
  } as const;
  const serving = await startSoulpadd(
    argumentsSchema.parse({ ...parseArgs({ options, strict: true }).values }),
  );
  if (!serving.ok) throw new Error(`${serving.fault.code}: ${serving.fault.message}`);
  const end = (): void => void serving.value.close().then(() => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
}

main().catch((error: unknown) => {
  process.stderr.write(`soulpadd: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(70);
});
