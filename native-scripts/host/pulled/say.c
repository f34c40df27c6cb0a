/* The watchdog's one line at a time, in the kernel's log: it is the only place that needs no disk and no process. A test
 * reads the times from the serial console. It must never be given a secret, a key or a file's content. */
#include "pulled.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int log_fd = -1;
static struct timespec pulled_at;

void say_open(void) {
  log_fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
  clock_gettime(CLOCK_MONOTONIC, &pulled_at);
}

void say_pulled_now(void) { clock_gettime(CLOCK_MONOTONIC, &pulled_at); }

void say(const char *what, const char *name) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  long ms = (now.tv_sec - pulled_at.tv_sec) * 1000 + (now.tv_nsec - pulled_at.tv_nsec) / 1000000;
  char line[160];
  int length = snprintf(line, sizeof line, "<4>soulpad: %s%s%s (%ld ms)\n", what, name[0] ? " " : "", name, ms);
  if (length > (int)sizeof line - 1) length = sizeof line - 1;
  if (log_fd >= 0 && write(log_fd, line, (size_t)length) < 0) return; /* a full log is no reason to stop */
}
