// Every option of every verb, once: its value, its bounds in words, its help. The parser (arguments.ts) and the help
// (help.ts) are made from this table. There is no option that takes a secret: argv is readable by every program.

export const options = {
  json: {
    value: null,
    help: 'Print one line of JSON (docs/surface.md), and progress as JSON lines on stderr.',
  },
  home: { value: 'DIR', help: 'Where vaults live. Else $SOULPAD_HOME, else soulpad in the XDG data home.' },
  vault: { value: 'NAME', help: 'The vault of that name, where several are in one home. Default: its own.' },
  help: { value: null, help: 'Say what a verb does.' },
  version: { value: null, help: 'Say which SoulPad, which Electron and which Node this is.' },
  'passphrase-fd': {
    value: 'N',
    help: 'Read the passphrase from file descriptor N to its end; one final line feed is dropped.',
  },
  key: { value: 'PATH', help: 'Open with a key USB: its folder, its device or an image of it.' },
  both: {
    value: null,
    help: 'Passphrase and key USB together: to open with both, or for a new keyslot that needs both.',
  },
  'new-passphrase-fd': {
    value: 'N',
    help: 'Read the new passphrase from file descriptor N to its end; one final line feed is dropped.',
  },
  on: {
    value: 'DISK',
    help: 'Make the vault on this disk, as LUKS2: an id of `soulpad vault disks`. It is erased.',
  },
  name: { value: 'TEXT', help: 'The name that people see, at most 80 characters.' },
  witness: { value: null, help: 'Add the small test guest that checks its own memory and disk.' },
  kernel: { value: 'FILE', help: 'Start from this Linux kernel.' },
  initrd: { value: 'FILE', help: 'The initial RAM disk that goes with --kernel.' },
  'command-line': { value: 'TEXT', help: 'The command line of --kernel. Default: console=ttyS0' },
  disk: {
    value: 'FILE',
    help: 'guest add: copy this disk image in (qcow2, raw, VMDK, VDI, VHDX, VHD), the file itself stays as it is. stick write: the disk.',
  },
  iso: {
    value: 'FILE',
    help: 'Install from this disc: it is copied in, and starts while the disk is empty.',
  },
  desktop: { value: null, help: 'Make a small Debian desktop, from packages of the network: minutes.' },
  ram: { value: 'MiB', help: 'Memory of the guest in MiB, 64 or more.' },
  cpu: {
    value: 'MODEL',
    help: 'CPU model of the guest, for ever. Default: Nehalem-v1, on any PC since 2013.',
  },
  'disk-size': { value: 'GiB', help: 'Size of the disk of the guest in GiB.' },
  headless: { value: null, help: 'Run without a screen; the guest goes on after this command ends.' },
  'after-crash': {
    value: 'WHICH',
    help: 'After a session that was never saved: exact (the last saved moment, the default) or fresh (its disk).',
  },
  afresh: { value: null, help: 'Start from the disk, without the saved programs; the saved moment stays.' },
  checkpoints: { value: 'MINUTES', help: 'Minutes between two checkpoints, 1 to 1440, or off. At first: 10' },
  to: { value: 'NUMBER', help: 'The generation to go back to, or forward. Default: the one before.' },
  keep: {
    value: 'NUMBER',
    help: 'Only so many of the last moments stay. Without it also one a day, one a week, and so on.',
  },
  repository: {
    value: 'WHERE',
    help: 'A repository by its name, or a new one by its place: a folder, sftp://, rest:https://, s3:https://.',
  },
  'recovery-fd': {
    value: 'N',
    help: 'Read the recovery key (48 digits, from the paper) from file descriptor N. Else it is asked for.',
  },
  'credentials-fd': {
    value: 'N',
    help: 'Read user:password of a rest-server, or key:secret of S3, from file descriptor N.',
  },
  'ssh-key': { value: 'FILE', help: 'A private ssh key for sftp. Default: a new one is made.' },
  trust: {
    value: 'FINGERPRINT',
    help: 'The host key of the sftp server, as its owner says it: SHA256:...',
  },
  'append-only': { value: null, help: 'The server lets nobody remove anything; making room is its own.' },
  moments: { value: 'WHICH', help: 'Which saved moments are backed up: all (the default) or last.' },
  'after-suspend': { value: null, help: 'Back up after each suspend too, before the PC is switched off.' },
  patient: { value: null, help: 'Wait while the PC runs on battery or on a metered network.' },
  'all-data': { value: null, help: 'Read every byte back, not a sample.' },
  'take-note': {
    value: null,
    help: 'Moments that are gone were pruned on purpose: from now on do not miss them.',
  },
  preview: { value: null, help: 'Say what would go; remove nothing.' },
  guest: { value: 'ID', help: 'Only this guest.' },
  generation: { value: 'NUMBER', help: 'This saved moment. Default: the newest.' },
  engine: {
    value: 'NAME',
    help: 'How memory is saved: lazy (only what changed) or full. Default: lazy where it can be.',
  },
  image: { value: 'FILE', help: 'The image of a stick, as `stick build` makes it.' },
  out: { value: 'DIR', help: 'Where the image goes. Default: out/stick' },
  firmware: {
    value: 'yes|no',
    help: 'Whether real hardware gets its firmware, where the sources have it. Default: yes',
  },
  confirm: {
    value: 'NAME',
    help: 'The name of the disk that is erased, instead of the question on a terminal.',
  },
} as const satisfies Record<string, { readonly value: string | null; readonly help: string }>;

export type OptionName = keyof typeof options;

export const optionNames = Object.keys(options) as OptionName[];

/** Options that every verb takes. */
export const everywhere: readonly OptionName[] = ['json', 'home', 'vault', 'help'];

/** How a secret can be given. */
export const secretOptions: readonly OptionName[] = ['passphrase-fd', 'key', 'both'];
