/* The region of RAM that the witness fills and watches: every page is derived, every page is verified each tick. */
#ifndef WITNESS_MEMORY_H
#define WITNESS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger.h"

struct memory {
  uint8_t *pages;
  struct ledger ledger;
};

/* Fills `bytes` of RAM (rounded down to pages), 0: all that is free but a margin. */
void memory_open(struct memory *memory, uint64_t bytes);

/* Compares every page with what the ledger says; true when all are right. */
bool memory_verify(const struct memory *memory);

/* Writes `count` pages, chosen at random, anew. */
void memory_rewrite(struct memory *memory, uint32_t tick, uint32_t count);

#endif
