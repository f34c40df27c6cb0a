/* See ledger.h. The checksum is a sum of mixed entries, so that recording one costs no walk over all. */
#include "ledger.h"

#include <stdlib.h>

#include "machine.h"

static uint64_t entry(const struct ledger *ledger, uint32_t index, uint32_t tick) {
  return mix(ledger->seed + ((uint64_t)tick << 32 | index));
}

void ledger_open(struct ledger *ledger, const char *mark, uint32_t count) {
  ledger->mark = mark;
  ledger->seed = machine_random();
  ledger->count = count;
  ledger->sum = 0;
  ledger->tick = calloc(count ? count : 1, sizeof *ledger->tick);
  if (!ledger->tick) machine_fail("no memory for a ledger");
  for (uint32_t i = 0; i < count; i++) ledger->sum += entry(ledger, i, 0);
}

void ledger_record(struct ledger *ledger, uint32_t index, uint32_t tick) {
  ledger->sum += entry(ledger, index, tick) - entry(ledger, index, ledger->tick[index]);
  ledger->tick[index] = tick;
}

struct origin ledger_origin(const struct ledger *ledger, uint32_t index) {
  return (struct origin){ledger->mark, ledger->seed, index, ledger->tick[index]};
}

bool ledger_intact(const struct ledger *ledger, uint32_t newest) {
  uint64_t sum = 0;
  uint32_t last = 0;
  for (uint32_t i = 0; i < ledger->count; i++) {
    sum += entry(ledger, i, ledger->tick[i]);
    if (ledger->tick[i] > last) last = ledger->tick[i];
  }
  return sum == ledger->sum && (ledger->count == 0 || last == newest);
}
