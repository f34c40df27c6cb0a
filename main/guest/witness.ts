// The witness guest as a definition: the small machine that proves that what wakes is what was suspended, and the first
// thing to try SoulPad with. Its facts are data beside its source (native-scripts/guest/witness/definition.json).
import { randomUUID } from 'node:crypto';
import facts from '../../native-scripts/guest/witness/definition.json';
import { definitionSchema, type GuestDefinition } from './definition';
import { newMac, newSerial } from './identity';

/** The machine and CPU model that every PC should be able to run: what KVM is asked for. */
export const witnessMachine = { machine: facts.machine, cpuModel: facts.cpuModel };

/** A new witness: everything that must stay the same for ever is drawn once, here. */
export function defineWitness(about: {
  readonly id: string;
  readonly name: string;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  /** Bytes; default: what its data says. */
  readonly ramBytes?: number;
}): GuestDefinition {
  return definitionSchema.parse({
    format: 'soulpad-guest',
    version: 1,
    id: about.id,
    name: about.name,
    uuid: randomUUID(),
    createdAt: about.createdAt,
    machine: facts.machine,
    cpuModel: facts.cpuModel,
    cpus: facts.cpus,
    ramBytes: about.ramBytes ?? facts.ramBytes,
    mac: newMac(),
    disks: [{ serial: newSerial(), bytes: facts.diskBytes }],
    boot: { from: 'kernel', kernel: 'kernel', initrd: 'initrd', commandLine: facts.commandLine },
    video: facts.video,
    network: facts.network,
    serial: facts.serial,
  });
}
