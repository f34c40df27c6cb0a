/* See pattern.h. Word 0 is the mark, word 1 names index and tick in clear (for a person with a hex dump), the other
 * 510 words are a Weyl sequence through one multiplication. */
#include "pattern.h"

#include <string.h>

#define WORDS (UNIT_BYTES / sizeof(uint64_t))

uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
  return value ^ (value >> 31);
}

static uint64_t mark_of(struct origin origin) {
  uint64_t word;
  memcpy(&word, origin.mark, sizeof word);
  return word;
}

static uint64_t place_of(struct origin origin) { return (uint64_t)origin.tick << 32 | origin.index; }

static uint64_t next(uint64_t *state) {
  *state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t word = *state * UINT64_C(0xd1342543de82ef95);
  return word ^ (word >> 32);
}

void pattern_write(void *unit, struct origin origin) {
  uint64_t *words = unit;
  uint64_t state = mix(origin.seed ^ mix(place_of(origin)));
  words[0] = mark_of(origin);
  words[1] = place_of(origin);
  for (unsigned i = 2; i < WORDS; i++) words[i] = next(&state);
}

bool pattern_matches(const void *unit, struct origin origin) {
  const uint64_t *words = unit;
  uint64_t state = mix(origin.seed ^ mix(place_of(origin)));
  uint64_t difference = (words[0] ^ mark_of(origin)) | (words[1] ^ place_of(origin));
  for (unsigned i = 2; i < WORDS; i++) difference |= words[i] ^ next(&state);
  return difference == 0;
}
