/* What a page of RAM or a block of disk must hold, as a pure function of (mark, seed, index, tick). Every one of its
 * 4096 bytes is derived, so a single flipped bit, a page of another place and a page of another time all differ.
 * Not cryptography: it has to be quick under software emulation and to compress badly. */
#ifndef WITNESS_PATTERN_H
#define WITNESS_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#define UNIT_BYTES 4096

/* The first eight bytes of every page and block, so that a test can find one to damage. */
#define MARK_RAM "SoulRAM1"
#define MARK_DISK "SoulDSK1"

struct origin {
  const char *mark;
  uint64_t seed;
  uint32_t index;
  uint32_t tick;
};

/* The finisher of splitmix64: every input bit reaches every output bit. */
uint64_t mix(uint64_t value);

void pattern_write(void *unit, struct origin origin);
bool pattern_matches(const void *unit, struct origin origin);

#endif
