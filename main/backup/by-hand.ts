// moment.sh: how one saved moment is woken without SoulPad, in words for a shell. It goes with each moment into its
// snapshot, so that whoever has only the repository knows the very machine that was saved; docs/restore-without-us.md is
// the page that uses it. Paths are relative to the restored guest's folder. It must never hold a secret, nor a path of
// this PC, and never put anything into the guest's own folder.
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { writeDurably } from '../files/durable';
import { attempt, faultOfErrno } from '../files/errno';
import { generationFolder, type Manifest, ramFilesOf, ramIndexName } from '../generation/manifest';
import { guestArgv } from '../guest/argv';
import type { GuestDefinition } from '../guest/definition';
import { backupFolder } from './repository';

const stage = 'backup.byHand';

/** Below the vault's mount point, and so at the root of a restored snapshot. */
const name = 'backup/by-hand/moment.sh';

interface ByHand {
  /** Below the mount point. */
  readonly name: string;
  readonly bytes: number;
}

/** Writes it for that moment, in place of the last one's. Faults: full, denied, io. */
export async function writeByHand(about: {
  readonly mountPoint: string;
  readonly definition: GuestDefinition;
  readonly manifest: Manifest;
}): Promise<Result<ByHand>> {
  const { mountPoint } = about;
  const folder = join(backupFolder(mountPoint), 'by-hand');
  const made = await attempt(stage, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  if (!made.ok) return made;
  const written = await writeDurably(join(mountPoint, name), formatMoment(about), stage);
  if (!written.ok) return written;
  try {
    return ok({ name, bytes: (await lstat(join(mountPoint, name))).size });
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

/** Everything that a by-hand start makes lies in this folder of the guest's. */
const session = 'session';

/** Pure. Arrays are bash's. */
export function formatMoment(about: {
  readonly definition: GuestDefinition;
  readonly manifest: Manifest;
}): string {
  const { definition: guest, manifest } = about;
  const layers = manifest.layers.map(({ generation, file }) => `${generationFolder(generation)}/${file}`);
  const memory = (ramFilesOf(manifest) ?? []).flatMap(({ generation, file }) =>
    [file, ramIndexName(file)].map((one) => `${generationFolder(generation)}/${one}`),
  );
  const savedBy = manifest.savedOn?.qemu ?? 'unknown version';
  const lines = [
    `# Generation ${manifest.number} of the guest ${guest.id}, saved ${manifest.createdAt} by QEMU ${savedBy}.`,
    '# How it runs with stock tools: docs/restore-without-us.md of SoulPad. For bash, in the folder of the guest.',
    assign('LAYER', layers.at(-1) ?? ''),
    assignMany('MEMORY', memory),
    assign('MEMORY_BYTES', String(manifest.ramBytes)),
    assignMany('ARGUMENTS', argumentsOf({ ...about, layers })),
    assignMany('MONITOR', toldToMonitor(manifest)),
    '# For a start from its disk alone:',
    assign('TYPE', guest.machine),
    assign('CPU', guest.cpuModel),
    assign('MIB', String(guest.ramBytes / 2 ** 20)),
    assign('INTERFACE', guest.diskDevice === 'ide-hd' ? 'ide' : 'virtio'),
    assignMany('BOOT', bootOf(guest)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The machine as SoulPad starts it, on a new layer of its own. */
function argumentsOf(about: {
  readonly definition: GuestDefinition;
  readonly manifest: Manifest;
  readonly layers: readonly string[];
}): readonly string[] {
  const { definition, manifest, layers } = about;
  const size = `size=${manifest.ramBytes}`;
  return guestArgv({
    definition,
    guestFolder: '.',
    layers: layers.length === 0 ? [] : [...layers, `${session}/disk.qcow2`],
    sockets: {
      qmp: `${session}/qmp`,
      serial: `${session}/serial`,
      spice: `${session}/screen`,
      agent: `${session}/agent`,
    },
    accelerator: manifest.savedOn?.accelerator ?? 'tcg',
    engineArgv: [
      '-object',
      ramFilesOf(manifest) === null
        ? `memory-backend-ram,id=ram0,${size}`
        : `memory-backend-file,id=ram0,${size},mem-path=${session}/memory,share=on`,
    ],
    incoming: manifest.state !== null,
  });
}

/** Words for QEMU's monitor (its docs, "QEMU Monitor"). The guest was saved while it stood still, and does until `cont`. */
function toldToMonitor({ number, state }: Manifest): readonly string[] {
  if (state === null) return [];
  const capabilities =
    state.format === 'mapped-ram'
      ? ['migrate_set_capability mapped-ram on', 'migrate_set_capability multifd on']
      : ['migrate_set_capability x-ignore-shared on'];
  return [...capabilities, `migrate_incoming file:${generationFolder(number)}/${state.file}`];
}

function bootOf({ boot }: GuestDefinition): readonly string[] {
  if (boot.from === 'disk') return [];
  const { kernel, initrd, commandLine } = boot;
  return [
    ...['-kernel', kernel],
    ...(initrd === null ? [] : ['-initrd', initrd]),
    ...(commandLine === '' ? [] : ['-append', commandLine]),
  ];
}

function assign(variable: string, value: string): string {
  return `${variable}=${quoted(value)}`;
}

function assignMany(variable: string, values: readonly string[]): string {
  return `${variable}=(${values.map((value) => `\n  ${quoted(value)}`).join('')}\n)`;
}

/** One word for a shell, whatever is in it (bash(1), QUOTING). */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
