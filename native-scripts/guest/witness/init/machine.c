/* See machine.h. Nothing here may write to the disk or keep a secret anywhere but in RAM. */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "serial.h"

static void load_module(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) machine_fail(path);
  if (syscall(SYS_finit_module, file, "", 0) < 0 && errno != EEXIST) machine_fail(path);
  close(file);
}

static void load_modules(void) {
  char path[256] = "/modules/";
  FILE *order = fopen("/modules/order", "re");
  if (!order) machine_fail("/modules/order");
  while (fgets(path + 9, sizeof path - 9, order)) {
    path[strcspn(path, "\n")] = '\0';
    load_module(path);
  }
  fclose(order);
}

/* Settings below /proc/sys; a kernel without one of them has nothing to switch off. */
static void set(const char *setting, const char *value) {
  int file = open(setting, O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, value, strlen(value)) < 0) machine_fail(setting);
  close(file);
}

void machine_open(void) {
  mkdir("/proc", 0755);
  mkdir("/dev", 0755);
  if (mount("proc", "/proc", "proc", 0, "") < 0) machine_fail("mount /proc");
  if (mount("dev", "/dev", "devtmpfs", 0, "") < 0 && errno != EBUSY) machine_fail("mount /dev");
  serial_open();
  reboot(RB_DISABLE_CAD); /* from now on Ctrl+Alt+Del is a SIGINT to PID 1 */
  signal(SIGINT, SIG_IGN);
  set("/proc/sys/kernel/sysrq", "0");
  load_modules();
}

uint64_t machine_option(const char *name, uint64_t otherwise) {
  char line[4096] = "";
  uint64_t number = otherwise;
  FILE *file = fopen("/proc/cmdline", "re");
  if (!file) machine_fail("/proc/cmdline");
  if (!fgets(line, sizeof line, file)) line[0] = '\0';
  fclose(file);
  size_t length = strlen(name);
  for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
    if (strncmp(word, name, length) != 0 || word[length] != '=') continue;
    char *end;
    number = strtoull(word + length + 1, &end, 10);
    if (*end == 'K') number <<= 10;
    if (*end == 'M') number <<= 20;
    if (*end == 'G') number <<= 30;
  }
  return number;
}

uint64_t machine_random(void) {
  uint64_t word;
  while (getrandom(&word, sizeof word, 0) != sizeof word) {
    if (errno != EINTR) machine_fail("getrandom");
  }
  return word;
}

uint64_t machine_free_bytes(void) {
  char line[128];
  unsigned long long kilobytes = 0;
  FILE *file = fopen("/proc/meminfo", "re");
  if (!file) machine_fail("/proc/meminfo");
  while (fgets(line, sizeof line, file) && sscanf(line, "MemAvailable: %llu kB", &kilobytes) != 1) continue;
  fclose(file);
  return kilobytes << 10;
}

int64_t machine_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

_Noreturn void machine_fail(const char *why) {
  serial_say("E %s: %s\n", why, strerror(errno));
  machine_power_off();
}

_Noreturn void machine_power_off(void) {
  /* The kernel's own farewell ("reboot: Power down") would come after our last line. */
  int file = open("/proc/sys/kernel/printk", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    (void)!write(file, "0", 1);
    close(file);
  }
  serial_drain();
  reboot(RB_POWER_OFF);
  for (;;) pause(); /* a PC that cannot power off: PID 1 must not end */
}
