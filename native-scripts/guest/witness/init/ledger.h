/* What the witness remembers of its own writes: for each page or block, the tick that wrote it last. The memory is
 * itself under suspicion (a restore may mix two generations' pages of it), so it keeps a checksum of all entries and
 * checks that its newest entry is of the last tick. */
#ifndef WITNESS_LEDGER_H
#define WITNESS_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "pattern.h"

struct ledger {
  const char *mark;
  uint64_t seed;
  uint32_t count;
  uint32_t *tick;
  uint64_t sum;
};

/* Room for `count` entries, all of tick 0, with a seed of its own from the kernel. Ends the guest when it cannot. */
void ledger_open(struct ledger *ledger, const char *mark, uint32_t count);

/* Entry `index` was written in `tick`. */
void ledger_record(struct ledger *ledger, uint32_t index, uint32_t tick);

/* What unit `index` must hold now. */
struct origin ledger_origin(const struct ledger *ledger, uint32_t index);

/* Every entry is as recorded, and the newest is of `newest` (an empty ledger is always intact). */
bool ledger_intact(const struct ledger *ledger, uint32_t newest);

#endif
