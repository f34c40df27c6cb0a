// The machine-readable surface as schemas: what each verb prints under `data` with --json (docs/surface.md says the
// same in words). Scripts and outside checkers rely on these names: add fields freely, rename only with a decision page.
import { z } from 'zod';
import { faultSchema } from '../../preload/contract/fault';
import { fitSchema } from '../../preload/contract/fit';
import {
  checkpointsSchema,
  engineNameSchema,
  guestIdSchema,
  guestStateSchema,
  ranSchema,
  suspendedSchema,
} from '../../preload/contract/keeper';
import { vaultKindSchema } from '../../preload/contract/owner';
import { progressSchema } from '../../preload/contract/progress';
import { refusalSchema } from '../../preload/contract/sticks';
import { placeSchema } from '../../preload/contract/view';
import { builtStickSchema } from '../stick/build';

const count = z.number().int().nonnegative();

export const toolSchema = z.object({
  name: z.string(),
  /** As the tool says it, null when it is missing or does not say. */
  version: z.string().nullable(),
  /** What it must be, in words: '>=9.0', 'any'. */
  need: z.string(),
  ok: z.boolean(),
  /** False: only some uses need it, and `ok` of the whole report does not. */
  required: z.boolean(),
  /** What SoulPad does with it. */
  use: z.string(),
  /** The command that gets it, null when there is nothing to do. */
  how: z.string().nullable(),
});

export const doctorSchema = z.object({
  place: placeSchema,
  uid: count,
  sandbox: z.enum(['userNamespaces', 'setuid', 'off', 'none']),
  electron: z.object({ version: z.string().nullable(), source: z.enum(['official', 'registry', 'none']) }),
  qemu: z.object({ version: z.string().nullable(), ok: z.boolean() }),
  kvm: z.enum(['usable', 'denied', 'absent']),
  vaultKinds: z.array(vaultKindSchema),
  engines: z.array(engineNameSchema),
  tools: z.array(toolSchema),
  ok: z.boolean(),
  /** What a person should know, in sentences. */
  notes: z.array(z.string()),
});

const keyslotSchema = z.object({
  id: count,
  name: z.string(),
  kind: z.enum(['passphrase', 'keyUsb', 'recovery', 'both']),
  kdf: z.string(),
  memoryKiB: count,
  iterations: count,
  parallelism: count,
});

export const vaultSchema = z.object({
  home: z.string(),
  kind: vaultKindSchema,
  uuid: z.uuid(),
  state: z.enum(['closed', 'open']),
  mountPoint: z.string().nullable(),
  fileSystem: z.string().nullable(),
  reflink: z.boolean(),
  freeBytes: count.nullable(),
  keyslots: z.array(keyslotSchema).readonly(),
});

const vaultListSchema = z.object({
  vaults: z.array(
    z.object({
      /** For --vault; null: the home's own. */
      name: z.string().nullable(),
      home: z.string(),
      uuid: z.uuid().nullable(),
      kind: vaultKindSchema.nullable(),
      state: z.enum(['closed', 'open']).nullable(),
      /** Why it cannot be opened. */
      fault: faultSchema.nullable(),
    }),
  ),
});

const vaultDisksSchema = z.object({
  disks: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      bytes: count,
      removable: z.boolean(),
      partitionName: z.string().nullable(),
      mayFormat: z.boolean(),
      uuid: z.uuid().nullable(),
      damage: z.string().nullable(),
    }),
  ),
});

export const guestSchema = z.object({
  id: guestIdSchema,
  name: z.string(),
  uuid: z.uuid(),
  ramBytes: count,
  diskBytes: count,
  machine: z.string(),
  cpuModel: z.string(),
  state: guestStateSchema,
  /** The generation that CURRENT names. */
  generation: count.nullable(),
  /** QEMU's, null when it does not run. */
  pid: count.nullable(),
  qmpSocket: z.string().nullable(),
  serialSocket: z.string().nullable(),
  spiceSocket: z.string().nullable(),
  engine: engineNameSchema.nullable(),
  /** RAM read lazily since it was resumed, null for an engine that reads all of it first. */
  streamedBytes: count.nullable(),
  chainLength: count,
  /** Live checkpoints of the session that runs; null while none does. */
  checkpoints: checkpointsSchema.nullable(),
  /** Why CURRENT or its manifest cannot be used, null when they can. */
  damage: z.string().nullable(),
});

