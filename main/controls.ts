// What the bar and the control page set and show beside the story: the owner's settings, kept in the vault as kiosk.json,
// how each monitor is to be used, and the PC around. A damaged file is the settings of a new vault: it is only wishes.
import { join } from 'node:path';
import { z } from 'zod';
import type { BackupState } from '../preload/contract/backup';
import {
  type ControlSettings,
  type Controls,
  controlSettingsSchema,
  controlsAtFirst,
  type PcState,
  type Volume,
  waySchema,
} from '../preload/contract/controls';
import type { Plan } from './display/display';
import { readRecord } from './files/bounded';
import { writeDurably } from './files/durable';
import { readPcState, setVolume } from './host/pc-state';
import type { ControlMemory } from './perform/parts';

const stage = 'controls';
const fileName = 'kiosk.json';
/** Monitors that were met long ago are forgotten. */
const mostMonitors = 64;
const lookEveryMs = 5_000;

const keptSchema = z.strictObject({
  format: z.literal('soulpad-kiosk'),
  version: z.literal(1),
  settings: controlSettingsSchema,
  monitors: z
    .array(z.strictObject({ monitor: z.string().max(64), way: waySchema, at: z.iso.datetime() }))
    .max(mostMonitors),
});
type Kept = z.infer<typeof keptSchema>;

const atFirst: Kept = { format: 'soulpad-kiosk', version: 1, settings: controlsAtFirst, monitors: [] };

export interface ControlDesk extends ControlMemory {
  set(settings: ControlSettings): Promise<void>;
  setVolume(volume: Volume): Promise<void>;
  /** While somebody looks at it, the PC's state is read again and again. */
  watch(looks: boolean): void;
  told(): Controls;
}

export function controlDesk(about: {
  readonly onChanged: () => void;
  readonly backup: () => BackupState;
}): ControlDesk {
  let kept = atFirst;
  let folder: string | null = null;
  let plan: Plan | null = null;
  let pc: PcState = { battery: null, network: 'none', volume: null };
  let timer: NodeJS.Timeout | null = null;

  const look = async (): Promise<void> => {
    const now = await readPcState();
    if (JSON.stringify(now) === JSON.stringify(pc)) return;
    pc = now;
    about.onChanged();
  };
  const write = async (next: Kept): Promise<void> => {
    kept = next;
    about.onChanged();
    // A vault that cannot be written has news of its own; this is only a wish.
    if (folder !== null) await writeDurably(join(folder, fileName), JSON.stringify(next), stage);
  };
  return {
    load: async ({ mountPoint }) => {
      if (folder === mountPoint) return;
      folder = mountPoint;
      const path = join(mountPoint, fileName);
      const read = await readRecord({ path, schema: keptSchema, damaged: 'unusableFile', stage });
      kept = read.ok ? read.value : atFirst;
      about.onChanged();
    },
    remembered: () => kept.monitors,
    matched: (now) => {
      plan = now;
      about.onChanged();
    },
    remember: async (at) => {
      const monitor = plan?.monitor ?? null;
      if (plan === null || monitor === null) return;
      const others = kept.monitors.filter((each) => each.monitor !== monitor).slice(-(mostMonitors - 1));
      await write({ ...kept, monitors: [...others, { monitor, way: plan.way, at }] });
    },
    set: (settings) => write({ ...kept, settings }),
    setVolume: async (volume) => {
      pc = { ...pc, volume: await setVolume(volume) };
      about.onChanged();
    },
    watch: (looks) => {
      if (looks === (timer !== null)) return;
      if (timer !== null) clearInterval(timer);
      timer = looks ? setInterval(() => void look(), lookEveryMs) : null;
      if (looks) void look();
    },
    told: () => ({
      settings: kept.settings,
      pc,
      display: plan === null ? null : matchedOf(plan),
      backup: about.backup(),
    }),
  };
}

function matchedOf({ way, choices, output, outputs, place: { width, height } }: Plan): Controls['display'] {
  return { way, choices: [...choices], output, outputs: [...outputs], size: { width, height } };
}
