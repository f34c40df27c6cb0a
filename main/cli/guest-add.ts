// `soulpad guest add`: from options to a guest. Everything that can be refused is refused before a vault is opened. What
// a licence or a saved state binds to (UUID, MAC, disk serial, machine, CPU model) is drawn once, by the guest organ.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type Adding, addDesktop, addImage, addIso } from '../guest/additions';
import { findCpuModel } from '../guest/cpu-models';
import type { GuestDefinition } from '../guest/definition';
import { drawIdentity, newSerial } from '../guest/identity';
import { addGuest, type DiskImage, inspectDisc, inspectImage, type NewGuest } from '../guest/store';
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

/** What is to be done in the open vault; it answers the guest's id. */
type Recipe = (about: Pick<Adding, 'guestsFolder' | 'onProgress' | 'signal'>) => Promise<Result<string>>;

export const guestAddVerb = verb({
  topic: 'guest.add',
  words: ['guest', 'add'],
  operand: null,
  options: [
    ...(['witness', 'disk', 'kernel', 'initrd', 'command-line', 'iso', 'desktop'] as const),
    ...(['name', 'ram', 'disk-size', 'cpu'] as const),
    ...secretOptions,
  ],
  help: 'Add a guest to the vault: --desktop, --disk FILE, --iso FILE, --kernel FILE, or --witness.',
  run: async (asked) => {
    const recipe = await recipeOf(asked);
    return recipe.ok ? inOpenVault(asked, (vault) => add(asked, vault, recipe.value)) : recipe;
  },
  say: (guest) => [sayGuest(guest), `Wake it with: soulpad guest run ${guest.id} --headless`],
});

async function add(
  asked: Asked,
  vault: Parameters<typeof guestFacts>[0],
  recipe: Recipe,
): Promise<Result<DataOf<'guest.add'>>> {
  const { onProgress, signal } = asked;
  const added = await recipe({ guestsFolder: vault.guestsFolder, onProgress, signal });
  if (!added.ok) {
    const hint = 'give another --name';
    return added.fault.code === 'alreadyThere' ? fail({ ...added.fault, hint }) : added;
  }
  const facts = await guestFacts(vault, added.value);
  if (!facts.ok) return facts;
  const guest = facts.value.guests[0];
  if (guest !== undefined) return ok(guest);
  return fail({ code: 'bug', stage, message: 'the guest that was just added is not listed' });
}

/** What each kind of guest takes beside --name, --ram and --disk-size. */
const kinds = {
  witness: [],
  desktop: ['cpu'],
  iso: ['cpu'],
  kernel: ['initrd', 'command-line', 'disk'],
  disk: ['cpu'],
} as const satisfies Partial<Record<OptionName, readonly OptionName[]>>;

type Kind = keyof typeof kinds;

/** Faults: usage, missingFile, unusableFile (an image or disc that cannot be taken), toolMissing. */
async function recipeOf(asked: Asked): Promise<Result<Recipe>> {
  const kind = kindOf(asked);
  if (!kind.ok) return kind;
  const ram = wholeNumber(asked, 'ram', { least: 64, most: 512 * 1024 });
  if (!ram.ok) return ram;
  const diskSize = wholeNumber(asked, 'disk-size', { least: 1, most: 16 * 1024 });
  if (!diskSize.ok) return diskSize;
  const sizes = {
    ramBytes: ram.value === null ? null : ram.value * MiB,
    diskBytes: diskSize.value === null ? null : diskSize.value * GiB,
  };
  for (const name of ['kernel', 'initrd', 'disk', 'iso'] as const) {
    const fault = fileFault(asked, name);
    if (fault !== null) return fail(fault);
  }
  return recipes[kind.value](asked, sizes);
}

function kindOf({ values, flags }: Asked): Result<Kind> {
  const given = (name: OptionName): boolean => flags.has(name) || values[name] !== undefined;
  const names = Object.keys(kinds) as Kind[];
  const kind = names.find(given);
  if (kind === undefined)
    return fail(usage('guest add needs --desktop, --disk FILE, --iso FILE, --kernel FILE or --witness'));
  const takes: readonly OptionName[] = kinds[kind];
  const belongs = new Set<OptionName>(Object.values(kinds).flat());
  const wrong = [...belongs, ...names].find((name) => name !== kind && given(name) && !takes.includes(name));
  return wrong === undefined ? ok(kind) : fail(usage(`--${kind} takes no --${wrong}`));
}

const recipes: Readonly<Record<Kind, (asked: Asked, sizes: Sizes) => Promise<Result<Recipe>>>> = {
  witness: witnessRecipe,
  desktop: desktopRecipe,
  iso: isoRecipe,
  kernel: kernelRecipe,
  disk: diskRecipe,
};

interface Sizes {
  readonly ramBytes: number | null;
  readonly diskBytes: number | null;
}

async function witnessRecipe(asked: Asked, sizes: Sizes): Promise<Result<Recipe>> {
  const identity = drawIdentity(asked.values.name ?? 'Witness');
  if (!identity.ok) return identity;
  const boot = await provideWitness();
  if (!boot.ok) return boot;
  const { id, name, createdAt } = identity.value;
  const { ramBytes, diskBytes } = sizes;
  const witness = defineWitness({ id, name, createdAt, ...(ramBytes === null ? {} : { ramBytes }) });
  const disks = witness.disks.map((disk) => ({ ...disk, bytes: diskBytes ?? disk.bytes }));
  return ok(ofDefinition({ definition: { ...witness, disks }, boot: boot.value }));
}

