// The keeper's program with a knife: before the step that the file `cut` in the guest's runtime folder names, it kills
// itself as a crash would (`keeper <step>`), or QEMU too (`both <step>`), or QEMU alone (`qemu <step>`). Or it fills the
// disk to the last byte with the file `path` (`fill <step> <path>`).
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
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

function fillDisk(path: string): void {
  for (let bytes = 64 << 20; bytes >= 512; )
    try {
      appendFileSync(path, Buffer.alloc(bytes, 1));
    } catch {
      bytes >>= 1;
    }
}

void runProgram({
  onStep: async (step) => {
    if (!existsSync(`${files.runtimeFolder}/cut`)) return;
    const [whom, at, path] = readFileSync(`${files.runtimeFolder}/cut`, 'utf8').split(' ');
    if (at !== step.name) return;
    rmSync(`${files.runtimeFolder}/cut`);
    if (whom === 'fill') return fillDisk(path ?? '');
    const record = await readKeeperRecord(files.record);
    if (record.ok && whom !== 'keeper') process.kill(record.value.qemuPid, 'SIGKILL');
    if (whom !== 'qemu') process.kill(process.pid, 'SIGKILL');
  },
});
