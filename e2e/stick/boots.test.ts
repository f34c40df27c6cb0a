// One image, every kind of PC: the firmware, the sockets and the screens that people have. The stick is written once; each
// PC starts a layer of its own on it, so that all of them start the same bytes. `first-boot.test.ts` is the plainest one:
// BIOS, xHCI, a standard screen, 1 GiB, no disk, no network card.
import { afterEach, beforeAll, expect, it } from 'vitest';
import type { PcAbout } from '../support/emulated-pc';
import { layerOf, provideStick, type StickPc, startStickPc, type TestStick } from '../support/stick-pc';

const firstWords = /Which language do you want to read/;

interface Pc extends Pick<PcAbout, 'firmware' | 'usb' | 'display'> {
  readonly name: string;
  /** What the started system says of the PC it is in; fields that are not given are not compared. */
  readonly says: string;
}

const pcs: readonly Pc[] = [
  {
    ...{ name: 'secure-boot', firmware: 'secureBoot', usb: 'xhci', display: 'virtio' },
    says: 'firmware=uefi checked=yes screen=virtio-pci usb=xhci_hcd',
  },
  {
    ...{ name: 'ehci', firmware: 'bios', usb: 'ehci', display: 'std' },
    says: 'firmware=bios checked=no screen=bochs-drm usb=ehci-pci',
  },
  {
    ...{ name: 'uefi', firmware: 'uefi', usb: 'xhci', display: 'qxl' },
    says: 'firmware=uefi checked=no screen=qxl usb=xhci_hcd',
  },
];

/** The fifth byte of the firmware's own variable SecureBoot is 1 when it checks what it starts (UEFI 2.10, 3.3). */
const whatPc = `
. /run/soulpad/stick.env
firmware=bios checked=no
if [ -d /sys/firmware/efi ]; then
  firmware=uefi
  mountpoint -q /sys/firmware/efi/efivars || mount -t efivarfs efivarfs /sys/firmware/efi/efivars
  [ "$(od -An -tu1 -j4 -N1 /sys/firmware/efi/efivars/SecureBoot-* 2>/dev/null | tr -d ' ')" != 1 ] || checked=yes
fi
screen=$(basename "$(readlink -f /sys/class/drm/card?/device/driver)")
socket=$(readlink -f "/sys/block/$(basename "$STICK_DISK")/device")
echo "firmware=$firmware checked=$checked screen=$screen usb=$(basename "$(readlink -f "\${socket%%/usb*}/driver")")"`;

let stick: TestStick | null = null;
let started: StickPc | null = null;

beforeAll(async () => {
  stick = await provideStick();
}, 45 * 60_000);

afterEach(async () => {
  await started?.end();
  started = null;
});

async function switchOn(about: Omit<Parameters<typeof startStickPc>[0], 'stick'>): Promise<StickPc> {
  if (stick === null) throw new Error('the stick was not written');
  const on = await startStickPc({ ...about, stick: layerOf(stick, about.name) });
  started = on;
  return on;
}

it.each(pcs)('starts a PC of the kind $name: $says', async ({ says, ...pc }) => {
  const on = await switchOn(pc);
  await on.sees(firstWords);
  console.log(`${pc.name}: the first words stood there after ${Math.round(on.seconds())} s`);
  expect((await (await on.spy()).run(whatPc)).trim()).toBe(says);
});

it('starts a PC that cannot start from its socket (UAS) by the auxiliary disc; the system itself reads the stick there', async () => {
  const disc = stick?.built.disc ?? '';
  const on = await switchOn({
    ...{ name: 'disc', firmware: 'bios', speaks: 'uas' },
    disks: [{ id: 'disc', file: disc, bus: 'disc', readOnly: true, bootIndex: 0 }],
  });
  await on.sees(firstWords);
  console.log(`disc: the first words stood there after ${Math.round(on.seconds())} s`);
});
