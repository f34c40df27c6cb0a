/* What a test of memory fills a PC with, so that it can look for it afterwards. Never in the product.
 * Usage: burden say SEED                         the mark itself, on stdout (a passphrase for the next program)
 *        burden memory SEED MIB                  a process that holds that much of the mark
 *        burden file SEED MIB PATH               writes it, through the page cache, then holds the file open
 *        burden hard SEED MIB PATH               the same without end, fsyncing every 64 MiB
 *        burden save SEED MIB PATH               says BEGIN, writes it, fsyncs and says END, on stdout
 *
 * The mark is the seed's 16 letters, each with its lowest bit turned: argument lists and scripts, which hold the seed,
 * are not found when the mark is searched. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { mark_bytes = 16, mebi = 1 << 20 };

static char *filled(const char *seed, size_t bytes) {
  char *all = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) exit(71);
  for (size_t at = 0; at < bytes; at++) all[at] = (char)(seed[at % mark_bytes] ^ 1);
  return all;
}

static void put(int file, const char *from, size_t bytes) {
  while (bytes > 0) {
    ssize_t done = write(file, from, bytes);
    if (done <= 0) exit(74);
    from += done;
    bytes -= (size_t)done;
  }
}

int main(int count, char **words) {
  if (count < 3 || strlen(words[2]) != mark_bytes) return 64;
  const char *what = words[1], *seed = words[2];
  if (strcmp(what, "say") == 0) {
    put(1, filled(seed, mark_bytes), mark_bytes);
    return 0;
  }
  size_t mib = count > 3 ? (size_t)atoi(words[3]) : 0;
  if (strcmp(what, "memory") == 0) {
    filled(seed, mib * mebi);
    puts("READY");
    fflush(stdout);
    for (;;) pause();
  }
  if (count < 5) return 64;
  char *piece = filled(seed, mebi);
  int file = open(words[4], O_CREAT | O_TRUNC | O_RDWR, 0600);
  if (file < 0) return 73;
  if (strcmp(what, "save") == 0) puts("BEGIN");
  fflush(stdout);
  do {
    lseek(file, 0, SEEK_SET);
    for (size_t done = 0; done < mib; done++) {
      put(file, piece, mebi);
      if (strcmp(what, "hard") == 0 && done % 64 == 63) fsync(file);
    }
  } while (strcmp(what, "hard") == 0);
  if (strcmp(what, "save") == 0 && fsync(file) == 0) puts("END");
  if (strcmp(what, "file") == 0) puts("READY");
  fflush(stdout);
  for (;;) pause();
}
