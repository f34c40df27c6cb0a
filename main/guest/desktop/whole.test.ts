// The ready image under stock QEMU's arguments: its own boot loader, from its own disk, to a desktop that answers. The
// first run builds the image (minutes), so this belongs to the full suite.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type Bound, endChild, startBound } from '../../process/bound';
import type { Child } from '../../process/run';
import { connectAgent } from '../agent';
import { runInside } from '../agent.fixture';
import { desktopIsLeftOut, desktopIsWanted, readyDesktop } from '../ready-desktop.fixture';

const minutes = 60_000;
let folder = '';
let machine: Child | null = null;

afterEach(async () => {
  if (machine !== null) await endChild(machine);
  machine = null;
  await rm(folder, { recursive: true, force: true });
});

/** Asks the guest anew each time: it may have restarted meanwhile. False: it does not answer, or the command fails. */
async function holdsInside(socket: string, script: string): Promise<boolean> {
  const agent = await connectAgent({ path: socket, stage: 'test', timeoutMs: 30_000 });
  if (!agent.ok) return false;
  try {
    await runInside(agent.value, script);
    return true;
  } catch {
    return false;
  } finally {
    agent.value.close();
  }
}

async function until(holds: () => Promise<boolean>, limitMs: number): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await holds()); await delay(500))
    if (Date.now() > deadline) throw new Error('did not come to hold');
}

it(
  'the desktop boots from its own disk in stock QEMU, shows its panel, and restarts',
  async (context) => {
    if (!desktopIsWanted) context.skip(desktopIsLeftOut);
    const image = readyDesktop();
    folder = await mkdtemp(join(tmpdir(), 'soulpad-boot-'));
    const [disk, agent] = [join(folder, 'disk.qcow2'), join(folder, 'agent')];
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'qcow2', disk]);
    const stock: Bound = {
      program: 'qemu-system-x86_64',
      packageName: 'qemu-system-x86',
      stage: 'test',
      args: [
        ...['-m', '1G', '-smp', '2', '-drive', `file=${disk},format=qcow2,if=virtio`],
        // A screen for nobody, and the agent's line, which the test listens on.
        ...['-display', 'none', '-device', 'virtio-serial'],
        ...['-chardev', `socket,id=agent,path=${agent},server=on,wait=off`],
        ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
      ],
    };
    const started = startBound(stock);
    if (!started.ok) throw new Error(started.fault.message);
    machine = started.value;
    const shows = () =>
      holdsInside(agent, 'DISPLAY=:0 XAUTHORITY=/home/owner/.Xauthority xdotool search --class tint2');

    await until(shows, 12 * minutes);
    expect(await holdsInside(agent, 'test "$(systemctl --failed --no-legend | wc -l)" = 0')).toBe(true);
    expect(await holdsInside(agent, 'test -s /etc/machine-id && ip route | grep -q default')).toBe(true);
    expect(await holdsInside(agent, 'sudo -u owner sudo -n true && test "$(swapon --noheadings)" = ""')).toBe(
      true,
    );

    expect(await holdsInside(agent, 'touch /run/before && systemctl --no-block reboot')).toBe(true);
    await until(() => holdsInside(agent, 'test ! -e /run/before'), 8 * minutes);
    await until(shows, 4 * minutes);
  },
  70 * minutes,
);
