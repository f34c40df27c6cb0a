// Which devices a guest may have: those whose state QEMU saves and loads. Everything else is refused when a guest is
// made and whenever a definition is read, with the reason: a guest that cannot be suspended would be a trap, found only
// when its owner wants to leave. Pure.
//
// The reasons marked "blocks" were asked of QEMU 10.0 (savable.test.ts asks again); the others are QEMU's sources'.

/** Devices that a definition may add to the fixed ones, by the names that argv.ts gives meaning to. */
export const guestDevices = [
  'guest-agent', // qemu-guest-agent's port: sets the clock after a resume
  'intel-hda', // sound, over SPICE
  'virtio-balloon', // with free-page-reporting: what the guest does not use is not saved
  'virtio-rng', // randomness of the host
  'vmgenid', // a new id at each start: a guest that wakes twice from one state draws new random numbers
] as const;

export type GuestDevice = (typeof guestDevices)[number];

/** QEMU's name, or the beginning of it -> why it cannot be in a guest that is suspended. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/^vfio-|^vdpa-|^iommufd/, 'it hands hardware of this PC to the guest, and the next PC has another'],
  [/^usb-host$|^usb-redir$/, 'what is plugged into this PC is not plugged into the next one'],
  [
    /^virtio-(vga|gpu)-(gl|rutabaga)/,
    'its state lies in the graphics card of this PC (virgl and rutabaga block saving)',
  ],
  [
    /^vhost-user-|^virtio-fs|^virtiofs/,
    "its state lies in another program on this PC, which QEMU can't save",
  ],
  [/^virtio-9p/, 'a mounted folder of this PC blocks saving, and the next PC has no such folder'],
  [/^ivshmem/, 'memory shared with this PC blocks saving'],
  [/^vhost-vsock|^vhost-scsi/, 'its state lies in the kernel of this PC'],
  [/^nvme/, 'QEMU does not save its state: it blocks'],
  [/^usb-(mtp|uas|net|audio)$/, 'QEMU does not save its state: it blocks'],
  [/^virtio-(sound|snd)/, 'QEMU does not save its state: it blocks'],
  [/^amd-iommu$/, 'QEMU does not save its state: it blocks'],
  [/^tpm-passthrough$/, "its keys lie in this PC's own chip"],
];

/** Null for a device that can be saved; else why not, in words. What is not known is refused too. */
export function whyDeviceIsRefused(name: string): string | null {
  if ((guestDevices as readonly string[]).includes(name)) return null;
  const found = refusals.find(([pattern]) => pattern.test(name));
  return `${name}: ${found?.[1] ?? 'no device that is known to be saved and loaded right'}`;
}

const namedModel = /^[A-Z][A-Za-z0-9-]{1,40}-v\d$/;

/** Null for a CPU model that means the same on every PC; else why not (qemu-cpu-models(7)). */
export function whyCpuIsRefused(model: string): string | null {
  if (/\binvtsc\b/.test(model))
    return `${model}: a time stamp counter that never changes its rate cannot be moved to another PC`;
  const [name = ''] = model.split(',');
  if (name === 'host' || name === 'max')
    return `${name}: it means another CPU on every PC, so a saved state would not load on the next one`;
  if (/^[A-Za-z0-9-]+,/.test(model)) return `${model}: a named model only, without flags of its own`;
  if (namedModel.test(model)) return null;
  return `${model}: not a named CPU model with its version, such as Nehalem-v1`;
}
