// `soulpad guest add`: from options to a guest's definition and the files it is made of. What a licence or a saved state
// binds to (UUID, MAC, disk serial, machine, CPU model) is drawn here once and never changes.
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { shownNameSchema } from '../../preload/contract/shown-name';
import type { GuestDefinition } from '../guest/definition';
import { newMac, newSerial } from '../guest/identity';
import { addGuest, type DiskImage, inspectImage, type NewGuest } from '../guest/store';
import { defineWitness, witnessMachine } from '../guest/witness';
import { provideWitness } from '../guest/witness-files';
import { usage } from './arguments';
import { guestFacts } from './guest-facts';
import { inOpenVault } from './open-vault';
import { type OptionName, secretOptions } from './options';
import { sayGuest } from './sentences';
import type { DataOf } from './surface';
import { type Asked, verb } from './verb';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const stage = 'guest.add';

type Recipe = Omit<NewGuest, 'guestsFolder'>;

export const guestAddVerb = verb({
  topic: 'guest.add',
  words: ['guest', 'add'],
  operand: null,
  options: [
    ...(['witness', 'disk', 'kernel', 'initrd', 'command-line', 'iso', 'desktop'] as const),
    ...(['name', 'ram', 'disk-size'] as const),
    ...secretOptions,
  ],
  help: 'Add a guest to the vault: --witness, --disk FILE, or --kernel FILE.',
  run: async (asked) => {
    const recipe = await recipeOf(asked);
    return recipe.ok ? inOpenVault(asked, (vault) => add(vault, recipe.value)) : recipe;
  },
  say: (guest) => [sayGuest(guest), `Wake it with: soulpad guest run ${guest.id} --headless`],
});

async function add(
  vault: Parameters<typeof guestFacts>[0],
  recipe: Recipe,
): Promise<Result<DataOf<'guest.add'>>> {
  const { id } = recipe.definition;
  const added = await addGuest({ ...recipe, guestsFolder: vault.guestsFolder });
  if (!added.ok) {
    const hint = 'give another --name';
    return added.fault.code === 'alreadyThere' ? fail({ ...added.fault, hint }) : added;
  }
  const facts = await guestFacts(vault, id);
  if (!facts.ok) return facts;
  const guest = facts.value.guests[0];
  if (guest !== undefined) return ok(guest);
  return fail({ code: 'bug', stage, message: 'the guest that was just added is not listed' });
}

/** Everything that can be refused is refused here, before a vault is opened. Faults: usage, missingFile, toolMissing. */
async function recipeOf(asked: Asked): Promise<Result<Recipe>> {
  const { values, flags } = asked;
  if (flags.has('desktop') || values.iso !== undefined) {
    const option = flags.has('desktop') ? '--desktop' : '--iso';
    const hint = 'give --disk with an image that has a system on it, or --witness';
    return fail({ code: 'usage', stage, message: `${option} is not there yet`, hint });
  }
  const ram = wholeNumber(asked, 'ram', { least: 64, most: 512 * 1024 });
  if (!ram.ok) return ram;
  const diskSize = wholeNumber(asked, 'disk-size', { least: 1, most: 64 * 1024 });
  if (!diskSize.ok) return diskSize;
  const sizes = {
    ramBytes: ram.value === null ? null : ram.value * MiB,
    diskBytes: diskSize.value === null ? null : diskSize.value * GiB,
  };
  if (flags.has('witness')) return witnessRecipe(asked, sizes);
  return fileRecipe(asked, sizes);
}

interface Sizes {
  readonly ramBytes: number | null;
  readonly diskBytes: number | null;
}

async function witnessRecipe(asked: Asked, sizes: Sizes): Promise<Result<Recipe>> {
  const others = (['disk', 'kernel', 'initrd', 'command-line'] as const).filter(
    (name) => asked.values[name] !== undefined,
  );
  if (others.length > 0) return fail(usage(`--witness takes no --${others[0]}`));
  const identity = identityOf(asked.values.name ?? 'Witness');
  if (!identity.ok) return identity;
  const boot = await provideWitness();
  if (!boot.ok) return boot;
  const { id, name, createdAt } = identity.value;
  const { ramBytes, diskBytes } = sizes;
  const witness = defineWitness({ id, name, createdAt, ...(ramBytes === null ? {} : { ramBytes }) });
  const disks = witness.disks.map((disk) => ({ ...disk, bytes: diskBytes ?? disk.bytes }));
  return ok({ definition: { ...witness, disks }, boot: boot.value });
}

