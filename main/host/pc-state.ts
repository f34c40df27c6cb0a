// Battery, network and sound of this PC, for the bar: read from the kernel's files and set by amixer. Read-only but for the
// volume; every number is bounded, and what cannot be read is null, never a guess.
// Spec: Linux Documentation/ABI/testing/sysfs-class-power and sysfs-class-net; amixer(1).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PcState, Volume } from '../../preload/contract/controls';
import { run } from '../process/run';

const stage = 'host.pcState';

/** `root`: where /sys is, for tests. */
export async function readPcState(root = '/sys'): Promise<PcState> {
  const [battery, network, volume] = await Promise.all([
    readBattery(join(root, 'class/power_supply')),
    readNetwork(join(root, 'class/net')),
    readVolume(),
  ]);
  return { battery, network, volume };
}

async function readBattery(folder: string): Promise<PcState['battery']> {
  for (const name of await namesIn(folder)) {
    const [type, scope, capacity, status] = await Promise.all(
      ['type', 'scope', 'capacity', 'status'].map((file) => word(join(folder, name, file))),
    );
    // `Device` is a mouse's or a headset's.
    if (type !== 'Battery' || scope === 'Device' || !/^\d{1,3}$/.test(capacity ?? '')) continue;
    return { percent: Math.min(100, Number(capacity)), charging: status === 'Charging' || status === 'Full' };
  }
  return null;
}

/** The best that is up: a cable before the air. Devices without hardware (bridges, tunnels) are none. */
async function readNetwork(folder: string): Promise<PcState['network']> {
  let found: PcState['network'] = 'none';
  for (const name of await namesIn(folder)) {
    if (name === 'lo' || (await word(join(folder, name, 'operstate'))) !== 'up') continue;
    const has = await namesIn(join(folder, name));
    if (has.includes('wireless') || has.includes('phy80211')) found = found === 'cable' ? found : 'wireless';
    else if (has.includes('device')) found = 'cable';
  }
  return found;
}

async function readVolume(): Promise<Volume | null> {
  const said = await run({ program: 'amixer', args: ['sget', 'Master'], stage, timeoutMs: 2_000 });
  return said.ok ? parseVolume(said.value.stdout.toString('latin1')) : null;
}

/** `Front Left: Playback 48 [75%] [-12.00dB] [on]` */
export function parseVolume(said: string): Volume | null {
  const [, percent, on] = /\[(\d{1,3})%\](?:.*\[(on|off)\])?/.exec(said) ?? [];
  return percent === undefined ? null : { percent: Math.min(100, Number(percent)), muted: on === 'off' };
}

/** What it is set to afterwards; null: this PC has nothing that could be set. */
export async function setVolume({ percent, muted }: Volume): Promise<Volume | null> {
  const args = ['-q', 'sset', 'Master', `${percent}%`, muted ? 'mute' : 'unmute'];
  await run({ program: 'amixer', args, stage, timeoutMs: 2_000 });
  return readVolume();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.slice(0, 64);
}

async function word(path: string): Promise<string | null> {
  const text = await readFile(path, 'latin1').catch(() => null);
  return text === null ? null : text.slice(0, 64).trim();
}