function ofDefinition(made: Pick<NewGuest, 'definition' | 'boot' | 'image'>): Recipe {
  return async (about) => {
    const added = await addGuest({ ...made, ...about });
    return added.ok ? ok(made.definition.id) : added;
  };
}

/** What --name, --ram, --disk-size and --cpu say, as the guest organ takes it. */
function wishes(asked: Asked, sizes: Sizes, name: string) {
  const { ramBytes, diskBytes } = sizes;
  return {
    name: asked.values.name ?? name,
    ...(ramBytes === null ? {} : { ramBytes }),
    ...(diskBytes === null ? {} : { diskBytes }),
    ...(asked.values.cpu === undefined ? {} : { cpuModel: asked.values.cpu }),
  };
}

/** What can be said before a vault is open: the name and the CPU model. */
function wrongWish(asked: Asked, name: string): Fault | null {
  const identity = drawIdentity(asked.values.name ?? name);
  if (!identity.ok) return identity.fault;
  const cpu = asked.values.cpu === undefined ? ok(null) : findCpuModel(asked.values.cpu);
  return cpu.ok ? null : cpu.fault;
}

async function desktopRecipe(asked: Asked, sizes: Sizes): Promise<Result<Recipe>> {
  const name = 'Debian';
  const wrong = wrongWish(asked, name);
  if (wrong !== null) return fail(wrong);
  const [spoken] = (process.env.LC_ALL ?? process.env.LANG ?? '').split('_');
  const language = spoken === 'es' || spoken === 'ar' ? spoken : 'en';
  return ok(async (about) => {
    const wished = wishes(asked, sizes, name);
    // The script's own words are the kiosk's details; a script of a person reads progress and the fault.
    const added = await addDesktop({ ...about, ...wished, language, onOutput: () => {} });
    return added.ok ? ok(added.value.id) : added;
  });
}

async function isoRecipe(asked: Asked, sizes: Sizes): Promise<Result<Recipe>> {
  const name = 'Computer';
  const wrong = wrongWish(asked, name);
  if (wrong !== null) return fail(wrong);
  const disc = await inspectDisc(resolve(asked.values.iso ?? ''));
  if (!disc.ok) return disc;
  return ok(async (about) => {
    const added = await addIso({ ...about, ...wishes(asked, sizes, name), disc: disc.value });
    return added.ok ? ok(added.value.id) : added;
  });
}

async function diskRecipe(asked: Asked, sizes: Sizes): Promise<Result<Recipe>> {
  const name = 'Computer';
  const wrong = wrongWish(asked, name);
  if (wrong !== null) return fail(wrong);
  const image = await lookAtDisk(asked, sizes);
  if (!image.ok) return image;
  return ok(async (about) => {
    const added = await addImage({ ...about, ...wishes(asked, sizes, name), image: image.value });
    return added.ok ? ok(added.value.id) : added;
  });
}

async function lookAtDisk(asked: Asked, { diskBytes }: Sizes): Promise<Result<DiskImage>> {
  const image = await inspectImage(resolve(asked.values.disk ?? ''));
  if (!image.ok) return image;
  const { file, bytes, format, namedAs } = image.value;
  if (diskBytes !== null && diskBytes < bytes)
    return fail(usage(`--disk-size is smaller than the disk in the image, ${bytes} bytes`));
  if (namedAs !== null) asked.warn(`${file} is named as ${namedAs} and is ${format}: taken as what it is`);
  return image;
}

async function kernelRecipe(asked: Asked, sizes: Sizes): Promise<Result<Recipe>> {
  const { kernel, initrd, disk } = asked.values;
  if (kernel === undefined) throw new Error('the recipe of --kernel');
  const identity = drawIdentity(asked.values.name ?? (disk === undefined ? 'Linux' : 'Computer'));
  if (!identity.ok) return identity;
  const commandLine = asked.values['command-line'] ?? 'console=ttyS0';
  if (!/^[\x20-\x7e]{0,1024}$/.test(commandLine))
    return fail(usage('--command-line takes at most 1024 printable ASCII characters'));
  const image = disk === undefined ? ok(null) : await lookAtDisk(asked, sizes);
  if (!image.ok) return image;
  const diskBytes = sizes.diskBytes ?? image.value?.bytes ?? null;
  const definition: GuestDefinition = {
    ...identity.value,
    ...witnessMachine,
    version: 1,
    cpus: 1,
    ramBytes: sizes.ramBytes ?? 2048 * MiB,
    disks: diskBytes === null ? [] : [{ serial: newSerial(), bytes: diskBytes }],
    boot: { from: 'kernel', kernel: 'kernel', initrd: initrd === undefined ? null : 'initrd', commandLine },
    video: 'std',
    network: true,
    serial: true,
  };
  const boot = { kernel: resolve(kernel), initrd: initrd === undefined ? null : resolve(initrd) };
  return ok(ofDefinition({ definition, boot, image: image.value }));
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

function fileFault(asked: Asked, name: 'kernel' | 'initrd' | 'disk' | 'iso'): Fault | null {
  const given = asked.values[name];
  if (given === undefined) return null;
  const path = resolve(given);
  if (existsSync(path) && statSync(path).isFile()) return null;
  return { code: 'missingFile', stage, message: `--${name}: there is no file ${path}` };
}
