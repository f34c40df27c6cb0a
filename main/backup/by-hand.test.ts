// moment.sh as a shell reads it. That its machine wakes is proven by without-us.test.ts.
import { expect, test } from 'vitest';
import { manifestSchema } from '../generation/manifest';
import { defineWitness } from '../guest/witness';
import { must } from '../keeper/keeper.fixture';
import { run } from '../process/run';
import { formatMoment } from './by-hand';

const createdAt = '2026-01-02T03:04:05.000Z';
const drawn = defineWitness({ id: 'witness', name: 'Witness', createdAt });
const switchedOff = manifestSchema.parse({
  ...{ format: 'soulpad-generation', version: 1, guest: 'witness', guestUuid: drawn.uuid, number: 7 },
  ...{ parent: 6, createdAt, machine: drawn.machine, cpuModel: drawn.cpuModel, ramBytes: drawn.ramBytes },
  ...{ engine: null, state: null, ram: null, nonZeroBytes: null },
  layers: [{ generation: 7, file: 'disk-over-0003.qcow2', bytes: 1 }],
});

/** The words that a shell has in that array, or in that variable. */
async function read(moment: string, name: string): Promise<readonly string[]> {
  const script = `set -eu; ${moment}\nfor word in "\${${name}[@]}"; do printf '%s\\0' "$word"; done`;
  const told = must(await run({ program: 'bash', args: ['-c', script], stage: 'test' }));
  return told.stdout.toString('utf8').split('\0').slice(0, -1);
}

test('Whatever stands in a kernel’s command line stays one word, and nothing of it is run', async () => {
  const { boot } = drawn;
  if (boot.from !== 'kernel') throw new Error('the witness boots from a kernel');
  const commandLine = `it's "$HOME" \`id\` \\ $(id) *`;
  const definition = { ...drawn, boot: { ...boot, commandLine } };
  const moment = formatMoment({ definition, manifest: switchedOff });
  expect((await read(moment, 'BOOT')).at(-1)).toBe(commandLine);
  expect(await read(moment, 'ARGUMENTS')).toContain(commandLine);
});

test('A guest that was switched off is started, not loaded', async () => {
  const moment = formatMoment({ definition: drawn, manifest: switchedOff });
  expect(await read(moment, 'MONITOR')).toEqual([]);
  expect(await read(moment, 'MEMORY')).toEqual([]);
  expect(await read(moment, 'LAYER')).toEqual(['gen-0007/disk-over-0003.qcow2']);
  expect(await read(moment, 'ARGUMENTS')).not.toContain('-incoming');
});
