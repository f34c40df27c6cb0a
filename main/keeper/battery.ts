// The PC's battery as the kernel tells it; the only reader of it. A PC without one, or one that says nothing we know, is
// in no trouble. Spec: Linux Documentation/ABI/testing/sysfs-class-power.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readBounded } from '../files/bounded';

/** Percent: minutes are left on most laptops, enough for a checkpoint and a suspend. */
const lowPercent = 7;
const mostSupplies = 16;

const supplySchema = z.object({
  type: z.literal('Battery'),
  scope: z.string().nullable(),
  status: z.literal('Discharging'),
  capacity: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .nullable(),
  level: z.string().nullable(),
});

/** True while a battery that feeds this PC is almost empty. `folder`: another one for tests. */
export async function isBatteryLow(folder = '/sys/class/power_supply'): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.slice(0, mostSupplies)) {
    const said = async (file: string): Promise<string | null> => {
      const path = join(folder, name, file);
      const read = await readBounded({ path, maxBytes: 4096, damaged: 'io', stage: 'keeper.battery' });
      return read.ok ? read.value.toString('latin1').trim().slice(0, 40) : null;
    };
    const supply = supplySchema.safeParse({
      type: await said('type'),
      scope: await said('scope'), // `Device`: a mouse's
      status: await said('status'),
      capacity: await said('capacity'),
      level: await said('capacity_level'),
    });
    if (!supply.success || supply.data.scope === 'Device') continue;
    const { capacity, level } = supply.data;
    if (level === 'Critical' || (capacity !== null && capacity <= lowPercent)) return true;
  }
  return false;
}
