// The PC's battery as the kernel tells it; the keeper checkpoints by it, the kiosk suspends. A PC without one, or one that says nothing we know, is
// in no trouble. Spec: Linux Documentation/ABI/testing/sysfs-class-power.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readBounded } from '../files/bounded';

/** Percent. Minutes are left on most laptops: enough for a checkpoint, and for a suspend after it. */
const lowPercent = 7;
/** Percent. From here on only a suspend is safe: after the checkpoint, and before firmware switches the PC off (2 to 3 %). */
const emptyPercent = 5;
const mostSupplies = 16;

const batterySchema = z.object({
  type: z.literal('Battery'),
  scope: z.string().nullable(),
  status: z.string(),
  capacity: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .nullable(),
  level: z.string().nullable(),
});

type Battery = z.infer<typeof batterySchema>;

/** True while a battery that feeds this PC is almost empty. `folder`: another one for tests. */
export async function isBatteryLow(folder?: string): Promise<boolean> {
  const batteries = await readBatteries(folder);
  return batteries.filter(discharges).some((each) => (leftIn(each) ?? 100) <= lowPercent);
}

/** What feeds this PC. `percent`: of the fullest battery, 0 where the firmware calls it critical. */
export type Power =
  | { readonly from: 'mains' }
  | { readonly from: 'battery'; readonly percent: number; readonly empty: boolean };

/**
 * A PC with a second battery that is full is not empty, and one that charges any of them is on the mains. `folder`: where
 * the kernel tells of supplies; another one for tests.
 */
export async function readPower(folder?: string): Promise<Power> {
  const batteries = await readBatteries(folder);
  const charges = batteries.some(({ status }) => status === 'Charging');
  const left = batteries.map(leftIn).filter((percent) => percent !== null);
  if (charges || left.length === 0 || !batteries.some(discharges)) return { from: 'mains' };
  const percent = Math.max(...left);
  return { from: 'battery', percent, empty: percent <= emptyPercent };
}

function discharges({ status }: Battery): boolean {
  return status === 'Discharging';
}

/** Percent; null: it does not tell. */
function leftIn({ capacity, level }: Battery): number | null {
  return level === 'Critical' ? 0 : capacity;
}

async function readBatteries(folder = '/sys/class/power_supply'): Promise<readonly Battery[]> {
  const batteries: Battery[] = [];
  const names = await readdir(folder).catch(() => []);
  for (const name of names.slice(0, mostSupplies)) {
    const said = async (file: string): Promise<string | null> => {
      const path = join(folder, name, file);
      const read = await readBounded({ path, maxBytes: 4096, damaged: 'io', stage: 'keeper.battery' });
      return read.ok ? read.value.toString('latin1').trim().slice(0, 40) : null;
    };
    const battery = batterySchema.safeParse({
      type: await said('type'),
      scope: await said('scope'), // `Device`: a mouse's
      status: await said('status'),
      capacity: await said('capacity'),
      level: await said('capacity_level'),
    });
    if (battery.success && battery.data.scope !== 'Device') batteries.push(battery.data);
  }
  return batteries;
}
