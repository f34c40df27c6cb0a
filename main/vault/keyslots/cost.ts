// What Argon2id costs, pinned: the smallest PC must open what the biggest formatted, and a keyslots.json that somebody
// edited must not talk us into a cheaper guess (downgrade) or into eating the PC's memory. Pure.
import type { KeyslotKind } from '../vault';

export interface KdfCost {
  readonly memoryKiB: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** The one place. A passphrase, also with a key file: 256 MiB, 4 passes, 1 lane, about 0.8 s. Key file and recovery key have full entropy: next to nothing. */
export const pinnedCosts: Readonly<Record<KeyslotKind, KdfCost>> = {
  passphrase: { memoryKiB: 256 * 1024, iterations: 4, parallelism: 1 },
  keyUsb: { memoryKiB: 8 * 1024, iterations: 1, parallelism: 1 },
  both: { memoryKiB: 256 * 1024, iterations: 4, parallelism: 1 },
  recovery: { memoryKiB: 8 * 1024, iterations: 1, parallelism: 1 },
};

const ceiling: KdfCost = { memoryKiB: 1024 * 1024, iterations: 16, parallelism: 4 };

/** Null when the cost may be used, else the reason it is refused. `floor`: the pinned cost. */
export function refuseCost(cost: KdfCost, floor: KdfCost): string | null {
  for (const part of ['memoryKiB', 'iterations', 'parallelism'] as const) {
    if (cost[part] < floor[part])
      return `KDF downgraded: ${part} is ${cost[part]}, at least ${floor[part]} is pinned`;
    if (cost[part] > ceiling[part])
      return `KDF cost is absurd: ${part} is ${cost[part]}, at most ${ceiling[part]}`;
  }
  return null;
}
