// Named starting points of the scenarios, made with the CLI: a desk with a vault that holds one or more witnesses.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { must } from '../../main/guest/machine.fixture';
import { addReadyDesktop } from '../../main/guest/ready-desktop.fixture';
import { soulpadOk } from './cli';
import { type Desk, setUpDesk } from './kiosk';

const MiB = 1 << 20;

/** Test data, typed on the screen and searched for everywhere else. */
export const passphrase = 'marigold river lantern seven';

const timelineSchema = z.object({
  current: z.number(),
  generations: z.array(
    z.object({
      number: z.number(),
      engine: z.string().nullable(),
      verified: z.boolean().nullable(),
      damage: z.string().nullable(),
    }),
  ),
});

export interface VaultDesk extends Desk {
  /** Of the first witness, once it runs. */
  serialSocket(): string;
  /** Opens the vault by the CLI, verifies every generation, closes it again. */
  timeline(): Promise<z.infer<typeof timelineSchema>>;
}

/** `secret`: another passphrase than everybody's, to be searched for. */
export async function setUpVault(
  order: {
    readonly guests?: number;
    readonly secret?: string;
    readonly size?: { readonly width: number; readonly height: number };
  } = {},
): Promise<VaultDesk> {
  const desk = await setUpDesk(order.size);
  const { env } = desk;
  const secret = order.secret ?? passphrase;
  const cli = <T>(shape: z.ZodType<T>, ...args: readonly string[]): Promise<T> =>
    soulpadOk({ args, env, passphrase: secret }, shape);
  const plain = <T>(shape: z.ZodType<T>, ...args: readonly string[]): Promise<T> =>
    soulpadOk({ args, env }, shape);
  await cli(z.unknown(), 'vault', 'create');
  await cli(z.unknown(), 'vault', 'open');
  for (let guest = 1; guest <= (order.guests ?? 1); guest++) {
    await plain(
      z.unknown(),
      'guest',
      'add',
      '--witness',
      '--name',
      guest === 1 ? 'Witness' : `Witness ${guest}`,
    );
  }
  await plain(z.unknown(), 'vault', 'close');
  return {
    ...desk,
    serialSocket: () => serialSocketIn(join(desk.runtime, 'soulpad')),
    timeline: () => timelineOf({ desk, secret, guest: 'witness' }),
  };
}

/** Every generation is verified, with the vault opened for it and closed again. */
async function timelineOf(about: {
  readonly desk: Desk;
  readonly secret: string;
  readonly guest: string;
}): Promise<z.infer<typeof timelineSchema>> {
  const { env } = about.desk;
  await soulpadOk({ args: ['vault', 'open'], env, passphrase: about.secret }, z.unknown());
  const verified = await soulpadOk({ args: ['timeline', 'verify', about.guest], env }, timelineSchema);
  await soulpadOk({ args: ['vault', 'close'], env }, z.unknown());
  return verified;
}

/**
 * A desk whose vault holds the small Debian desktop: the product's own definition, on a copy of the ready image instead
 * of one that is built for minutes each time (main/guest/desktop's own tests build it).
 */
export async function setUpDesktop(): Promise<
  Desk & Pick<VaultDesk, 'timeline'> & { readonly guest: string }
> {
  const desk = await setUpDesk();
  const { env } = desk;
  await soulpadOk({ args: ['vault', 'create'], env, passphrase }, z.unknown());
  const opened = z.looseObject({ mountPoint: z.string() });
  const { mountPoint } = await soulpadOk({ args: ['vault', 'open'], env, passphrase }, opened);
  const added = must(
    await addReadyDesktop({ guestsFolder: join(mountPoint, 'guests'), name: 'Desk', ramBytes: 768 * MiB }),
  );
  await soulpadOk({ args: ['vault', 'close'], env }, z.unknown());
  const guest = added.id;
  return { ...desk, guest, timeline: () => timelineOf({ desk, secret: passphrase, guest }) };
}

/** Of the vault in which the witness ran last: one that was lost has left its empty folder here. */
function serialSocketIn(root: string): string {
  const [newest] = readdirSync(root)
    .map((vault) => join(root, vault, 'witness'))
    .filter((folder) => existsSync(folder))
    .map((folder) => ({ folder, changedMs: statSync(folder).mtimeMs }))
    .sort((one, other) => other.changedMs - one.changedMs);
  return join(newest?.folder ?? join(root, 'no-vault-here', 'witness'), 'serial.sock');
}
