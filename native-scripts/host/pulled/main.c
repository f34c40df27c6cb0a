/* The watchdog of the stick: waits, locked into RAM and before all other programs in turn, until the disk we booted from
 * is gone; then the vault's key, the processes and everything they left in memory go, and the PC is off within seconds.
 * Usage: pulled DISK [-k CGROUP]... [-e FOLDER]...   -k: killed as a whole; -e: a folder on tmpfs, emptied
 *
 * Order, and why: the hard timer first, nothing may outlive it; the keys before the processes, they are the secret that
 * opens the rest; processes before caches, a page in use cannot be dropped. Statically linked, everything opened and
 * every thread started while the stick is there. It must never read a file of the stick or start a program after that,
 * never write to any disk, and never act while the stick is there. */
#include "pulled.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { most_names = 8, keys_patience_ms = 1500 };

static int refuse(const char *what) {
  fprintf(stderr, "pulled: %s: %s\n", what, strerror(errno));
  return 71;
}

/* sd_notify(3) without its library: systemd counts us as started only when everything is open. */
static void tell_ready(void) {
  const char *path = getenv("NOTIFY_SOCKET");
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  if (path == NULL || strlen(path) >= sizeof to.sun_path) return;
  strcpy(to.sun_path, path);
  socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
  if (to.sun_path[0] == '@') to.sun_path[0] = '\0';
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0) sendto(fd, "READY=1", 7, 0, (struct sockaddr *)&to, length);
  if (fd >= 0) close(fd);
}

int main(int count, char **words) {
  const char *cgroups[most_names + 1] = {NULL}, *folders[most_names + 1] = {NULL};
  int cgroup_count = 0, folder_count = 0, option;
  while ((option = getopt(count, words, "k:e:")) != -1) {
    if (option == 'k' && cgroup_count < most_names) cgroups[cgroup_count++] = optarg;
    else if (option == 'e' && folder_count < most_names) folders[folder_count++] = optarg;
    else return 64;
  }
  if (optind != count - 1) {
    fprintf(stderr, "Usage: pulled [-k CGROUP]... [-e FOLDER]... DISK\n");
    return 64;
  }
  say_open();
  cover_open();
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0) return refuse("cannot stay in RAM");
  const struct sched_param urgent = {.sched_priority = 50};
  if (sched_setscheduler(0, SCHED_FIFO, &urgent) != 0) return refuse("cannot go before others");
  if (!power_open()) return refuse("no way to switch off");
  if (!keys_open()) return refuse("no device mapper");
  if (!clear_open((struct clear_list){.cgroups = cgroups, .folders = folders})) return refuse("no /proc");
  if (!stick_open(words[optind])) return refuse(words[optind]);
  tell_ready();

  stick_wait_until_gone();
  say_pulled_now();
  power_start_timer();
  say("the stick is gone", "");
  keys_wipe();
  clear_kill();
  keys_wait(keys_patience_ms);
  clear_memory();
  power_off();
}
