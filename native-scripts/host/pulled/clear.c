/* What is left in RAM: processes first (their pages, and with init_on_free=1 zeros in them), then files on tmpfs, the
 * vault's cached pages, compressed swap. It never writes to a disk: there is none any more.
 * The watchdog itself and PID 1 stay; neither ever holds a secret. */
#include "pulled.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <unistd.h>

enum { most = 8, deepest = 40, kill_rounds = 6, round_us = 50000 };

static int kills[most], folders[most], caches = -1;
static int kill_count, folder_count;

/* False, with errno, when the page cache could not be dropped later. A folder or cgroup that is not there is not. */
bool clear_open(struct clear_list what) {
  char path[256];
  for (int at = 0; what.cgroups[at] != NULL && kill_count < most; at++) {
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s/cgroup.kill", what.cgroups[at]);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) kills[kill_count++] = fd;
  }
  for (int at = 0; what.folders[at] != NULL && folder_count < most; at++) {
    int fd = open(what.folders[at], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) folders[folder_count++] = fd;
  }
  caches = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
  return caches >= 0;
}

/* Several rounds: a service manager starts what died anew, and what waited for the lost disk dies only when it failed. */
void clear_kill(void) {
  for (int round = 0; round < kill_rounds; round++) {
    for (int at = 0; at < kill_count; at++) {
      if (write(kills[at], "1", 1) < 0 && round == 0) say("cgroup.kill failed", "");
    }
    kill(-1, SIGKILL);
    if (round == 0) cover_show();
    usleep(round_us);
  }
  cover_show();
  say("processes killed", "");
}

/* Empties a folder without leaving its file system; truncated first, since something may still hold the file open. */
static void empty(int folder, int depth) {
  int copy = dup(folder);
  DIR *entries = copy < 0 ? NULL : fdopendir(copy);
  if (entries == NULL) return;
  rewinddir(entries);
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    int file = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file >= 0) {
      if (ftruncate(file, 0) != 0 && errno != EINVAL) say("not truncated", "");
      close(file);
    } else if (errno == EISDIR && depth < deepest) {
      int below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (below >= 0) {
        empty(below, depth + 1);
        close(below);
      }
    }
    if (unlinkat(folder, name, 0) != 0) unlinkat(folder, name, AT_REMOVEDIR);
  }
  closedir(entries);
}

static void drop_caches(void) {
  if (write(caches, "1", 1) < 0) say("caches not dropped", "");
}

/* Compressed pages of dead processes lie in zram until it is reset. */
static void end_swap(void) {
  FILE *swaps = fopen("/proc/swaps", "re");
  char line[256], path[100], reset[160];
  while (swaps != NULL && fgets(line, sizeof line, swaps) != NULL) {
    if (sscanf(line, "/dev/%99s", path) != 1) continue;
    char device[112];
    snprintf(device, sizeof device, "/dev/%s", path);
    if (swapoff(device) != 0) say("swap stays on", device);
    if (strncmp(path, "zram", 4) != 0) continue;
    snprintf(reset, sizeof reset, "/sys/block/%s/reset", path);
    int fd = open(reset, O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "1", 1) < 0) say("not reset", path);
    if (fd >= 0) close(fd);
  }
  if (swaps != NULL) fclose(swaps);
}

/* A vault's file system, its disk gone: told so (FS_IOC_SHUTDOWN, which XFS and ext4 have; no log is written), so that what
 * waits to be written fails at once instead of staying in memory; then detached. */
static void end_file_system(const char *point) {
  const unsigned int without_log = 2;
  int folder = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    if (ioctl(folder, _IOR('X', 125, unsigned int), &without_log) != 0) say("not told to stop:", point);
    syncfs(folder);
    close(folder);
  }
  if (umount2(point, MNT_FORCE | MNT_DETACH) != 0) say("not unmounted", point);
}

static void end_file_systems(void) {
  FILE *mounts = setmntent("/proc/self/mounts", "re");
  if (mounts == NULL) return;
  char points[most][256];
  int count = 0;
  for (struct mntent *entry; (entry = getmntent(mounts)) != NULL && count < most;) {
    if (strncmp(entry->mnt_fsname, "/dev/mapper/", 12) != 0 && strncmp(entry->mnt_fsname, "/dev/dm-", 8) != 0) continue;
    snprintf(points[count++], sizeof points[0], "%s", entry->mnt_dir);
  }
  endmntent(mounts);
  while (count-- > 0) end_file_system(points[count]);
  say("file systems ended", "");
}

void clear_memory(void) {
  for (int at = 0; at < folder_count; at++) empty(folders[at], 0);
  say("tmpfs emptied", "");
  end_file_systems();
  end_swap();
  drop_caches();
  say("memory cleared", "");
}
