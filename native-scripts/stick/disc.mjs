// The auxiliary boot disc, for PCs that do not start from USB: the paper's mini-CD. It holds the boot loader, the kernel
// and the initramfs of one image, and so needs no help of the PC's firmware to find the stick; nothing of the vault and
// nothing of the system. It starts under BIOS and UEFI (El Torito), also with Secure Boot.
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mustRun } from '../guest/desktop/programs.mjs';

/** @param {{ parts: string, disc: string }} what parts: the folder that holds boot/, with the image's grub.cfg */
export async function makeDisc({ parts, disc }) {
  const boot = join(parts, 'boot');
  const tree = join(parts, 'disc');
  rmSync(tree, { recursive: true, force: true });
  const place = (/** @type {string} */ from, /** @type {string} */ to) => {
    mkdirSync(dirname(join(tree, to)), { recursive: true });
    copyFileSync(join(boot, from), join(tree, to));
  };
  place('vmlinuz', 'soulpad/vmlinuz');
  place('initrd', 'soulpad/initrd');
  place('grub.cfg', 'EFI/debian/grub.cfg');
  place('ascii.pf2', 'EFI/debian/ascii.pf2');
  // UEFI starts a FAT image inside the disc; GRUB then looks for the disc's own file system.
  const fat = join(tree, 'efi.img');
  await mustRun(['mkfs.vfat', '-F', '12', '-n', 'SOULPAD', '-C', fat, '8192'], { doing: 'making the disc' });
  writeFileSync(
    join(parts, 'find-disc.cfg'),
    'search --no-floppy --set=root --file /soulpad/vmlinuz\nset prefix=($root)/EFI/debian\nconfigfile $prefix/grub.cfg\n',
  );
  await mustRun(['mmd', '-i', fat, '::/EFI', '::/EFI/BOOT', '::/EFI/debian'], { doing: 'making the disc' });
  for (const [from, to] of [
    [join(boot, 'shimx64.efi'), '::/EFI/BOOT/BOOTX64.EFI'],
    [join(boot, 'grubx64.efi'), '::/EFI/BOOT/grubx64.efi'],
    [join(parts, 'find-disc.cfg'), '::/EFI/debian/grub.cfg'],
  ])
    await mustRun(['mcopy', '-i', fat, String(from), String(to)], { doing: 'making the disc' });
  writeFileSync(
    join(tree, 'bios.img'),
    Buffer.concat([readFileSync(join(boot, 'cdboot.img')), readFileSync(join(boot, 'core-disc.img'))]),
  );
  await mustRun(
    [
      ...['xorriso', '-as', 'mkisofs', '-quiet', '-V', 'SOULPAD', '-R', '-J', '-o', `${disc}.part`],
      ...['-b', 'bios.img', '-no-emul-boot', '-boot-load-size', '4', '-boot-info-table', '--grub2-boot-info'],
      ...['-eltorito-alt-boot', '-e', 'efi.img', '-no-emul-boot', tree],
    ],
    { doing: 'writing the disc' },
  );
  renameSync(`${disc}.part`, disc);
}
