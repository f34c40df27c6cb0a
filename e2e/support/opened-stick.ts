// The stick's own system with one thing more: an agent that runs a test's scripts as root. Its kernel and initramfs are
// taken out of the image and started by hand, with a second initramfs that lays the agent, and whatever else a test
// brings, into the RAM layer over the image's read-only system: nothing of the image is changed, and what is tested is
// what everybody boots. Throws. Tests only.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { repository } from './cli';
import { agentDevice, type EmulatedLinux, withAgent } from './emulated-linux';
import { type PcAbout, startEmulatedPc } from './emulated-pc';

const tableSchema = z.object({
  partitiontable: z.object({ partitions: z.array(z.object({ name: z.string(), start: z.number() })) }),
});

/** A whole Debian under emulation, on a machine that does other things too. */
const bootMs = 1_800_000;

/** Debian keeps these where a person's PATH does not look. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

const agentUnit = `[Unit]
DefaultDependencies=no
After=local-fs.target
[Service]
ExecStart=/usr/lib/opened/agent run
Restart=on-failure
RestartSec=1
StartLimitIntervalSec=0
StandardOutput=null
StandardError=null
`;

/** initramfs-tools' boot script of the image, and what is laid over its root before systemd starts. */
const bootScript = `# shellcheck shell=sh
sed 's/^mountroot()/mountroot_of_the_image()/' /scripts/soulpad >/scripts/of-the-image
. /scripts/of-the-image
mountroot() {
  mountroot_of_the_image
  cp -a /opened/. "$rootmnt/"
}
`;

export interface StickAbout extends Omit<PcAbout, 'kernel' | 'firmware' | 'disks'> {
  /** A written stick, raw; what the PC writes to it stays. */
  readonly stick: string;
  readonly disks?: PcAbout['disks'];
  /** More words for the kernel. */
  readonly words?: string;
  /** Path in the system -> content; executable when it begins with #!. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Fulfils when the agent takes scripts, before the kiosk is up. */
export async function startOpenedStick(about: StickAbout): Promise<EmulatedLinux> {
  const at = (name: string): string => join(about.folder, name);
  const words = takeBoot(about.stick, about.folder);
  makeInitrd(about.folder, about.files ?? {});
  const socket = at('agent.sock');
  rmSync(socket, { force: true });
  const pc = await startEmulatedPc({
    ...about,
    disks: [{ id: 'stick', file: about.stick, bus: 'usb' }, ...(about.disks ?? [])],
    kernel: {
      kernel: at('vmlinuz'),
      initrd: at('initrd'),
      commandLine: `${words} console=ttyS0 loglevel=7 ${about.words ?? ''}`.trim(),
    },
    more: [...agentDevice(socket), ...(about.more ?? [])],
  });
  return withAgent(pc, socket, bootMs);
}

/** Into `folder`: kernel (vmlinuz) and initramfs (initrd) out of the boot partition; the words that GRUB gives the kernel, less those that hush it. */
export function takeBoot(stick: string, folder: string): string {
  const table = tableSchema.parse(
    JSON.parse(execFileSync('sfdisk', ['--json', stick], { encoding: 'utf8', env })),
  );
  const boot = table.partitiontable.partitions.find(({ name }) => name === 'soulpad-boot');
  if (boot === undefined) throw new Error(`${stick} has no boot partition`);
  const image = `${stick}@@${boot.start * 512}`;
  for (const [from, to] of [
    ['::/soulpad/vmlinuz', 'vmlinuz'],
    ['::/soulpad/initrd', 'initrd'],
    ['::/EFI/debian/grub.cfg', 'grub.cfg'],
  ] as const) {
    rmSync(join(folder, to), { force: true });
    execFileSync('mcopy', ['-n', '-i', image, from, join(folder, to)], { env });
  }
  const said = /^.*linux \/soulpad\/vmlinuz (.*); then$/m.exec(
    readFileSync(join(folder, 'grub.cfg'), 'utf8'),
  );
  if (said?.[1] === undefined) throw new Error('grub.cfg starts no kernel');
  return said[1]
    .replace('boot=soulpad', 'boot=opened')
    .replace(/\bquiet\b|\bloglevel=0\b/g, '')
    .trim();
}

/** The kernel unpacks one archive after the other; each begins at a multiple of four bytes. */
function makeInitrd(folder: string, files: NonNullable<StickAbout['files']>): void {
  const tree = join(folder, 'initrd-tree');
  rmSync(tree, { recursive: true, force: true });
  const put = (path: string, content: string | Uint8Array): void => {
    const file = join(tree, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    const program = Buffer.from(content.slice(0, 4)).toString('latin1');
    chmodSync(file, program.startsWith('#!') || program.startsWith('\x7fELF') ? 0o755 : 0o644);
  };
  const agent = readFileSync(join(repository, 'native-scripts/host/emulated-pc/agent'));
  put('scripts/opened', bootScript);
  put('opened/usr/lib/opened/agent', agent);
  put('opened/etc/systemd/system/opened.service', agentUnit);
  const wants = join(tree, 'opened/etc/systemd/system/sysinit.target.wants');
  mkdirSync(wants);
  symlinkSync('../opened.service', join(wants, 'opened.service'));
  for (const [path, content] of Object.entries(files)) put(join('opened', path), content);
  const packed = execFileSync('cpio', ['--quiet', '-o', '-H', 'newc', '-R', '0:0'], {
    cwd: tree,
    input: execFileSync('find', ['.', '-mindepth', '1'], { cwd: tree }),
    maxBuffer: 256 << 20,
  });
  const initrd = readFileSync(join(folder, 'initrd'));
  const gap = Buffer.alloc((4 - (initrd.length % 4)) % 4);
  writeFileSync(join(folder, 'initrd'), Buffer.concat([initrd, gap, packed]));
}