async function fileRecipe(asked: Asked, sizes: Sizes): Promise<Result<Recipe>> {
  const { kernel, initrd, disk } = asked.values;
  if (kernel === undefined && disk === undefined)
    return fail(usage('guest add needs --witness, --disk FILE or --kernel FILE'));
  if (kernel === undefined && (initrd !== undefined || asked.values['command-line'] !== undefined))
    return fail(usage('--initrd and --command-line go with --kernel'));
  for (const name of ['kernel', 'initrd', 'disk'] as const) {
    const fault = fileFault(asked, name);
    if (fault !== null) return fail(fault);
  }
  const identity = identityOf(asked.values.name ?? (disk === undefined ? 'Linux' : 'Computer'));
  if (!identity.ok) return identity;
  const commandLine = asked.values['command-line'] ?? 'console=ttyS0';
  if (!/^[\x20-\x7e]{0,1024}$/.test(commandLine))
    return fail(usage('--command-line takes at most 1024 printable ASCII characters'));
  const image = disk === undefined ? ok(null) : await inspectImage(resolve(disk));
  if (!image.ok) return image;
  const diskBytes = diskBytesOf(image.value, sizes);
  if (!diskBytes.ok) return diskBytes;
  const definition: GuestDefinition = {
    ...identity.value,
    ...witnessMachine,
    cpus: 1,
    ramBytes: sizes.ramBytes ?? 2048 * MiB,
    disks: diskBytes.value === null ? [] : [{ serial: newSerial(), bytes: diskBytes.value }],
    boot:
      kernel === undefined
        ? { from: 'disk' }
        : { from: 'kernel', kernel: 'kernel', initrd: initrd === undefined ? null : 'initrd', commandLine },
    video: 'std',
    network: true,
    serial: true,
  };
  const boot =
    kernel === undefined
      ? null
      : { kernel: resolve(kernel), initrd: initrd === undefined ? null : resolve(initrd) };
  return ok({ definition, boot, image: image.value });
}

/** Null for a guest without a disk. A disk may grow when it is taken in, never be cut. */
function diskBytesOf(image: DiskImage | null, sizes: Sizes): Result<number | null> {
  const { diskBytes } = sizes;
  if (image === null) return ok(diskBytes);
  if (diskBytes === null || diskBytes >= image.bytes) return ok(diskBytes ?? image.bytes);
  return fail(usage(`--disk-size is smaller than the disk in the image, ${image.bytes} bytes`));
}

/** What this guest alone has. The id is made from the name, so that a person can guess it. */
function identityOf(
  name: string,
): Result<Pick<GuestDefinition, 'format' | 'version' | 'id' | 'name' | 'uuid' | 'createdAt' | 'mac'>> {
  const id = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 32)
    .replace(/-+$/, '');
  if (!shownNameSchema.safeParse(name).success)
    return fail(usage('--name takes 1 to 80 characters, no control characters'));
  return ok({
    ...({ format: 'soulpad-guest', version: 1 } as const),
    id: id === '' ? `guest-${randomBytes(3).toString('hex')}` : id,
    name,
    uuid: randomUUID(),
    createdAt: new Date().toISOString(),
    mac: newMac(),
  });
}

function wholeNumber(
  asked: Asked,
  name: OptionName,
  range: { readonly least: number; readonly most: number },
): Result<number | null> {
  const text = asked.values[name];
  if (text === undefined) return ok(null);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.least && value <= range.most) return ok(value);
  return fail(usage(`--${name} takes a whole number from ${range.least} to ${range.most}`));
}

function fileFault(asked: Asked, name: 'kernel' | 'initrd' | 'disk'): Fault | null {
  const given = asked.values[name];
  if (given === undefined) return null;
  const path = resolve(given);
  if (existsSync(path) && statSync(path).isFile()) return null;
  return { code: 'missingFile', stage, message: `--${name}: there is no file ${path}` };
}
