// Which of a place's vaults the story is about: the only one, the one used last, or the one that the person chose. It holds
// paths and names, never a secret; what is asked of a vault is asked of this one's home. Ids are made at each look.
import type { Result } from '../../preload/contract/result';
import { ok } from '../../preload/contract/result';
import type { VaultCard } from '../../preload/contract/vaults';
import { markOf, type VaultSeen } from '../vault/survey';

export interface Offered extends VaultSeen {
  readonly id: string;
}

export interface ChosenVault {
  /** Of the vault that was chosen; until one is, where the first one is to be made. */
  home(): string;
  /** Looks at every vault that is here now. Faults: denied, io. */
  look(): Promise<Result<readonly Offered[]>>;
  /** From now on `home` is this one's; false: it was not there at the last look. */
  choose(id: string): boolean;
  /** Of those, the one that was used last and can be opened. */
  lastUsed(): Offered | null;
  /** It was opened. */
  opened(): void;
}

/** What is kept of the vault that was used last: a uuid. */
export interface VaultMemory {
  lastVault(): string | null;
  usedVault(uuid: string): void;
}

export function chosenVault(about: {
  readonly place: string;
  readonly survey: () => Promise<Result<readonly VaultSeen[]>>;
  readonly memory: VaultMemory;
}): ChosenVault {
  const { place, memory } = about;
  let offered: readonly Offered[] = [];
  let chosen: Pick<VaultSeen, 'home'> = { home: place };
  const byHome = (): Offered | undefined => offered.find(({ home }) => home === chosen.home);
  return {
    home: () => chosen.home,
    look: async () => {
      const seen = await about.survey();
      if (!seen.ok) return seen;
      offered = seen.value.map((each, index) => ({ ...each, id: `v${index}` }));
      if (byHome() === undefined) chosen = { home: place };
      return ok(offered);
    },
    choose: (id) => {
      const found = offered.find((each) => each.id === id);
      if (found !== undefined) chosen = found;
      return found !== undefined;
    },
    lastUsed: () => {
      const last = memory.lastVault();
      return offered.find(({ uuid, facts }) => uuid !== null && uuid === last && facts.ok) ?? null;
    },
    opened: () => {
      const uuid = byHome()?.uuid ?? null;
      if (offered.length > 1 && uuid !== null) memory.usedVault(uuid);
    },
  };
}

/** Signs that change the order in which letters are drawn (UAX #9): a planted name could pass for another one with them. */
const reordering = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function cardOf({ id, name: given, uuid, kind, facts }: Offered): VaultCard {
  const name = given?.replace(reordering, '') ?? null;
  const mark = uuid === null ? null : markOf(uuid);
  return { id, name, mark, kind, fault: facts.ok ? null : facts.fault };
}
