// What the bar and the control page show and set beside the story: the display, the PC around it, and how the person wants
// both. Numbers and names only; app/text makes words of them.
import { z } from 'zod';
import { backupStateSchema } from './backup';
import { sizeSchema } from './screen';

/** How the guest's picture and the PC's screen are brought together (main/display/match/plan.ts decides). */
export const waySchema = z.enum([
  'guestFollows', // the guest takes the screen's size
  'larger', // the same with half the pixels, everything twice as large
  'screenFollows', // the screen takes the guest's size
  'scaled', // as large as it fits, sharp where a whole factor nearly fills the screen
  'oneToOne', // pixel for pixel, in the middle
]);
export type Way = z.infer<typeof waySchema>;

const outputNameSchema = z.string().min(1).max(40);

export const displayChoiceSchema = z.object({
  /** Null: the output it is on. */
  output: outputNameSchema.nullable(),
  way: waySchema,
});
export type DisplayChoice = z.infer<typeof displayChoiceSchema>;

/** Electron's accelerators. Each is free in common desktops, and none types a character. */
export const hotKeySchema = z.enum(['Super+Escape', 'Super+F12', 'Control+Alt+Escape', 'Scrolllock']);
export type HotKey = z.infer<typeof hotKeySchema>;

/** Kept in the vault, since they say how its owner works. */
export const controlSettingsSchema = z.object({
  hotKey: hotKeySchema,
  /** How the guest's last picture stands in until its first one. */
  curtain: z.enum(['plain', 'blurred']),
  /** The bar stays until it is hidden. */
  barPinned: z.boolean(),
});
export type ControlSettings = z.infer<typeof controlSettingsSchema>;

export const controlsAtFirst: ControlSettings = {
  hotKey: 'Super+Escape',
  curtain: 'plain',
  barPinned: false,
};

/** Parts of the control page. */
export const sectionSchema = z.enum(['desktop', 'display', 'keys', 'pc', 'backup', 'help']);
export type Section = z.infer<typeof sectionSchema>;

const percentSchema = z.number().int().min(0).max(100);

export const volumeSchema = z.object({ percent: percentSchema, muted: z.boolean() });
export type Volume = z.infer<typeof volumeSchema>;

/** The PC around the guest. Null: it has none, or nobody can tell. */
export const pcStateSchema = z.object({
  battery: z.object({ percent: percentSchema, charging: z.boolean() }).nullable(),
  network: z.enum(['cable', 'wireless', 'none']),
  volume: volumeSchema.nullable(),
});
export type PcState = z.infer<typeof pcStateSchema>;

export const matchedSchema = z.object({
  way: waySchema,
  choices: z.array(waySchema).max(5),
  size: sizeSchema,
  output: outputNameSchema.nullable(),
  /** All that are plugged in, with what their monitors call themselves. */
  outputs: z.array(z.object({ name: outputNameSchema, monitor: z.string().max(13).nullable() })).max(32),
});

export const controlsSchema = z.object({
  settings: controlSettingsSchema,
  pc: pcStateSchema,
  /** Null until a guest was shown. */
  display: matchedSchema.nullable(),
  backup: backupStateSchema,
});
export type Controls = z.infer<typeof controlsSchema>;
