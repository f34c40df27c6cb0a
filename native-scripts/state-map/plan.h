/* The plan file: what the engine orders (main/guest/lazy-plan.ts writes it) and what the library reports back. One
 * file in the guest's runtime folder, native byte order, never saved: both sides run on the same PC at the same time.
 * It holds page numbers only, nothing of what the pages hold. */
#ifndef STATE_MAP_PLAN_H
#define STATE_MAP_PLAN_H

#include <stdint.h>

#define PLAN_MAGIC 0x3130504d44504153ull /* "SAPDMP01" */
#define PLAN_PAGE 4096ull
#define PLAN_MAX_SOURCES 256

enum plan_way {
  PLAN_MAP = 0,  /* private mapping of the source's pages */
  PLAN_COPY = 1, /* read now into anonymous memory: more mappings than the kernel allows */
  PLAN_ZERO = 2, /* anonymous zero pages over what lies below */
};

struct plan_head {
  uint64_t magic;
  uint64_t ram_bytes;
  /* The file that QEMU is given as its RAM. It is empty and is never mapped: it only says which mapping is meant. */
  uint64_t key_device, key_inode;
  uint64_t sources, runs;
  /* Written by the library. */
  uint64_t mapped_at;  /* address of the RAM, 0 until it is mapped */
  uint64_t lost_at;    /* 1 + byte offset of a page that could not be read, 0 as long as all could be */
  uint64_t discarded;  /* bytes that the guest gave back, counted */
};

/* Behind the head: `sources` of these, then `runs` of those. Later runs lie over earlier ones. */
struct plan_source {
  uint64_t descriptor; /* inherited, opened for reading only */
};

struct plan_run {
  uint64_t page, pages;             /* in the guest's RAM */
  uint64_t source_page;             /* in the source */
  uint32_t source, way;
};

#endif
