// The CLI's sentences for a person, in the screens' words: what a screen says too is taken from app/text, the rest
// follows its voice. Pure: data in, lines out.
import { en } from '../../app/text/en';
import type { StageId } from '../../preload/contract/progress';
import type { DataOf } from './surface';

export function stageSentence(stage: StageId): string {
  return en.stages.doing[stage];
}

const kinds = {
  passphrase: 'a passphrase',
  keyUsb: 'a key USB',
  recovery: 'a recovery key',
  both: 'a passphrase together with a key USB',
} as const;

export function sayVault(vault: DataOf<'vault.status'>): readonly string[] {
  const free = vault.freeBytes === null ? '' : `, ${sayBytes(vault.freeBytes)} free`;
  return [
    `The vault in ${vault.home} is ${vault.state}${vault.mountPoint === null ? '' : ` at ${vault.mountPoint}`}.`,
    `It is a ${vault.kind} vault (${vault.uuid})${free}.`,
    ...vault.keyslots.map(
      (slot) => `Keyslot ${slot.id}, "${slot.name}": ${kinds[slot.kind]}, ${sayKdf(slot)}.`,
    ),
  ];
}

export function sayVaults({ vaults }: DataOf<'vault.list'>): readonly string[] {
  if (vaults.length === 0) return ['There is no vault here. Make one with: soulpad vault create.'];
  return vaults.map(({ name, home, uuid, kind, state, fault }) => {
    const which = name === null ? 'The vault of this home' : `--vault "${name}"`;
    const mark = uuid === null ? '' : `, mark ${uuid.slice(0, 8)}`;
    const is = fault === null ? `${state}, ${kind}` : `cannot be opened (${fault.message})`;
    return `${which}${mark}: ${is}. It lies in ${home}.`;
  });
}

export function sayDisks({ disks }: DataOf<'vault.disks'>): readonly string[] {
  if (disks.length === 0) return ['There is no disk that is a vault or may become one.'];
  return disks.map(({ id, name, bytes, uuid, damage, mayFormat }) => {
    const vault = uuid === null ? 'no vault' : `the vault ${uuid}`;
    const holds = damage === null ? vault : `a damaged header (${damage})`;
    return `${id}, ${name}, ${sayBytes(bytes)}: ${holds}${mayFormat ? '; a vault may be made on it' : ''}.`;
  });
}

function sayKdf(slot: DataOf<'vault.status'>['keyslots'][number]): string {
  if (slot.memoryKiB === 0) return slot.kdf;
  return `${slot.kdf} with ${slot.memoryKiB / 1024} MiB, ${slot.iterations} passes, ${slot.parallelism} lane(s)`;
}

const guestStates = {
  off: 'is switched off',
  suspended: 'is asleep',
  resuming: 'is waking',
  running: 'is awake',
  paused: 'is held still',
} as const;

type Guest = DataOf<'guest.add'>;

export function sayGuest(guest: Guest): string {
  const at = guest.generation === null ? '' : `, generation ${guest.generation}`;
  const memory = `${sayBytes(guest.ramBytes)} of memory, ${sayBytes(guest.diskBytes)} of disk`;
  const damage = guest.damage === null ? '' : ` Damaged: ${guest.damage}.`;
  return `${guest.id}, "${guest.name}", ${guestStates[guest.state]}${at}: ${memory}.${damage}`;
}

export function sayGuests(list: DataOf<'guest.list'>): readonly string[] {
  if (list.guests.length === 0 && list.damaged.length === 0)
    return [`${en.choosing.none}. Add one with: soulpad guest add.`];
  return [
    ...list.guests.map(sayGuest),
    ...list.damaged.map(({ id, message }) => `${id} is damaged: ${message}`),
  ];
}

const clocks = {
  set: (step: number | null) => [
    `Its clock was set to now${step === null ? '' : `, by ${saySeconds(step)}`}.`,
  ],
  notNeeded: () => [],
  noAgent: () => ['Its clock could not be set: it has no guest agent that answers.'],
} as const;

export function sayRan(ran: DataOf<'guest.run'>): readonly string[] {
  const total = ran.seconds.check + ran.seconds.start + ran.seconds.load + ran.seconds.firstRun;
  return [
    ran.resumed
      ? `${ran.id} is awake, from generation ${ran.fromGeneration ?? 0}, after ${saySeconds(total)}.`
      : `${ran.id} has started afresh, after ${saySeconds(total)}.`,
    ...(ran.clock === null ? [] : clocks[ran.clock](ran.clockStepSeconds)),
    `It goes on until \`soulpad guest suspend ${ran.id}\`.`,
    `Its serial line is at ${ran.serialSocket}.`,
  ];
}

export function saySuspended(saved: DataOf<'guest.suspend'>): readonly string[] {
  return [
    `${saved.id} is asleep as generation ${saved.generation}, after ${saySeconds(saved.seconds.total)}.`,
    `${sayBytes(saved.writtenBytes)} were written and read back.`,
  ];
}

