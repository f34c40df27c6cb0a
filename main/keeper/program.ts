// The keeper as a process: arguments in (paths and ids only), one line on the startup pipe, then it lives as long as
// its guest. A bug that throws ends this process like a kill would: QEMU lives on and the next keeper takes it over.
import { closeSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { engineChoiceSchema, guestIdSchema } from '../../preload/contract/keeper';
import { openLog } from '../files/log';
import type { OnStep } from '../generation/protocol';
import { type KeeperOrder, startKeeper } from './keeper';
import { guestFiles } from './places';
import type { Startup } from './spawn';

const startupPipe = 3;

const argumentsSchema = z.object({
  guest: guestIdSchema,
  guests: z.string().startsWith('/'),
  runtime: z.string().startsWith('/'),
  owner: z.string().startsWith('/'),
  engine: engineChoiceSchema,
  'adopt-only': z.boolean().default(false),
});

function readOrder(): KeeperOrder {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{ guest: text, guests: text, runtime: text, owner: text, engine: text },
      'adopt-only': { type: 'boolean' },
    },
  });
  const read = argumentsSchema.parse(values);
  return {
    places: { runtimeFolder: read.runtime, guestsFolder: read.guests, ownerSocket: read.owner },
    guestId: read.guest,
    engine: read.engine,
    adoptOnly: read['adopt-only'],
  };
}

function say(startup: Startup): void {
  try {
    writeSync(startupPipe, `${JSON.stringify(startup)}\n`);
    closeSync(startupPipe);
  } catch {
    // Whoever started us is gone: a guest that was adopted still needs its keeper.
  }
}

/** Runs to the end of the guest and exits. `onStep`: fault tests cut a suspend there. */
export async function runProgram(about: { readonly onStep?: OnStep } = {}): Promise<void> {
  process.umask(0o077);
  const order = readOrder();
  const log = openLog(guestFiles(order.places, order.guestId).log);
  process.on('uncaughtException', (error) => {
    log.say(`bug: ${error.stack ?? error.message}`);
    process.exit(70);
  });
  // A hang-up of the terminal that started us is not the guest's end.
  process.on('SIGHUP', () => {});
  process.on('SIGINT', () => {});
  const started = await startKeeper(order, { ...about, log });
  if (!started.ok) {
    log.fault(started.fault);
    say({ ready: false, fault: started.fault });
    process.exit(1);
  }
  if (started.value.is === 'finished') {
    say({ ready: true, ended: started.value.ended });
    process.exit(0);
  }
  const { keeper } = started.value;
  // The PC is being switched off or the person logged out; if saving fails the guest goes on while it can.
  process.on('SIGTERM', keeper.leave);
  say({ ready: true, ended: null });
  const ended = await keeper.done;
  process.exit(ended.why === 'died' ? 1 : 0);
}
