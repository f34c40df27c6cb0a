// guest.json: what kind of machine a guest is. Validated on every read; written once when the guest is made, since
// licences bind to its UUID, MAC and disk serial (paper, section 5.2) and a saved state to its machine and CPU model.
import { z } from 'zod';
import { guestIdSchema } from '../../preload/contract/keeper';
import { shownNameSchema } from '../../preload/contract/shown-name';

const MiB = 1 << 20;

export const definitionSchema = z.strictObject({
  format: z.literal('soulpad-guest'),
  version: z.literal(1),
  id: guestIdSchema,
  name: shownNameSchema,
  uuid: z.uuid(),
  createdAt: z.iso.datetime(),
  /** Versioned, so that a state saved by one QEMU loads in a later one. */
  machine: z.string().regex(/^pc-q35-\d{1,2}\.\d$/, 'a versioned q35 machine'),
  /** A named, versioned model; never host or max (qemu-cpu-models(7)). */
  cpuModel: z.string().regex(/^[A-Z][A-Za-z0-9-]{1,40}-v\d$/, 'a named CPU model with its version'),
  cpus: z.number().int().min(1).max(64),
  ramBytes: z
    .number()
    .int()
    .min(64 * MiB)
    .max(512 * 1024 * MiB)
    .multipleOf(MiB),
  mac: z.string().regex(/^52:54:00(:[0-9a-f]{2}){3}$/),
  disks: z
    .array(
      z.strictObject({
        serial: z.string().regex(/^[A-Z0-9]{8,20}$/),
        bytes: z
          .number()
          .int()
          .positive()
          .max(2 ** 46),
      }),
    )
    .max(1),
  /** How it starts when it is not resumed: its own boot loader, or a kernel kept beside guest.json. */
  boot: z.discriminatedUnion('from', [
    z.strictObject({ from: z.literal('disk') }),
    z.strictObject({
      from: z.literal('kernel'),
      kernel: z.literal('kernel'),
      initrd: z.literal('initrd').nullable(),
      commandLine: z
        .string()
        .max(1024)
        .regex(/^[\x20-\x7e]*$/),
    }),
  ]),
  video: z.enum(['std', 'virtio', 'qxl']),
  network: z.boolean(),
  /** Serial console on a socket (the witness speaks there). */
  serial: z.boolean(),
});

export type GuestDefinition = z.infer<typeof definitionSchema>;
