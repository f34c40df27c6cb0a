// What `bench state` was told: which rows, which guests, which disk. All of it goes into every row's `parameters`.
import { parseArgs } from 'node:util';
import { z } from 'zod';

/** In the order in which they are measured; `--rows` takes any of them. */
export const stateParts = [
  'disk',
  'suspend',
  'tick',
  'allin',
  'full',
  'virsh',
  'growth',
  'checkpoint',
  'sessions',
  'desktop',
] as const;
export type StatePart = (typeof stateParts)[number];

const list = z.string().transform((text) => text.split(','));
const memory = z.number().int().min(64).max(65_536);
const megabytes = z.coerce.number().pipe(memory);

const optionsSchema = z.object({
  rows: list.pipe(z.array(z.enum(stateParts)).min(1)).default([...stateParts]),
  /** MiB; each is filled, as far as its kernel leaves room. The last one is where virsh's limits are meant: 2048. */
  ram: list
    .transform((words) => words.map(Number))
    .pipe(z.array(memory).min(1))
    .default([128, 512, 2048]),
  /** Of what is repeated: suspends and first ticks. dd, virsh and the full engine move the whole image once. */
  runs: z.coerce.number().int().min(1).default(3),
  /** MiB that a session changes before it is suspended. */
  changed: z.coerce.number().int().min(1).default(32),
  /** MiB: the guest whose unused memory must cost nothing, and what of it is filled. */
  grown: megabytes.default(8192),
  grownFill: megabytes.default(2048),
  sessions: z.coerce.number().int().min(4).default(50),
  checkpoints: z.coerce.number().int().min(1).default(10),
  /** MB/s of 2^20 bytes. */
  speed: z.coerce.number().positive().default(30),
  /** Reads a second of a cheap stick. */
  reads: z.coerce.number().int().positive().default(1000),
  /** Where the plot goes, an SVG; null: none is drawn. */
  plot: z.string().min(1).nullable().default(null),
});
export type StateOptions = z.infer<typeof optionsSchema>;

/** Throws a ZodError or TypeError for options that make no sense. */
export function readStateOptions(args: readonly string[]): StateOptions {
  const names = [...Object.keys(optionsSchema.shape).filter((name) => name !== 'grownFill'), 'grown-fill'];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' } as const]));
  const { 'grown-fill': grownFill, ...values } = parseArgs({ args: [...args], options }).values;
  return optionsSchema.parse({ ...values, grownFill });
}
