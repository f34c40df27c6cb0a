/* See memory.h. Keys are looked after between stretches of pages: a tick is long under software emulation. */
#include "memory.h"

#include <stddef.h>
#include <sys/mman.h>

#include "keys.h"
#include "machine.h"
#include "serial.h"

/* What the kernel and our own tables may still need after the fill. */
#define MARGIN_BYTES (UINT64_C(10) << 20)
#define PAGES_BETWEEN_LOOKS 1024
#define STRETCH_PAGES 64

void memory_open(struct memory *memory, uint64_t bytes) {
  uint64_t most = machine_free_bytes();
  most = most > MARGIN_BYTES ? most - MARGIN_BYTES : UNIT_BYTES;
  if (bytes == 0 || bytes > most) bytes = most;
  uint32_t count = (uint32_t)(bytes / UNIT_BYTES);
  memory->pages = mmap(NULL, (size_t)count * UNIT_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory->pages == MAP_FAILED) machine_fail("no memory for the pages");
  ledger_open(&memory->ledger, MARK_RAM, count);
  for (uint32_t i = 0; i < count; i++) {
    pattern_write(memory->pages + (size_t)i * UNIT_BYTES, ledger_origin(&memory->ledger, i));
  }
}

bool memory_verify(struct memory *memory, int64_t milliseconds, uint32_t *compared) {
  uint32_t bad = 0, first = 0, done = 0;
  int64_t until = machine_now() + milliseconds;
  for (; done < memory->ledger.count; done++) {
    if (done % PAGES_BETWEEN_LOOKS == 0) keys_look(0);
    if (milliseconds && done && done % STRETCH_PAGES == 0 && machine_now() >= until) break;
    uint32_t i = memory->next;
    memory->next = i + 1 == memory->ledger.count ? 0 : i + 1;
    if (pattern_matches(memory->pages + (size_t)i * UNIT_BYTES, ledger_origin(&memory->ledger, i))) continue;
    if (bad++ == 0) first = i;
  }
  *compared = done;
  if (bad) serial_say("D ram %u pages wrong, first %u\n", bad, first);
  return bad == 0;
}

void memory_rewrite(struct memory *memory, uint32_t tick, uint32_t count) {
  while (count-- > 0) {
    uint32_t i = (uint32_t)(machine_random() % memory->ledger.count);
    ledger_record(&memory->ledger, i, tick);
    pattern_write(memory->pages + (size_t)i * UNIT_BYTES, ledger_origin(&memory->ledger, i));
  }
}
