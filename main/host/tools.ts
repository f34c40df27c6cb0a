// The programs that SoulPad starts, as data: how each is asked for its version, what it must be, who needs it and the
// Debian package that has it. Set-up installs the same packages; doctor tells what is there.

export interface Tool {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Finds the version in what it prints; null: it prints none, being there is enough. */
  readonly version: RegExp | null;
  /** Least version, major and minor; null: any. */
  readonly least: readonly [number, number] | null;
  readonly package: string;
  /** True where Debian 12 has it new enough only in backports. */
  readonly backports?: true;
  /** Where it is needed: everywhere, or for one place or use only. */
  readonly neededAt: 'everywhere' | 'desk' | 'virtual' | 'keyUsb' | 'vault' | 'backup';
  readonly use: string;
}

export const tools: readonly Tool[] = [
  {
    name: 'node',
    program: process.execPath,
    args: ['--version'],
    version: /^v(\d+\.\d+\.\d+)/,
    least: [20, 19],
    package: 'nodejs',
    neededAt: 'everywhere',
    use: 'runs this program, the keepers and the owners of vaults',
  },
  {
    name: 'qemu-system-x86_64',
    program: 'qemu-system-x86_64',
    args: ['--version'],
    version: /version (\d+\.\d+(?:\.\d+)?)/,
    least: [9, 0],
    package: 'qemu-system-x86',
    backports: true,
    neededAt: 'everywhere',
    use: 'runs the guest',
  },
  {
    name: 'qemu-spice',
    program: 'qemu-system-x86_64',
    args: ['-spice', 'help'],
    version: null,
    least: null,
    package: 'qemu-system-modules-spice',
    backports: true,
    neededAt: 'everywhere',
    use: 'shows the guest on the screen',
  },
  {
    name: 'qemu-img',
    program: 'qemu-img',
    args: ['--version'],
    version: /version (\d+\.\d+(?:\.\d+)?)/,
    least: [9, 0],
    package: 'qemu-utils',
    backports: true,
    neededAt: 'everywhere',
    use: 'makes the layers of a disk',
  },
  {
    name: 'gocryptfs',
    program: 'gocryptfs',
    args: ['-version'],
    version: /^gocryptfs v?(\d+\.\d+(?:\.\d+)?)/,
    least: [2, 0],
    package: 'gocryptfs',
    neededAt: 'vault',
    use: 'keeps the vault',
  },
  {
    name: 'fusermount3',
    program: 'fusermount3',
    args: ['--version'],
    version: /version: (\d+\.\d+(?:\.\d+)?)/,
    least: [3, 0],
    package: 'fuse3',
    neededAt: 'vault',
    use: 'mounts the vault without root',
  },
  {
    name: 'mtools',
    program: 'mtools',
    args: ['--version'],
    version: /mtools\) (\d+\.\d+(?:\.\d+)?)/,
    least: [4, 0],
    package: 'mtools',
    neededAt: 'keyUsb',
    use: 'reads a key USB without mounting it',
  },
  {
    name: 'restic',
    program: 'restic',
    args: ['version'],
    version: /^restic (\d+\.\d+(?:\.\d+)?)/,
    least: [0, 14],
    package: 'restic',
    neededAt: 'backup',
    use: 'keeps backups',
  },
  {
    name: 'openbox',
    program: 'openbox',
    args: ['--version'],
    version: /^Openbox (\d+\.\d+(?:\.\d+)?)/,
    least: [3, 6],
    package: 'openbox',
    neededAt: 'everywhere',
    use: 'gives the whole screen to one window',
  },
  {
    name: 'remote-viewer',
    program: 'remote-viewer',
    args: ['--version'],
    version: /version (\d+\.\d+)/,
    least: [11, 0],
    package: 'virt-viewer',
    neededAt: 'everywhere',
    use: 'shows the guest on the screen',
  },
  {
    name: 'Xephyr',
    program: 'Xephyr',
    args: ['-help'],
    version: null,
    least: null,
    package: 'xserver-xephyr',
    neededAt: 'desk',
    use: 'gives the kiosk its own screen on a desktop',
  },
  {
    name: 'Xvnc',
    program: 'Xvnc',
    args: ['-version'],
    version: /Xvnc TigerVNC (\d+\.\d+(?:\.\d+)?)/,
    least: [1, 12],
    package: 'tigervnc-standalone-server',
    neededAt: 'virtual',
    use: 'gives the kiosk a screen where there is none',
  },
];
