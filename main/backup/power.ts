// Whether now is a good time: on the mains, and on a network that costs nothing by the byte. Asked of the kernel and of
// NetworkManager. A PC that says nothing is taken for one on the mains with a free network: a backup that never runs is
// the greater harm.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readBounded } from '../files/bounded';
import { run } from '../process/run';

const stage = 'backup.power';
const mostSupplies = 16;

const dischargingSchema = z.object({
  type: z.literal('Battery'),
  scope: z.string().nullable(),
  status: z.literal('Discharging'),
});

/** Linux Documentation/ABI/testing/sysfs-class-power. `folder`: another one for tests. */
export async function isOnBattery(folder = '/sys/class/power_supply'): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.slice(0, mostSupplies)) {
    const said = async (file: string): Promise<string | null> => {
      const path = join(folder, name, file);
      const read = await readBounded({ path, maxBytes: 4096, damaged: 'io', stage });
      return read.ok ? read.value.toString('latin1').trim() : null;
    };
    const supply = dischargingSchema.safeParse({
      ...{ type: await said('type'), scope: await said('scope'), status: await said('status') },
    });
    if (supply.success && supply.data.scope !== 'Device') return true; // `Device`: a mouse's
  }
  return false;
}

/** nmcli(1): GENERAL.METERED is yes, no, or a guess of either. */
export async function isMetered(program = 'nmcli'): Promise<boolean> {
  const asked = await run({
    program,
    args: ['-g', 'GENERAL.METERED,GENERAL.STATE', 'device', 'show'],
    stage,
    timeoutMs: 5_000,
  });
  if (!asked.ok) return false;
  const devices = asked.value.stdout.toString('latin1').slice(0, 65_536).split('\n\n');
  return devices.some((device) => /^yes/m.test(device) && /^100\b/m.test(device));
}
