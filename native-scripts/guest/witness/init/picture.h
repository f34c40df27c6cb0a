/* What a person sees on the guest's screen: who this is, that it counts, whether all is well, what was typed. */
#ifndef WITNESS_PICTURE_H
#define WITNESS_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

struct state {
  uint64_t nonce;
  uint32_t n;
  bool ram_ok, disk_ok;
  uint32_t pages, blocks;
};

/* Clears the screen and draws what does not change. */
void picture_open(uint64_t nonce);
void picture_draw(const struct state *state);
void picture_key(unsigned code);
void picture_off(void);

#endif
