/* The disk and what the witness remembers having written to it. The blocks lie in runs of 64 KiB, a qcow2 cluster,
 * and the runs are spread over the whole disk: a session's layer stays small, and most writes change one part of a
 * cluster whose neighbours must come from the layer below. */
#ifndef WITNESS_DISK_H
#define WITNESS_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger.h"

struct disk {
  int file;
  uint64_t stride;
  struct ledger ledger;
  bool failed; /* the device refused a read, a write or a flush */
};

/* Writes `blocks` blocks to /dev/vda (fewer when it is too small; none when there is no disk). */
void disk_open(struct disk *disk, uint64_t blocks);

/* Reads every block from the device, past the page cache; true when all are right. */
bool disk_verify(struct disk *disk);

/* Writes `count` blocks, chosen at random, anew and flushes the device's cache. */
void disk_rewrite(struct disk *disk, uint32_t tick, uint32_t count);

#endif
