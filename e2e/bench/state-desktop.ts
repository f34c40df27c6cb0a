// The Debian desktop guest on the throttled disk: what a person would see. Suspended after a while of use with a clock
// that runs on its screen; woken from a disk that was pulled out in between; the time until the picture moves again is
// taken from pictures over SPICE, as a viewer gets them, until one differs from the first. A note kept in the guest's
// memory alone proves that it went on. The image (native-scripts/guest/desktop/ready) is built before if it has to be.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Agent, connectAgent } from '../../main/guest/agent';
import { addReadyDesktop } from '../../main/guest/ready-desktop.fixture';
import { run } from '../../main/process/run';
import { until } from '../support/system';
import { type FolderGuest, guestMadeInFolder, must, type Slept } from './bench-guest';
import { countedBelow } from './block-device';
import { ddSeconds } from './dd';
import type { Row } from './row';
import type { StateOrder } from './state';
import { type Compared, comparedRow } from './state-row';

const MiB = 1 << 20;
const ramBytes = 1024 * MiB;
const bootMs = 600_000;
const usedMs = 10_000;

interface DesktopWake {
  readonly screenMoves: number;
  readonly bytesRead: number;
  readonly reads: number;
}

export async function measureDesktop({ disk, options, emit }: StateOrder): Promise<void> {
  await disk.setSpeed(0);
  const guest = await guestMadeInFolder({ disk: disk.folder, engine: 'lazy' }, async (guestsFolder) => {
    const made = await addReadyDesktop({ guestsFolder, name: 'Desktop', ramBytes });
    return must(made).id;
  });
  try {
    await guest.wake();
    const note = await work(guest);
    let last = await guest.sleep();
    const imageBytes = last.nonZeroBytes;
    await disk.setSpeed(options.speed * MiB);
    const image = await ddSeconds(disk.folder, imageBytes);
    const suspends: { readonly slept: Slept; readonly dd: number }[] = [];
    let verified = true;
    const wakes = async (): Promise<readonly DesktopWake[]> => {
      const all: DesktopWake[] = [];
      while (all.length < options.runs) {
        await disk.replug();
        all.push(await wakeUntilScreenMoves(guest, disk.folder));
        verified = (await inGuest(guest, 'cat /dev/shm/note')) === note && verified;
        await delay(usedMs);
        last = await guest.sleep();
        const { writeSeconds } = await ddSeconds(disk.folder, last.changedBytes ?? 0);
        suspends.push({ slept: last, dd: writeSeconds });
      }
      return all;
    };
    const plain = await wakes();
    await disk.setSpeed(options.speed * MiB, options.reads);
    const capped = await wakes();
    const row = (part: Omit<Compared, 'verified'>): Row =>
      comparedRow(options, {
        ...{
          engine: 'lazy',
          vaultKind: 'plain',
          guestRamBytes: ramBytes,
          nonZeroBytes: imageBytes,
          verified,
        },
        ...part,
      });
    const moves = (all: readonly DesktopWake[]): Pick<Compared, 'case' | 'ours' | 'bytesMoved'> => ({
      ...{ case: 'desktop: screen changes', ours: all.map(({ screenMoves }) => screenMoves) },
      bytesMoved: all.at(-1)?.bytesRead ?? null,
    });
    const read = {
      baseline: 'dd of the image, read',
      theirs: [image.readSeconds],
      baselineBytes: imageBytes,
    };
    const uncapped = suspends.slice(0, plain.length);
    const suspend = {
      ...{ case: 'desktop: suspend', method: `${usedMs / 1000} s of a running clock after waking` },
      ...{ ours: uncapped.map(({ slept }) => slept.seconds.total), bytesMoved: last.writtenBytes },
      changedBytes: uncapped.at(-1)?.slept.changedBytes ?? null,
    };
    emit(row({ ...moves(plain), ...read, method: 'mapped, from asking for it', limit: 0.1 }));
    emit(
      row({
        ...{ ...moves(capped), ...read, method: `the same, ${options.reads} reads a second`, limit: 0.2 },
        diskReadsPerSecond: options.reads,
      }),
    );
    emit(
      row({
        ...suspend,
        baseline: 'dd of the changed bytes',
        theirs: uncapped.map(({ dd }) => dd),
        limit: 1.25,
      }),
    );
    emit(row({ ...suspend, baseline: 'dd of the image, written', theirs: [image.writeSeconds], limit: 0.1 }));
  } finally {
    await disk.setSpeed(0);
    await guest.remove();
  }
}

/** Boots to its panel, starts a clock of tenths on its screen, keeps a note in its memory. */
async function work(guest: FolderGuest): Promise<string> {
  const panel = () => inGuest(guest, 'pgrep -x tint2 || true').then((pid) => pid !== '');
  await until('the panel of the desktop', panel, bootMs);
  const clock = 'xterm -fs 24 -e sh -c "while :; do date +%T.%N; sleep 0.1; done"';
  const session = 'export DISPLAY=:0 XAUTHORITY=/home/owner/.Xauthority';
  await inGuest(guest, `runuser -u owner -- sh -c '${session}; setsid ${clock} >/dev/null 2>&1 &'`);
  const note = `kept since ${Date.now()}`;
  await inGuest(guest, `echo ${note} > /dev/shm/note`);
  await delay(usedMs);
  return note;
}

/** Runs it in the guest as root to its end; what it wrote. The keeper talks to the same agent after a resume. */
async function inGuest(guest: FolderGuest, script: string): Promise<string> {
  const path = guest.files.agentSocket;
  const agent: Agent = must(await connectAgent({ path, stage: 'bench.desktop', timeoutMs: bootMs }));
  try {
    const order = { path: '/bin/sh', arg: ['-c', script], 'capture-output': true };
    const { pid } = must(await agent.execute('guest-exec', order, { timeoutMs: 60_000 }));
    const ended = await until(`the guest runs ${script}`, async () => {
      const status = must(await agent.execute('guest-exec-status', { pid }, { timeoutMs: 60_000 }));
      return status.exited ? status : null;
    });
    return Buffer.from(ended['out-data'] ?? '', 'base64')
      .toString('utf8')
      .trim();
  } finally {
    agent.close();
  }
}

async function wakeUntilScreenMoves(guest: FolderGuest, folder: string): Promise<DesktopWake> {
  const began = performance.now();
  const counted = await countedBelow(folder, async () => {
    await guest.wake();
    const first = await pictureOf(guest);
    await until('the screen moves', async () => !(await pictureOf(guest)).equals(first), 120_000);
    return (performance.now() - began) / 1000;
  });
  const { value: screenMoves, bytesRead, reads } = counted;
  console.error(`state: the desktop's screen moved ${JSON.stringify({ screenMoves, bytesRead, reads })}`);
  return { screenMoves, bytesRead, reads };
}

/** One picture of the screen as a viewer sees it. */
async function pictureOf(guest: FolderGuest): Promise<Buffer> {
  const file = join(guest.files.runtimeFolder, 'seen.ppm');
  const uri = `spice+unix://${guest.files.spiceSocket}`;
  const shot = await run({
    ...{ program: 'spicy-screenshot', args: [`--uri=${uri}`, `--out-file=${file}`] },
    ...{ stage: 'bench.desktop', timeoutMs: 60_000 },
  });
  if (!shot.ok && shot.fault.code === 'toolMissing')
    throw new Error('spicy-screenshot is missing: apt-get install --no-install-recommends spice-client-gtk');
  must(shot);
  const picture = await readFile(file);
  await rm(file);
  return picture;
}
