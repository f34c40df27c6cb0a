/* The region of RAM that the witness fills and watches: every page is derived, every page is verified each tick. */
#ifndef WITNESS_MEMORY_H
#define WITNESS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger.h"

struct memory {
  uint8_t *pages;
  struct ledger ledger;
  uint32_t next; /* the page at which the next verification goes on */
};

/* Fills `bytes` of RAM (rounded down to pages), 0: all that is free but a margin. */
void memory_open(struct memory *memory, uint64_t bytes);

/* Compares pages with what the ledger says, from the one after the last compared: all of them, or as many as
 * `milliseconds` allow, at least a stretch (0: no limit). Puts into `compared` how many; true when they are right. */
bool memory_verify(struct memory *memory, int64_t milliseconds, uint32_t *compared);

/* Writes `count` pages, chosen at random, anew. */
void memory_rewrite(struct memory *memory, uint32_t tick, uint32_t count);

#endif
