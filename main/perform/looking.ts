// Looks for vaults and says what there is: none, closed ones, or one that is open already (after a crash of the kiosk, or
// opened by the CLI). An open one is adopted, and a guest that still runs in it is found: it is shown again, never woken twice.
import { ok, type Result } from '../../preload/contract/result';
import type { Event, Inside, Running, VaultChoice } from '../flow/state';
import type { OpenVault, Vaults } from '../vault/vault';
import { type ChosenVault, cardOf, type Offered } from './chosen-vault';
import type { Guests, RunningGuest } from './parts';

export async function lookForVault(about: {
  readonly chosen: ChosenVault;
  readonly vaults: Vaults;
  readonly guests: Guests;
}): Promise<Event<OpenVault, RunningGuest>> {
  const { chosen, vaults, guests } = about;
  const looked = await chosen.look();
  if (!looked.ok) return { is: 'lookFailed', fault: looked.fault };
  const [only, other] = looked.value;
  if (only === undefined) return { is: 'foundNothing' };
  if (other === undefined && !only.facts.ok) return { is: 'lookFailed', fault: only.facts.fault };
  const last = chosen.lastUsed();
  const proposed = other === undefined ? only : last;
  if (proposed !== null) chosen.choose(proposed.id);
  const closed = { is: 'foundVault', ...(other === undefined ? {} : choiceOf(looked.value, last)) } as const;
  const open = [...(last === null ? [] : [last]), ...looked.value].find(isOpen);
  if (open === undefined) return closed;
  chosen.choose(open.id);
  const vault = await vaults.adopt({ home: open.home, program: 'kiosk' });
  // It closed between the two questions: then it is a closed one.
  if (!vault.ok && vault.fault.code === 'missingVault') return closed;
  if (!vault.ok) return { is: 'lookFailed', fault: vault.fault };
  const entered = await enter({ vault: vault.value, guests, plainPassphraseFile: false });
  if (entered.ok) return { is: 'foundOpen', ...entered.value };
  vault.value.detach();
  return { is: 'lookFailed', fault: entered.fault };
}

function isOpen({ facts }: Offered): boolean {
  return facts.ok && facts.value.state === 'open';
}

function choiceOf(offered: readonly Offered[], last: Offered | null): { readonly choice: VaultChoice } {
  return { choice: { vaults: offered.map(cardOf), chosen: last?.id ?? null } };
}

/** What an open vault holds, and which guest runs in it. */
export async function enter(about: {
  readonly vault: OpenVault;
  readonly guests: Guests;
  readonly plainPassphraseFile: boolean;
}): Promise<Result<{ inside: Inside<OpenVault>; running: Running<RunningGuest> | null }>> {
  const { vault, guests, plainPassphraseFile } = about;
  const cards = await guests.cards(vault);
  if (!cards.ok) return cards;
  const inside = { vault, guests: cards.value, plainPassphraseFile };
  const guest = await guests.running(vault);
  if (!guest.ok) return guest;
  if (guest.value === null) return ok({ inside, running: null });
  const running = await describeRunning(guest.value);
  return running.ok ? ok({ inside, running: running.value }) : running;
}

/** What the flow needs to know of a guest that runs. */
export async function describeRunning(guest: RunningGuest): Promise<Result<Running<RunningGuest>>> {
  const status = await guest.status();
  if (!status.ok) return status;
  const { id, name, since, starting, lastGenerationAt, space } = status.value;
  return ok({
    guest,
    card: {
      ...{ id, name, suspendedAt: lastGenerationAt },
      ...{ hasPicture: false, state: 'running', bytes: null },
    },
    ...{ since: since ?? '', starting },
    spaceLeft: space?.low ? space.free : null,
    returnsTo: lastGenerationAt,
  });
}
