// Puts soulpadd together: whose vaults, which folders, which socket.
import { execFileSync } from 'node:child_process';
import { z } from 'zod';
import type { Result } from '../../preload/contract/result';
import { soulpaddVerbs } from '../../preload/contract/soulpadd';
import { soulpaddSocket } from '../vault/luks2/mounting';
import type { Costs } from '../vault/luks2/volume';
import { soulpaddAnswers } from './answers';
import { announceKeepers } from './keepers';
import { type SoulpaddServer, serveSoulpadd } from './serve';

export interface SoulpaddStart {
  /** The one user who may connect, besides root; every vault is theirs. */
  readonly user: string;
  /** Where its socket and its mount points are. */
  readonly folder: string;
  /** Folders whose `*.luks` files are disks too. */
  readonly images: readonly string[];
  /** The user that keepers run as; null: they are programs of `user`, and not started here. */
  readonly keepers: string | null;
  readonly testOnlyCosts?: Costs;
}

/** Throws when there is no such user. Faults: those of serveSoulpadd. */
export async function startSoulpadd(about: SoulpaddStart): Promise<Result<SoulpaddServer>> {
  const { user, folder, images, keepers, testOnlyCosts } = about;
  process.umask(0o077);
  execFileSync('prlimit', ['--core=0:0', '--pid', `${process.pid}`]);
  const userId = idOf('-u', user);
  const groupId = idOf('-g', user);
  const places = { sys: '/sys', dev: '/dev', images, userId };
  const costs = testOnlyCosts === undefined ? {} : { testOnlyCosts };
  // First: from the first moment that it answers, no keeper is started as its person.
  if (keepers !== null) announceKeepers(folder, idOf('-u', keepers));
  return serveSoulpadd({
    path: soulpaddSocket(folder),
    groupId: userId === process.getuid?.() ? null : groupId,
    verbs: soulpaddVerbs,
    answers: soulpaddAnswers({
      places,
      root: folder,
      userId,
      groupId,
      startsKeepers: keepers !== null,
      ...costs,
    }),
  });
}

function idOf(which: '-u' | '-g', user: string): number {
  const said = execFileSync('id', [which, '--', user], { encoding: 'utf8' });
  return z.coerce.number().int().nonnegative().parse(said);
}
