/* The last program of a session. systemd ends everything, changes its root to /run/initramfs and becomes this program, as
 * PID 1, with the old root below /oldroot (bootup(7), "System Manager Shutdown": /run/initramfs/shutdown).
 * It unmounts all that is left, so that page cache, the RAM layer of the root and every tmpfs are given back to the
 * kernel, which clears what it gets back (init_on_free=1); takes the key out of a mapping that nobody closed; empties
 * compressed swap and /run; and switches off. Usage: shutdown poweroff|halt|reboot|kexec ...
 *
 * Whatever fails is passed over: there is nobody to tell and the PC must go off. It must never write to a disk beyond
 * what unmounting writes, and never wait without end: an alarm switches off after 20 seconds. */
#include "../pulled/pulled.h"

#include <dirent.h>
#include <fcntl.h>
#include <mntent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

enum { most_mounts = 256, rounds = 4, deepest = 40, keys_patience_ms = 2000, patience_s = 20 };

static int last_act = RB_POWER_OFF;

static void act(int unused) {
  (void)unused;
  reboot(last_act);
}

static void put(const char *path, const char *word) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file >= 0 && write(file, word, strlen(word)) < 0) say("not written:", path);
  if (file >= 0) close(file);
}

/* What we stand on and what the kernel gives: these stay. */
static bool stays(const char *point) {
  static const char *const ours[] = {"/", "/dev", "/proc", "/sys", "/run", "/run/initramfs"};
  for (size_t at = 0; at < sizeof ours / sizeof *ours; at++) {
    if (strcmp(point, ours[at]) == 0) return true;
  }
  return strncmp(point, "/proc/", 6) == 0 || strncmp(point, "/sys/", 5) == 0;
}

/* Last mounted first. Several rounds: what holds another only becomes free when that one is gone. */
static int unmount_round(int flags) {
  static char points[most_mounts][512];
  FILE *mounts = setmntent("/proc/self/mounts", "re");
  int count = 0, left = 0;
  if (mounts == NULL) return 0;
  for (struct mntent *entry; (entry = getmntent(mounts)) != NULL && count < most_mounts;) {
    if (!stays(entry->mnt_dir)) snprintf(points[count++], sizeof points[0], "%s", entry->mnt_dir);
  }
  endmntent(mounts);
  while (count-- > 0) {
    if (umount2(points[count], flags) != 0) left++;
  }
  return left;
}

static void unmount_all(void) {
  int left = 1;
  for (int round = 0; round < rounds && left > 0; round++) left = unmount_round(0);
  if (left > 0) left = unmount_round(MNT_FORCE | MNT_DETACH);
  say(left == 0 ? "everything unmounted" : "something stays mounted", "");
}

/* Everything of a folder's own file system. The program itself is open and stays in memory until the end. */
static void empty(int folder, dev_t device, int depth) {
  DIR *entries = fdopendir(folder);
  if (entries == NULL) return;
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    const char *name = entry->d_name;
    struct stat facts;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    if (fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) != 0 || facts.st_dev != device) continue;
    if (S_ISDIR(facts.st_mode) && depth < deepest) {
      int below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (below >= 0) empty(below, device, depth + 1);
    }
    unlinkat(folder, name, S_ISDIR(facts.st_mode) ? AT_REMOVEDIR : 0);
  }
  closedir(entries);
}

static void empty_run(void) {
  struct stat facts;
  int folder = open("/run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0 && fstat(folder, &facts) == 0) empty(folder, facts.st_dev, 0);
}

static void empty_compressed_swap(void) {
  DIR *devices = opendir("/sys/block");
  if (devices == NULL) return;
  for (struct dirent *entry; (entry = readdir(devices)) != NULL;) {
    char path[300];
    if (strncmp(entry->d_name, "zram", 4) != 0) continue;
    snprintf(path, sizeof path, "/sys/block/%s/reset", entry->d_name);
    put(path, "1");
  }
  closedir(devices);
}

int main(int count, char **words) {
  const char *wanted = count > 1 ? words[1] : "poweroff";
  if (getpid() != 1) {
    fprintf(stderr, "Usage: shutdown poweroff|halt|reboot|kexec   (systemd calls it, as PID 1)\n");
    return 64;
  }
  if (strcmp(wanted, "reboot") == 0 || strcmp(wanted, "kexec") == 0) last_act = RB_AUTOBOOT;
  signal(SIGALRM, act);
  alarm(patience_s);
  say_open();
  kill(-1, SIGKILL);
  unmount_all();
  if (keys_open()) {
    keys_wipe();
    keys_wait(keys_patience_ms);
  }
  empty_compressed_swap();
  empty_run();
  put("/proc/sys/vm/drop_caches", "3");
  say("memory cleared", "");
  reboot(last_act);
  for (;;) pause();
}
