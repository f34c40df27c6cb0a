// The witness guest as a definition: the small machine that proves that what wakes is what was suspended, and the first
// thing to try SoulPad with. Its facts are data beside its source (native-scripts/guest/witness/definition.json).
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import facts from '../../native-scripts/guest/witness/definition.json';
import { fail, ok, type Result } from '../../preload/contract/result';
import { definitionSchema, type GuestDefinition } from './definition';

/** The machine and CPU model that every PC should be able to run: what KVM is asked for. */
export const witnessMachine = { machine: facts.machine, cpuModel: facts.cpuModel };

export interface WitnessFiles {
  readonly kernel: string;
  readonly initrd: string;
}

/** What set-up built: out/witness in a checkout, resources/witness in the packaged app. Fault missingFile. */
export function findWitnessFiles(from: string = import.meta.dirname): Result<WitnessFiles> {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const place of ['witness', 'out/witness']) {
      const files = { kernel: join(folder, place, 'kernel'), initrd: join(folder, place, 'initrd') };
      if (existsSync(files.kernel) && existsSync(files.initrd)) return ok(files);
    }
    if (folder === dirname(folder)) break;
  }
  return fail({
    code: 'missingFile',
    stage: 'guest.add',
    message: 'the witness guest is not built',
    hint: 'run native-scripts/guest/witness/build',
  });
}

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
    mac: `52:54:00:${[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`,
    disks: [{ serial: randomBytes(8).toString('hex').toUpperCase(), bytes: facts.diskBytes }],
    boot: { from: 'kernel', kernel: 'kernel', initrd: 'initrd', commandLine: facts.commandLine },
    video: facts.video,
    network: facts.network,
    serial: facts.serial,
  });
}
