// guest.json: what kind of machine a guest is. Validated on every read; written once when the guest is made, since
// licences bind to its UUID, MAC and disk serial (paper, section 5.2) and a saved state to its machine and CPU model.
//
//   version 1   the first guests: fixed devices only. Read for ever, its machine never changes.
//   version 2   says what else the machine has: devices, how disk and network card look to the guest, a disc.
import { z } from 'zod';
import { guestIdSchema } from '../../preload/contract/keeper';
import { shownNameSchema } from '../../preload/contract/shown-name';
import { type GuestDevice, guestDevices, whyCpuIsRefused, whyDeviceIsRefused } from './savable';

const MiB = 1 << 20;

const cpuModelSchema = z.string().superRefine((model, context) => {
  const refused = whyCpuIsRefused(model);
  if (refused !== null) context.addIssue({ code: 'custom', message: refused });
});

const deviceSchema = z.custom<GuestDevice>(
  (name) => typeof name === 'string' && whyDeviceIsRefused(name) === null,
  { error: ({ input }) => whyDeviceIsRefused(String(input).slice(0, 60)) ?? 'no device' },
);

const discSchema = z.strictObject({
  file: z.literal('disc.iso'),
  bytes: z
    .number()
    .int()
    .positive()
    .max(2 ** 40),
});

/** What version 2 says beyond version 1. Absent means as in version 1. */
const sinceVersion2 = {
  devices: z
    .array(deviceSchema)
    .max(guestDevices.length)
    .refine((names) => new Set(names).size === names.length, 'a device is there once')
    .readonly()
    .optional(),
  /** virtio for a system that knows it (our desktop); SATA for one from outside, which every system can boot. */
  diskDevice: z.enum(['virtio-blk', 'ide-hd']).optional(),
  networkDevice: z.enum(['virtio-net', 'e1000e']).optional(),
  /** An installation disc kept beside guest.json. The guest boots from it while its disk has nothing to boot. */
  disc: discSchema.optional(),
};

export const definitionSchema = z
  .strictObject({
    format: z.literal('soulpad-guest'),
    version: z.union([z.literal(1), z.literal(2)]),
    id: guestIdSchema,
    name: shownNameSchema,
    uuid: z.uuid(),
    createdAt: z.iso.datetime(),
    /** Versioned, so that a state saved by one QEMU loads in a later one. */
    machine: z.string().regex(/^pc-q35-\d{1,2}\.\d$/, 'a versioned q35 machine'),
    /** A named, versioned model; never host or max (qemu-cpu-models(7)). */
    cpuModel: cpuModelSchema,
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
    ...sinceVersion2,
  })
  .superRefine((guest, context) => {
    if (guest.version !== 1) return;
    for (const key of Object.keys(sinceVersion2))
      if (key in guest) context.addIssue({ code: 'custom', message: `version 1 has no ${key}`, path: [key] });
  });

export type GuestDefinition = z.infer<typeof definitionSchema>;

/** Whether it has that device beyond the fixed ones. */
export function hasDevice(guest: GuestDefinition, device: GuestDevice): boolean {
  return guest.devices?.includes(device) ?? false;
}
