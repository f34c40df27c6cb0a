// The keeper's program with a knife: before the step that the file `cut` in the guest's runtime folder names, it kills
// QEMU and itself, as a crash of both would.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { guestFiles } from './places';
import { runProgram } from './program';
import { readKeeperRecord } from './record';

const { values } = parseArgs({
  strict: false,
  options: { guest: { type: 'string' }, runtime: { type: 'string' } },
});
const places = { runtimeFolder: String(values.runtime), guestsFolder: '/', ownerSocket: '/' };
const files = guestFiles(places, String(values.guest));

void runProgram({
  onStep: async (step) => {
    if (readFileSync(`${files.runtimeFolder}/cut`, 'utf8') !== step.name) return;
    const record = await readKeeperRecord(files.record);
    if (record.ok) process.kill(record.value.qemuPid, 'SIGKILL');
    process.kill(process.pid, 'SIGKILL');
  },
});