export function sayCheckpoint(saved: DataOf<'guest.checkpoint'>): readonly string[] {
  return [
    `${saved.id} is saved as generation ${saved.generation} and goes on; it stood still for ${saySeconds(saved.pausedSeconds)}.`,
    `${sayBytes(saved.writtenBytes)} were written.`,
  ];
}

export function saySettings({ id, checkpointSeconds }: DataOf<'guest.settings'>): readonly string[] {
  if (checkpointSeconds === null) return [`No checkpoints of ${id} are made by themselves.`];
  return [`A checkpoint of ${id} is made every ${Math.round(checkpointSeconds / 60)} minutes while it runs.`];
}

export function sayShutdown(done: DataOf<'guest.shutdown'>): readonly string[] {
  if (done.off) return [`${done.id} is switched off.`];
  return [
    `${done.id} was asked to shut down and has not done so yet.`,
    `It may be waiting for an answer on its screen; \`soulpad guest suspend ${done.id}\` keeps it as it is.`,
  ];
}

export function sayFit(fit: DataOf<'guest.fit'>): readonly string[] {
  const verdicts = {
    good: `${fit.id} can be woken on this PC.`,
    slower: `${fit.id} can be woken on this PC, but something makes it slow.`,
    notHere: `${fit.id} cannot be woken on this PC.`,
  } as const;
  return [
    verdicts[fit.verdict],
    ...fit.reasons.map((reason) => `${markOf[reason.severity]} ${sayReason(reason)}`),
    ...(fit.canStartAfresh ? [`It can be started from its disk: soulpad guest run ${fit.id} --afresh`] : []),
  ];
}

const markOf = { info: ' ', warn: '!', stop: 'x' } as const;

function sayReason({ code, have, need }: DataOf<'guest.fit'>['reasons'][number]): string {
  const [has, wants] = [sayAmount(have), sayAmount(need)];
  const said = {
    qemuTooOld: `QEMU is ${has}; ${wants} or newer is needed.`,
    machineUnknown: `QEMU ${has} does not know the machine ${wants}.`,
    cpuLacks: `The CPU here lacks, for ${wants}: ${has}.`,
    savedByHardware: 'It was saved under hardware virtualization, which this PC does not offer.',
    savedBySoftware: 'It was saved under software emulation and goes on in it.',
    softwareEmulation: 'This PC offers no KVM.',
    memoryShort: `${has} of memory are free; ${wants} are needed.`,
    memoryTight: `${has} of memory are free; ${wants} would be comfortable.`,
    spaceShort: `${has} are free in the vault; ${wants} are needed at least.`,
    spaceLow: `${has} are free in the vault; saving may take ${wants}.`,
    unknownOrigin: 'The saved moment does not say where it was saved.',
  } as const;
  return said[code];
}

function sayAmount(amount: number | string | null): string {
  return typeof amount === 'number' ? sayBytes(amount) : (amount ?? 'unknown');
}

export function sayRolledBack(rolled: DataOf<'timeline.roll-back'>): readonly string[] {
  return [
    `${rolled.id} wakes as generation ${rolled.to}, of ${rolled.createdAt}.`,
    ...(rolled.from === null
      ? []
      : [`Generation ${rolled.from} is kept: soulpad timeline roll-back ${rolled.id} --to ${rolled.from}`]),
  ];
}

export function sayThinned(thinned: DataOf<'timeline.thin'>): readonly string[] {
  const went =
    thinned.removed.length === 0
      ? 'No saved moment had to go'
      : `Gone: generations ${thinned.removed.join(', ')}`;
  const merged = thinned.mergedLayers === 0 ? '' : ` ${thinned.mergedLayers} layers became one.`;
  return [`${went}; ${sayBytes(thinned.freedBytes)} were freed.${merged}`];
}

export function sayTimeline(timeline: DataOf<'timeline.list'>): readonly string[] {
  const lines = timeline.generations.map((generation) => {
    const mark = generation.number === timeline.current ? '* ' : '  ';
    const what = generation.ram === null ? 'switched off' : 'asleep';
    const seen =
      generation.verified === null
        ? ''
        : generation.verified
          ? ', every file as it was written'
          : ', damaged';
    const why = generation.damage === null ? '' : `: ${generation.damage}`;
    const on = generation.pc === null ? '' : `, on ${generation.pc}`;
    return `${mark}generation ${generation.number}, ${generation.createdAt ?? 'at an unknown time'}${on}, ${what}, ${sayBytes(generation.bytes)}${seen}${why}`;
  });
  const unsaved = timeline.unsavedSession;
  if (unsaved !== null) {
    lines.push(
      `A session since ${unsaved.since ?? 'an unknown time'} was never saved; its ${sayBytes(unsaved.layerBytes)} on disk are kept.`,
    );
  }
  return lines.length === 0 ? ['There is no saved moment yet.'] : lines;
}

export function sayBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  let value = bytes;
  let at = 0;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at += 1;
  }
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at] ?? 'bytes'}`;
}

export function saySeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}
