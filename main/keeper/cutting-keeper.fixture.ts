// The keeper's program for the power cuts: it says which step it is at (`phase` in the guest's runtime folder), and
// before the step that `cut` names it kills QEMU and itself. Bundled with the durable files of a disk that forgets.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
const cut = join(files.runtimeFolder, 'cut');

void runProgram({
  onStep: async (step) => {
    writeFileSync(join(files.runtimeFolder, 'phase'), step.name);
    if (!existsSync(cut) || readFileSync(cut, 'utf8') !== step.name) return;
    const record = await readKeeperRecord(files.record);
    if (record.ok) process.kill(record.value.qemuPid, 'SIGKILL');
    process.kill(process.pid, 'SIGKILL');
  },
});
