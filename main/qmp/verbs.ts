// The QMP commands and events we use, no others: each with the shape of its arguments and of its reply, and the QAPI
// file of QEMU that states it (qemu/qemu: qapi/*.json). A reply is parsed for what we read from it; QEMU may say more.
import { z } from 'zod';
import type { VerbMap } from '../../preload/contract/verbs';

const none = z.strictObject({});
const nothing = z.object({});
const word = z.string().max(64);
const count = z.number().nonnegative();

/** qapi/migration.json, MigrationCapability. */
const capabilitySchema = z.enum(['mapped-ram', 'multifd', 'x-ignore-shared', 'events']);

/** qapi/migration.json, MigrationStatus. Left open: a newer QEMU may know more states, and they are only waited out. */
const migrationStatusSchema = word;

const qcow2Node = {
  driver: z.literal('qcow2'),
  'node-name': word,
  file: z.strictObject({ driver: z.literal('file'), 'node-name': word, filename: z.string().max(4096) }),
};

export const qmpVerbs = {
  /** qapi/control.json. Ends capability negotiation; nothing else is answered before it. */
  qmp_capabilities: { request: none, reply: nothing },
  /** qapi/control.json. */
  'query-version': {
    request: none,
    reply: z.object({ qemu: z.object({ major: count, minor: count, micro: count }) }),
  },
  /** qapi/control.json. QEMU ends at once, without saving; the guest is not told. */
  quit: { request: none, reply: nothing },
  /** qapi/misc.json. Stops the vCPUs and flushes every disk. */
  stop: { request: none, reply: nothing },
  /** qapi/misc.json. */
  cont: { request: none, reply: nothing },
  /** qapi/machine.json. The ACPI power button: a guest may take it or leave it. */
  system_powerdown: { request: none, reply: nothing },
  /** qapi/run-state.json. */
  'query-status': { request: none, reply: z.object({ running: z.boolean(), status: word }) },
  /** qapi/machine.json. */
  'query-uuid': { request: none, reply: z.object({ UUID: z.uuid() }) },
  /** qapi/machine.json. */
  'query-kvm': { request: none, reply: z.object({ enabled: z.boolean() }) },
  /** qapi/misc.json. */
  'query-name': { request: none, reply: z.object({ name: z.string().max(256).optional() }) },
  /**
   * qapi/block-core.json. `io-status` of a disk with rerror or werror stop: ok, failed, nospace; until `cont`.
   * `inserted`: the node that the device writes to.
   */
  'query-block': {
    request: none,
    reply: z
      .array(
        z.object({
          'io-status': word.optional(),
          inserted: z.object({ 'node-name': word.optional() }).optional(),
        }),
      )
      .max(64),
  },
  /** qapi/char.json. `frontend-open` of a virtio-serial port: something in the guest has it open. */
  'query-chardev': {
    request: none,
    reply: z.array(z.object({ label: word, 'frontend-open': z.boolean() })).max(64),
  },
  /**
   * qapi/block-core.json, BlockdevOptionsQcow2. To write to: a layer that stands on nothing until `blockdev-snapshot`. Or a
   * frozen one on the node `backing`.
   */
  'blockdev-add': {
    request: z.union([
      z.strictObject({ ...qcow2Node, discard: z.literal('unmap'), backing: z.null() }),
      z.strictObject({ ...qcow2Node, 'read-only': z.literal(true), backing: word }),
    ]),
    reply: nothing,
  },
  /** qapi/block-core.json. Every option anew; `file` and `backing` are nodes that are there. */
  'blockdev-reopen': {
    request: z.strictObject({
      options: z.tuple([
        z.strictObject({
          ...{ driver: z.literal('qcow2'), 'node-name': word, discard: z.literal('unmap') },
          ...{ file: word, backing: word },
        }),
      ]),
    }),
    reply: nothing,
  },
  /** qapi/block-core.json. Only the header's word for the layer below. */
  'change-backing-file': {
    request: z.strictObject({ device: word, 'image-node-name': word, 'backing-file': z.string().max(1023) }),
    reply: nothing,
  },
  /** qapi/block-core.json. Refused while anything uses the node. */
  'blockdev-del': { request: z.strictObject({ 'node-name': word }), reply: nothing },
  /** qapi/block-core.json. Whoever writes to `node` writes to `overlay`, which stands on it; `node` is read-only then. */
  'blockdev-snapshot': { request: z.strictObject({ node: word, overlay: word }), reply: nothing },
  /** qapi/ui.json. `filename` is written by QEMU, with QEMU's rights. */
  screendump: {
    request: z.strictObject({ filename: z.string().max(4096), format: z.enum(['png', 'ppm']) }),
    reply: nothing,
  },
  /** qapi/misc.json. Only this one: what the vCPUs hold, to see that they go on. */
  'human-monitor-command': {
    request: z.strictObject({ 'command-line': z.literal('info registers -a') }),
    reply: z.string().max(1 << 20),
  },
  /** qapi/ui.json. QKeyCode names, pressed in order and let go in reverse. */
  'send-key': {
    request: z.strictObject({
      keys: z
        .array(z.strictObject({ type: z.literal('qcode'), data: word }))
        .min(1)
        .max(4),
    }),
    reply: nothing,
  },
  /** qapi/migration.json. */
  'migrate-set-capabilities': {
    request: z.strictObject({
      capabilities: z.array(z.strictObject({ capability: capabilitySchema, state: z.boolean() })).max(8),
    }),
    reply: nothing,
  },
  /** qapi/net.json. The cable of a network card, by its device's id. */
  set_link: { request: z.strictObject({ name: word, up: z.boolean() }), reply: nothing },
  /** qapi/net.json. Tells the network where the guest's address is now; milliseconds. */
  'announce-self': {
    request: z.strictObject({ initial: count, max: count, rounds: count, step: count }),
    reply: nothing,
  },
  /** qapi/migration.json. `max-bandwidth` in bytes a second. */
  'migrate-set-parameters': {
    request: z.strictObject({
      'multifd-channels': z.number().int().min(1).max(255).optional(),
      'direct-io': z.boolean().optional(),
      'max-bandwidth': count.optional(),
    }),
    reply: nothing,
  },
  /** qapi/migration.json. `file:/abs` is the only kind of address we use. */
  migrate: { request: z.strictObject({ uri: z.string().max(4096) }), reply: nothing },
  /** qapi/migration.json. Needs `-incoming defer`. `exit-on-error` since 9.1. */
  'migrate-incoming': {
    request: z.strictObject({ uri: z.string().max(4096), 'exit-on-error': z.boolean().optional() }),
    reply: nothing,
  },
  /** qapi/migration.json. Answers at once; the migration ends later as `cancelled` (or had ended before). */
  migrate_cancel: { request: none, reply: nothing },
  /** qapi/migration.json. Bytes; no status before the first migration. */
  'query-migrate': {
    request: none,
    reply: z.object({
      status: migrationStatusSchema.optional(),
      'error-desc': z.string().max(4096).optional(),
      ram: z
        .object({ transferred: count, remaining: count, total: count, 'multifd-bytes': count.optional() })
        .optional(),
    }),
  },
} as const satisfies VerbMap;

export type QmpVerb = keyof typeof qmpVerbs;

/** Event name -> its data. Events that are not listed are dropped. */
export const qmpEvents = {
  /** qapi/run-state.json. */
  STOP: nothing,
  RESUME: nothing,
  /** `guest`: it switched itself off or rebooted; else the host asked for it. */
  SHUTDOWN: z.object({ guest: z.boolean(), reason: word }),
  /** qapi/char.json. A port with an id was opened or closed in the guest. */
  VSERPORT_CHANGE: z.object({ id: word, open: z.boolean() }),
  /** qapi/migration.json; only with the capability `events`. */
  MIGRATION: z.object({ status: migrationStatusSchema }),
  /** qapi/block-core.json. `nospace`: a full disk; with action `stop` the guest is paused and may `cont` later. */
  BLOCK_IO_ERROR: z.object({
    operation: word,
    action: word,
    nospace: z.boolean().optional(),
    reason: z.string().max(4096).optional(),
  }),
} as const;

export type QmpEvent = keyof typeof qmpEvents;