export const guestListSchema = z.object({
  guests: z.array(guestSchema),
  /** Guests whose guest.json cannot be used. */
  damaged: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
});

export const guestSettingsSchema = z.object({
  id: guestIdSchema,
  /** Null: no checkpoints are made by themselves. */
  checkpointSeconds: count.nullable(),
});

export const shutdownSchema = z.object({ id: guestIdSchema, pressed: z.boolean(), off: z.boolean() });

const generationSchema = z.object({
  number: count,
  parent: count.nullable(),
  /** RFC 3339 UTC; null when the manifest cannot be read. */
  createdAt: z.string().nullable(),
  engine: engineNameSchema.nullable(),
  /** Whether waking it brings programs back, or starts it from its disk. */
  state: z.enum(['suspended', 'off']).nullable(),
  /** The PC on which it was saved, for people. */
  pc: z.string().nullable(),
  /** What its own files take on the disk; what it shares with others is not counted. */
  bytes: count,
  /** Whether a picture of its screen was kept. */
  picture: z.boolean(),
  layers: z.array(z.object({ file: z.string(), bytes: count, sha256: z.string().nullable() })),
  ram: z.object({ base: z.string(), deltas: z.array(z.string()).readonly() }).nullable(),
  /** True or false: its files were read and compared just now; null: nobody looked (list) or nothing to compare. */
  verified: z.boolean().nullable(),
  damage: z.string().nullable(),
});

export const timelineSchema = z.object({
  current: count.nullable(),
  /** A session newer than `current` that ended without a suspend; its disk layer is kept. */
  unsavedSession: z
    .object({
      generation: count,
      since: z.string().nullable(),
      /** When it last wrote to its disk. */
      until: z.string().nullable(),
      layerBytes: count,
    })
    .nullable(),
  generations: z.array(generationSchema),
});

export const rolledBackSchema = z.object({
  id: guestIdSchema,
  /** What CURRENT named before; still there. Null when it could not be read. */
  from: count.nullable(),
  to: count,
  createdAt: z.string(),
});

export const thinnedSchema = z.object({
  id: guestIdSchema,
  removed: z.array(count),
  /** Layers that one file stands for now. */
  mergedLayers: count,
  freedBytes: count,
  chainLength: count,
});

const repositorySchema = z.object({
  name: z.string(),
  kind: z.enum(['folder', 'sftp', 'rest', 's3']),
  /** Without user and password. */
  location: z.string(),
  appendOnly: z.boolean(),
  moments: z.enum(['all', 'last']),
  afterSuspend: z.boolean(),
  lastGoodAt: z.string().nullable(),
  generation: count.nullable(),
  bytesMoved: count.nullable(),
  seconds: z.number().nullable(),
  check: z.enum(['ok', 'damaged', 'never']),
  checkedAt: z.string().nullable(),
  drill: z
    .object({
      at: z.string(),
      guest: guestIdSchema,
      generation: count,
      passed: z.boolean(),
      /** Null: the guest has no nonce to compare. */
      nonceMatched: z.boolean().nullable(),
      /** Share of the screen's dots that are as they were, 0 to 1. */
      likeness: z.number().nullable(),
      seconds: z.number(),
      /** The screen that woke, a file in the vault. */
      picture: z.string().nullable(),
      fault: faultSchema.nullable(),
    })
    .nullable(),
  fault: faultSchema.nullable(),
});

const storedMomentSchema = z.object({
  guest: guestIdSchema,
  uuid: z.uuid(),
  generation: count,
  at: z.string(),
  /** Of all of its files; null: the snapshot does not say. */
  bytes: z.number().nonnegative().nullable(),
  /** restic's name of the snapshot. */
  snapshot: z.string(),
  /** The vault that it came from. */
  from: z.string(),
});

