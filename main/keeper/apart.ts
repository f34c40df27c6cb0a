// Keepers apart from their person: on the stick keeper and QEMU run as a user of their own, so that a guest which breaks
// out of QEMU has neither screen nor keys nor the person's files. soulpadd starts them there, and says so by a file of
// root's. Where it is not there, everywhere else, a keeper is a program of the person's.

import { join } from 'node:path';
import type { EngineChoice } from '../../preload/contract/keeper';
import { fail, type Result } from '../../preload/contract/result';
import { keeperUserFile, keeperUserSchema, soulpaddVerbs } from '../../preload/contract/soulpadd';
import type { ReplyOf } from '../../preload/contract/verbs';
import { readRecord } from '../files/bounded';
import { askWithSecrets } from '../socket/ask-with-secrets';
import { soulpaddFolder, soulpaddSocket } from '../vault/luks2/mounting';

const stage = 'keeper.start';
/** Longer than soulpadd waits for the keeper's word. */
const timeoutMs = 150_000;

/** The user that keepers run as; null: this one, as for every other program of ours. */
export async function keeperUserId(): Promise<number | null> {
  const path = join(soulpaddFolder(), keeperUserFile);
  const read = await readRecord({ path, schema: keeperUserSchema, damaged: 'io', stage });
  return read.ok ? read.value.userId : null;
}

/** What the keeper said, or how it ended without a word. Faults: denied (no vault of soulpadd's), and soulpadd's. */
export async function startApart(about: {
  readonly guestsFolder: string;
  readonly guestId: string;
  readonly engine: EngineChoice;
  readonly adoptOnly: boolean;
}): Promise<Result<ReplyOf<typeof soulpaddVerbs, 'startKeeper'>>> {
  const { guestId, engine, adoptOnly } = about;
  const vault = vaultOf(about.guestsFolder);
  if (vault === null) {
    const message = 'here a guest runs as a user of its own, which can be shown a LUKS2 vault only';
    return fail({ code: 'denied', stage, message });
  }
  const request = { vault, guest: guestId, engine, adoptOnly };
  const path = soulpaddSocket();
  return askWithSecrets({ path, stage, verbs: soulpaddVerbs, verb: 'startKeeper', request, timeoutMs });
}

/** The uuid in <soulpadd's folder>/mounts/<uuid>/guests. */
function vaultOf(guestsFolder: string): string | null {
  const before = join(soulpaddFolder(), 'mounts/');
  if (!guestsFolder.startsWith(before)) return null;
  return /^([0-9a-f-]{36})\/guests$/.exec(guestsFolder.slice(before.length))?.[1] ?? null;
}
