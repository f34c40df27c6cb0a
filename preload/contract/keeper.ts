// What a keeper (main/keeper) answers on its socket: one keeper a running guest, kiosk and CLI are its clients.
// Frames are main/socket's: one JSON object a line. Every frame is parsed on both sides.
import { z } from 'zod';
import { faultSchema } from './fault';
import { progressSchema } from './progress';
import { guestScreenSchema, sentKeysSchema, sizeSchema } from './screen';
import { spaceSchema } from './timeline';

export const guestIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'a guest id: a-z, 0-9 and -, at most 32');

export const guestStateSchema = z.enum(['off', 'suspended', 'resuming', 'running', 'paused']);
export type GuestState = z.infer<typeof guestStateSchema>;

export const engineNameSchema = z.enum(['full', 'lazy']);
export type EngineName = z.infer<typeof engineNameSchema>;

/** What a person may ask for; `auto`: lazy wherever it can be used. */
export const engineChoiceSchema = z.enum(['auto', 'full', 'lazy']);
export type EngineChoice = z.infer<typeof engineChoiceSchema>;

const empty = z.object({});

/** Seconds of each stage, as `guest run --json` prints them. */
export const runSecondsSchema = z.object({
  check: z.number(),
  start: z.number(),
  load: z.number(),
  firstRun: z.number(),
});

export const ranSchema = z.object({
  id: guestIdSchema,
  resumed: z.boolean(),
  fromGeneration: z.number().int().nullable(),
  engine: engineNameSchema,
  engineReason: z.string(),
  prefetchBytes: z.number(),
  /** Seconds that the guest's clock was set forward after a resume; null while or where that is not known. */
  clockStepSeconds: z.number().nullable(),
  /** After a resume: set by the guest agent, right already, or nobody in the guest could. Null: not known yet. */
  clock: z.enum(['set', 'notNeeded', 'noAgent']).nullable().default(null),
  seconds: runSecondsSchema,
});
export type Ran = z.infer<typeof ranSchema>;

export const suspendedSchema = z.object({
  id: guestIdSchema,
  generation: z.number().int(),
  parent: z.number().int().nullable(),
  engine: engineNameSchema,
  /** RAM as the guest sees it, bytes. */
  ramBytes: z.number(),
  /** Bytes of the RAM image that are not holes. */
  nonZeroBytes: z.number(),
  /** Bytes of RAM that differ from the parent; the full engine does not know: null. */
  changedBytes: z.number().nullable(),
  layerBytes: z.number(),
  writtenBytes: z.number(),
  pausedSeconds: z.number(),
  seconds: z.object({
    stop: z.number(),
    state: z.number(),
    ram: z.number(),
    fsync: z.number(),
    rename: z.number(),
    total: z.number(),
    /** Reading back after the rename; not part of total. */
    verify: z.number(),
  }),
});
export type Suspended = z.infer<typeof suspendedSchema>;

/** A guest's live checkpoints in this session. */
export const checkpointsSchema = z.object({
  /** Null: none are made by themselves. */
  everySeconds: z.number().int().nullable(),
  /** RFC 3339 UTC; null: none was made since this keeper began. */
  lastAt: z.string().nullable(),
  /** How long the guest stood for the last one. */
  pausedSeconds: z.number().nullable(),
  /** Why none can be made, or why the last try failed. */
  obstacle: faultSchema.nullable(),
});
export type Checkpoints = z.infer<typeof checkpointsSchema>;

export const keeperStatusSchema = z.object({
  id: guestIdSchema,
  name: z.string(),
  uuid: z.uuid(),
  keeperPid: z.number().int(),
  qemuPid: z.number().int().nullable(),
  state: guestStateSchema,
  ran: ranSchema.nullable(),
  /** RFC 3339 UTC: when this session's guest began to run. */
  since: z.string().nullable(),
  spiceSocket: z.string(),
  serialSocket: z.string(),
  qmpSocket: z.string(),
  /** RAM read since a lazy wake, and all that was only on the stick, bytes; null: nothing was. */
  streaming: z.object({ done: z.number(), total: z.number() }).nullable(),
  /** The vault's space; null until it was looked at. */
  space: spaceSchema.nullable().default(null),
  /** Why the guest stands still although nobody paused it; null while it may run. */
  frozen: faultSchema.nullable(),
  /** It was started, not resumed, and its desktop is not up yet: the screen shows the text of its start. */
  starting: z.boolean().default(false),
  /** What a pulled stick returns to: RFC 3339 UTC, null for a guest that was never suspended. */
  lastGenerationAt: z.string().nullable(),
  /** Null while the guest does not run. */
  checkpoints: checkpointsSchema.nullable(),
});
export type KeeperStatus = z.infer<typeof keeperStatusSchema>;

/** verb -> (request, reply). A verb that takes long pushes `progress` first. */
export const keeperVerbs = {
  /** The reply comes once the guest runs or could not be run; later calls get the same answer. */
  run: { request: empty, reply: ranSchema },
  status: { request: empty, reply: keeperStatusSchema },
  suspend: { request: empty, reply: suspendedSchema },
  /** A saved moment made while the guest lives on. */
  checkpoint: { request: empty, reply: suspendedSchema },
  /** Before the rename: the guest goes on and `suspend` fails with `cancelled`. After it: refused with `busy`. */
  cancelSuspend: { request: empty, reply: empty },
  /** Its CPUs stand until `goOn`, and nothing is saved by it. Both change nothing where it is so already. */
  pause: { request: empty, reply: empty },
  goOn: { request: empty, reply: empty },
  /** ACPI power button; the reply comes when it was pressed, the `ended` push when the guest is off. */
  pressPower: { request: empty, reply: empty },
  /** Of a guest that runs. */
  screen: { request: empty, reply: guestScreenSchema },
  /** For a guest that follows by its `agent`. Answers when it was told. */
  fitScreen: { request: sizeSchema, reply: empty },
  sendKeys: { request: z.object({ keys: sentKeysSchema }), reply: empty },
  /** Ends QEMU at once, without saving. What was saved before stays. */
  drop: { request: empty, reply: empty },
} as const;

export const keeperPushes = {
  /** Stage `streaming` comes while the guest runs; it says how much is still only on the stick. */
  progress: progressSchema,
  /** A checkpoint was made: what a pulled stick returns to from now on. RFC 3339 UTC. */
  checkpointed: z.object({ at: z.string() }),
  /** damagedState: for good, the older generation is whole (hint). io: until its disk can be read again; null: it can. */
  frozen: z.object({ fault: faultSchema.nullable() }),
  /** The vault's space became low, changed much while low, or is enough again. */
  space: spaceSchema,
  /** `starting` is over: what is inside is up, or nobody can tell. */
  up: empty,
  /** The guest is no longer there. The keeper exits after this push. */
  ended: z.object({
    why: z.enum(['suspended', 'poweredOff', 'dropped', 'died']),
    fault: faultSchema.nullable(),
  }),
} as const;
export type Ended = z.infer<(typeof keeperPushes)['ended']>;
