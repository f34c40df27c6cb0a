/* PID 1 of the witness guest: a machine that knows whether it was resumed rightly. It keeps a random nonce and the
 * memory of all its writes in RAM only, verifies every page and every block of them each tick, and says so on the
 * serial console (serial.h). It must never say ok of anything it did not read in this tick (`witness.slice` lets it
 * read fewer pages, and say how many), never write its nonce to the disk, and never forgive: one wrong page or block
 * and it says bad until it is powered off. */
#include <sys/mman.h>

#include "disk.h"
#include "keys.h"
#include "machine.h"
#include "memory.h"
#include "picture.h"
#include "serial.h"

#define BLOCKS_A_TICK 8

static struct memory memory;
static struct disk disk;
static struct state state = {.ram_ok = true, .disk_ok = true};
/* A second word about (nonce, n): they lie in a page of RAM like everything else. */
static uint64_t seal;
/* Benches alone set these: milliseconds of a tick for verifying pages (0: all of them each tick), pages written anew. */
static int64_t slice;
static uint32_t rewrites;

static uint64_t seal_of(const struct state *about) { return mix(about->nonce ^ mix(about->n)); }

/* First everything is verified, then some of it is written anew: a fault must not be written over unseen. */
static void tick(void) {
  uint32_t last = state.n;
  bool tables = ledger_intact(&memory.ledger, last) && ledger_intact(&disk.ledger, last) && seal == seal_of(&state);
  if (!tables) serial_say("D ram the witness's own tables are of two times\n");
  state.ram_ok = memory_verify(&memory, slice, &state.pages) && tables && state.ram_ok;
  state.disk_ok = disk_verify(&disk) && state.disk_ok;
  state.n = last + 1;
  seal = seal_of(&state);
  memory_rewrite(&memory, state.n, rewrites);
  disk_rewrite(&disk, state.n, BLOCKS_A_TICK);
  serial_say("W1 nonce=%016llx n=%u ram=%s/%u disk=%s/%u\n", (unsigned long long)state.nonce, state.n,
             state.ram_ok ? "ok" : "bad", state.pages, state.disk_ok ? "ok" : "bad", state.blocks);
  picture_draw(&state);
}

int main(void) {
  machine_open();
  keys_open();
  state.nonce = machine_random();
  seal = seal_of(&state);
  picture_open(state.nonce);
  disk_open(&disk, machine_option("witness.blocks", 512));
  memory_open(&memory, machine_option("witness.fill", 0));
  state.blocks = disk.ledger.count;
  if (mlockall(MCL_CURRENT) < 0) machine_fail("mlockall");

  slice = (int64_t)machine_option("witness.slice", 0);
  rewrites = (uint32_t)machine_option("witness.rewrite", 64);
  int64_t period = (int64_t)machine_option("witness.tick", 500);
  for (;;) {
    int64_t next = machine_now() + period;
    tick();
    for (int64_t left; (left = next - machine_now()) > 0;) keys_look((int)left);
  }
}