const repositoriesSchema = z.object({ repositories: z.array(repositorySchema).readonly() });
const momentsSchema = z.object({ repository: z.string(), moments: z.array(storedMomentSchema).readonly() });

const backupRunSchema = repositoriesSchema.extend({
  runs: z.array(
    z.object({
      repository: z.string(),
      moments: z.array(z.object({ guest: guestIdSchema, generation: count, at: z.string() })),
      bytesMoved: count,
      readBytes: count,
      seconds: z.number(),
      fault: faultSchema.nullable(),
    }),
  ),
});

const restoredSchema = z.object({
  restored: z
    .array(
      z.object({
        guest: guestIdSchema,
        generation: count,
        at: z.string(),
        bytes: count,
        seconds: z.number(),
      }),
    )
    .readonly(),
});

export const versionSchema = z.object({
  version: z.string(),
  electron: doctorSchema.shape.electron,
  node: z.string(),
});

export const disksSchema = z.object({
  disks: z.array(
    z.object({
      path: z.string(),
      model: z.string().nullable(),
      serial: z.string().nullable(),
      bytes: count,
      bus: z.string().nullable(),
      /** Why it may not become a stick; null when it may. */
      refused: refusalSchema.nullable(),
    }),
  ),
});

export const writtenSchema = z.object({
  path: z.string(),
  bytes: count,
  writtenBytes: count,
  vaultBytes: count,
  swapBytes: count,
  seconds: z.object({ write: z.number(), verify: z.number() }),
});

/** Every verb's `data`. The key is the verb in the envelope's schema: soulpad/<key>/1. */
export const surface = {
  version: versionSchema,
  doctor: doctorSchema,
  'vault.create': vaultSchema,
  'vault.open': vaultSchema,
  'vault.close': vaultSchema,
  'vault.status': vaultSchema,
  'vault.list': vaultListSchema,
  'vault.disks': vaultDisksSchema,
  'vault.add-key-usb': vaultSchema,
  'vault.add-passphrase': vaultSchema,
  'vault.change-passphrase': vaultSchema,
  'vault.remove-keyslot': vaultSchema,
  'keyusb.write': vaultSchema,
  'guest.list': guestListSchema,
  'guest.status': guestListSchema,
  'guest.add': guestSchema,
  'guest.run': ranSchema.extend({ serialSocket: z.string(), qmpSocket: z.string(), spiceSocket: z.string() }),
  'guest.suspend': suspendedSchema,
  'guest.checkpoint': suspendedSchema,
  'guest.settings': guestSettingsSchema,
  'guest.fit': fitSchema.extend({ id: guestIdSchema }),
  'guest.shutdown': shutdownSchema,
  'timeline.list': timelineSchema,
  'timeline.verify': timelineSchema,
  'timeline.roll-back': rolledBackSchema,
  'timeline.thin': thinnedSchema,
  'backup.init': repositoriesSchema.extend({ made: z.boolean() }),
  'backup.run': backupRunSchema,
  'backup.status': repositoriesSchema,
  'backup.check': repositoriesSchema,
  'backup.drill': repositoriesSchema,
  'backup.list': momentsSchema,
  'backup.prune': momentsSchema.extend({ preview: z.boolean() }),
  'backup.forget': repositoriesSchema,
  'backup.restore': restoredSchema,
  'stick.build': builtStickSchema,
  'stick.disks': disksSchema,
  'stick.write': writtenSchema,
} as const;

export type Topic = keyof typeof surface;
export type DataOf<T extends Topic> = z.infer<(typeof surface)[T]>;

/** The one line on stdout with --json. A use that names no verb has the topic `usage`. */
export const envelopeSchema = z.discriminatedUnion('ok', [
  z.object({ schema: z.string(), ok: z.literal(true), data: z.unknown() }),
  /** `data` beside a fault: what was found, where that is the verb's whole use (timeline.verify). */
  z.object({ schema: z.string(), ok: z.literal(false), fault: faultSchema, data: z.unknown().optional() }),
]);

/** One line on stderr with --json. */
export const progressLineSchema = z.object({ progress: progressSchema });

export function schemaName(topic: Topic | 'usage'): string {
  return `soulpad/${topic}/1`;
}
