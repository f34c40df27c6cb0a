/* See disk.h. O_DIRECT throughout: the guest's own page cache, being RAM, would answer for the disk. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "keys.h"
#include "machine.h"
#include "serial.h"

#define RUN_BYTES (64 << 10)
#define RUN_BLOCKS (RUN_BYTES / UNIT_BYTES)

static _Alignas(UNIT_BYTES) uint8_t buffer[RUN_BYTES];

static off_t offset_of(const struct disk *disk, uint32_t block) {
  return (off_t)(block / RUN_BLOCKS * disk->stride + (uint64_t)(block % RUN_BLOCKS) * UNIT_BYTES);
}

static void write_block(struct disk *disk, uint32_t block) {
  pattern_write(buffer, ledger_origin(&disk->ledger, block));
  if (pwrite(disk->file, buffer, UNIT_BYTES, offset_of(disk, block)) == UNIT_BYTES) return;
  serial_say("D disk block %u cannot be written: %s\n", block, strerror(errno));
  disk->failed = true;
}

static void flush(struct disk *disk) {
  if (disk->file < 0 || fdatasync(disk->file) == 0) return;
  serial_say("D disk cannot be flushed: %s\n", strerror(errno));
  disk->failed = true;
}

void disk_open(struct disk *disk, uint64_t blocks) {
  uint64_t bytes = 0;
  disk->failed = false;
  disk->file = open("/dev/vda", O_RDWR | O_DIRECT | O_CLOEXEC);
  if (disk->file < 0 && errno != ENOENT) machine_fail("/dev/vda");
  if (disk->file >= 0 && ioctl(disk->file, BLKGETSIZE64, &bytes) < 0) machine_fail("size of /dev/vda");
  uint64_t runs = (blocks + RUN_BLOCKS - 1) / RUN_BLOCKS;
  if (runs > bytes / RUN_BYTES) runs = bytes / RUN_BYTES;
  if (blocks > runs * RUN_BLOCKS) blocks = runs * RUN_BLOCKS;
  disk->stride = runs ? bytes / runs / RUN_BYTES * RUN_BYTES : 0;
  ledger_open(&disk->ledger, MARK_DISK, (uint32_t)blocks);
  for (uint32_t i = 0; i < disk->ledger.count; i++) write_block(disk, i);
  flush(disk);
}

bool disk_verify(struct disk *disk) {
  uint32_t bad = 0, first = 0, count = disk->ledger.count;
  for (uint32_t start = 0; start < count; start += RUN_BLOCKS) {
    uint32_t blocks = count - start < RUN_BLOCKS ? count - start : RUN_BLOCKS;
    ssize_t length = (ssize_t)blocks * UNIT_BYTES;
    keys_look(0);
    if (pread(disk->file, buffer, (size_t)length, offset_of(disk, start)) != length) {
      serial_say("D disk block %u cannot be read: %s\n", start, strerror(errno));
      disk->failed = true;
      continue;
    }
    for (uint32_t i = 0; i < blocks; i++) {
      if (pattern_matches(buffer + i * UNIT_BYTES, ledger_origin(&disk->ledger, start + i))) continue;
      if (bad++ == 0) first = start + i;
    }
  }
  if (bad) serial_say("D disk %u blocks wrong, first %u\n", bad, first);
  return bad == 0 && !disk->failed;
}

void disk_rewrite(struct disk *disk, uint32_t tick, uint32_t count) {
  if (disk->ledger.count == 0) return;
  while (count-- > 0) {
    uint32_t i = (uint32_t)(machine_random() % disk->ledger.count);
    ledger_record(&disk->ledger, i, tick);
    write_block(disk, i);
  }
  flush(disk);
}
