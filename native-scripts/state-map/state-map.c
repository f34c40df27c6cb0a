/* A preload library for QEMU that gives one guest its RAM: instead of the file named by -object memory-backend-file
 * the pages of frozen RAM files are mapped *privately*, so that QEMU may believe its RAM is a shared file (else it
 * would save all of it, see QEMU's x-ignore-shared) and yet can never write into what was saved.
 *
 * It intercepts, and only for the one device and inode or the one address range it was given:
 *   mmap, mmap64          the one mapping of the RAM; a second one is refused
 *   madvise               MADV_HUGEPAGE is dropped over saved pages (a fault would read 2 MiB from the stick);
 *                         MADV_DONTNEED, REMOVE and FREE become zero pages: on a private mapping they would bring
 *                         back the *old file's* content, and a guest that gave memory back must find zeros
 *   fallocate, fallocate64  punching a hole into the RAM's file: the same
 *   sigaction             SIGBUS stays ours: a page that cannot be read stops the whole process (SIGSTOP), nothing is
 *                         lost, and SIGCONT tries again; every other SIGBUS goes to whom QEMU meant it for
 *   pthread_sigmask, sigprocmask  leave SIGBUS open: QEMU blocks it in its threads, and a blocked one kills at once
 *
 * It must never act on any other file, never open anything by a name other than the plan's, and never let QEMU's
 * children load it. What is wrong is said on stderr and QEMU does not get its RAM, so it ends. */
#include "plan.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct plan_head *plan;
static const struct plan_source *sources;
static const struct plan_run *runs;
static char *ram;
static struct sigaction qemus_sigbus;

static void *map_really(void *at, size_t length, int prot, int flags, int fd, off_t offset) {
  return (void *)syscall(SYS_mmap, at, length, prot, flags, fd, offset);
}

static int advise_really(void *at, size_t length, int advice) { return (int)syscall(SYS_madvise, at, length, advice); }

static int sigaction_really(int number, const struct sigaction *act, struct sigaction *old) {
  int (*next)(int, const struct sigaction *, struct sigaction *) =
      (int (*)(int, const struct sigaction *, struct sigaction *))dlsym(RTLD_NEXT, "sigaction");
  return next(number, act, old);
}

/* A failure of ours at the start is QEMU's end: a guest whose RAM is not what was saved must not run. */
static void refuse(const char *why) {
  fprintf(stderr, "state-map: %s: %s\n", why, strerror(errno));
  _exit(71);
}

/* A page could not be read. The guest is frozen as it is, all threads with it; whoever continues us tries again. */
static void on_sigbus(int number, siginfo_t *info, void *context) {
  char *at = info->si_addr;
  bool ours = info->si_code == BUS_ADRERR && ram != NULL && at >= ram && at < ram + plan->ram_bytes;
  if (ours) {
    int saved = errno;
    __atomic_store_n(&plan->lost_at, (uint64_t)(at - ram) + 1, __ATOMIC_SEQ_CST);
    kill(getpid(), SIGSTOP);
    errno = saved;
    return;
  }
  if (qemus_sigbus.sa_flags & SA_SIGINFO) {
    qemus_sigbus.sa_sigaction(number, info, context);
  } else if (qemus_sigbus.sa_handler != SIG_DFL && qemus_sigbus.sa_handler != SIG_IGN) {
    qemus_sigbus.sa_handler(number);
  } else {
    signal(SIGBUS, SIG_DFL); /* it comes again, and ends us as it would have without this library */
  }
}

__attribute__((constructor)) static void open_plan(void) {
  const char *path = getenv("SOULPAD_STATE_MAP");
  if (path == NULL) return;
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  struct stat facts;
  if (fd < 0 || fstat(fd, &facts) < 0) refuse("the plan cannot be opened");
  size_t bytes = (size_t)facts.st_size;
  if (!S_ISREG(facts.st_mode) || bytes < sizeof *plan) refuse("the plan is too short");
  void *held = map_really(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (held == MAP_FAILED) refuse("the plan cannot be mapped");
  close(fd);
  plan = held;
  uint64_t room = bytes - sizeof *plan;
  errno = EINVAL;
  if (plan->magic != PLAN_MAGIC || plan->sources > PLAN_MAX_SOURCES || plan->runs > room / sizeof *runs ||
      room != plan->sources * sizeof *sources + plan->runs * sizeof *runs)
    refuse("the plan has a wrong shape");
  sources = (const struct plan_source *)(plan + 1);
  runs = (const struct plan_run *)(sources + plan->sources);
  struct sigaction ours = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigemptyset(&ours.sa_mask);
  sigaction_really(SIGBUS, &ours, &qemus_sigbus);
  /* A keeper reads our memory to save it. Yama lets a parent do that; one that took over a killed one's guest is not our
   * parent, so we say that programs of our own user may (Documentation/admin-guide/LSM/Yama.rst). */
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
  unsetenv("LD_PRELOAD");
  unsetenv("SOULPAD_STATE_MAP");
}

static bool copy_pages(char *to, size_t bytes, int fd, off_t from) {
  while (bytes > 0) {
    ssize_t got = pread(fd, to, bytes, from);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got, bytes -= (size_t)got, from += got;
  }
  return true;
}

/* Lays one run over the RAM. Saved pages are read one by one as they are touched, never ahead of that. */
static bool lay(const struct plan_run *run, int prot) {
  char *at = ram + run->page * PLAN_PAGE;
  size_t bytes = run->pages * PLAN_PAGE;
  int flags = MAP_FIXED | MAP_PRIVATE | MAP_NORESERVE;
  bool file = run->way == PLAN_MAP;
  int fd = run->way == PLAN_ZERO ? -1 : (int)sources[run->source].descriptor;
  if (run->way == PLAN_COPY) return copy_pages(at, bytes, fd, (off_t)(run->source_page * PLAN_PAGE));
  off_t offset = file ? (off_t)(run->source_page * PLAN_PAGE) : 0;
  if (map_really(at, bytes, prot, flags | (file ? 0 : MAP_ANONYMOUS), fd, offset) == MAP_FAILED) return false;
  if (file) advise_really(at, bytes, MADV_RANDOM);
  return advise_really(at, bytes, MADV_NOHUGEPAGE) == 0 || errno == EINVAL; /* a kernel without huge pages */
}

static bool run_is_sound(const struct plan_run *run) {
  uint64_t all = plan->ram_bytes / PLAN_PAGE;
  return run->page < all && run->pages > 0 && run->pages <= all - run->page && run->way <= PLAN_ZERO &&
         (run->way == PLAN_ZERO || run->source < plan->sources);
}

static void *map_ram(void *at, size_t length, int prot, int flags, off_t offset) {
  const char *why = ram != NULL                    ? "the RAM was to be mapped a second time"
                    : length != plan->ram_bytes    ? "the RAM has another size than was saved"
                    : offset != 0                  ? "the RAM was to be mapped from its middle"
                    : (flags & MAP_SHARED) == 0    ? "the RAM was to be mapped privately, so all of it would be saved"
                                                   : NULL;
  if (why != NULL) {
    fprintf(stderr, "state-map: %s\n", why);
    errno = EPERM;
    return MAP_FAILED;
  }
  int mine = (flags & MAP_FIXED) | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  char *mapped = map_really(at, length, prot, mine, -1, 0);
  if (mapped == MAP_FAILED) return MAP_FAILED;
  ram = mapped;
  for (uint64_t i = 0; i < plan->runs; i++) {
    errno = EINVAL;
    if (!run_is_sound(&runs[i]) || !lay(&runs[i], prot)) refuse("a run of saved pages cannot be mapped");
  }
  for (uint64_t i = 0; i < plan->sources; i++) close((int)sources[i].descriptor);
  __atomic_store_n(&plan->mapped_at, (uint64_t)(uintptr_t)ram, __ATOMIC_SEQ_CST);
  return ram;
}

static bool is_key(int fd) {
  struct stat facts;
  return plan != NULL && fd >= 0 && fstat(fd, &facts) == 0 && facts.st_dev == plan->key_device &&
         facts.st_ino == plan->key_inode;
}

void *mmap64(void *at, size_t length, int prot, int flags, int fd, off_t offset) {
  if ((flags & MAP_ANONYMOUS) == 0 && is_key(fd)) return map_ram(at, length, prot, flags, offset);
  return map_really(at, length, prot, flags, fd, offset);
}

void *mmap(void *at, size_t length, int prot, int flags, int fd, off_t offset) {
  return mmap64(at, length, prot, flags, fd, offset);
}

/* Zero pages from here on, and no byte of any file behind them. */
static int discard(char *at, size_t length) {
  int flags = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  if (map_really(at, length, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) {
    if (errno != ENOMEM) return -1;
    memset(at, 0, length); /* no mapping is left: zeros all the same */
  } else {
    /* Forked children would see the guest's memory, core dumps too: as QEMU asked for the whole RAM. */
    advise_really(at, length, MADV_DONTFORK);
    advise_really(at, length, MADV_DONTDUMP);
  }
  __atomic_add_fetch(&plan->discarded, length, __ATOMIC_RELAXED);
  return 0;
}

static bool within_ram(const char *at, size_t length) {
  return ram != NULL && at >= ram && length <= plan->ram_bytes && (size_t)(at - ram) <= plan->ram_bytes - length;
}

int madvise(void *at, size_t length, int advice) {
  if (!within_ram(at, length)) return advise_really(at, length, advice);
  if (advice == MADV_DONTNEED || advice == MADV_REMOVE || advice == MADV_FREE) return discard(at, length);
  if (advice == MADV_HUGEPAGE && plan->runs > 0) return 0;
  return advise_really(at, length, advice);
}

int fallocate64(int fd, int mode, off_t offset, off_t length) {
  if (!is_key(fd)) return (int)syscall(SYS_fallocate, fd, mode, offset, length);
  bool fits = offset >= 0 && length > 0 && ram != NULL && within_ram(ram + offset, (size_t)length);
  if ((mode & FALLOC_FL_PUNCH_HOLE) == 0 || !fits) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return discard(ram + offset, (size_t)length);
}

int fallocate(int fd, int mode, off_t offset, off_t length) { return fallocate64(fd, mode, offset, length); }

static int set_mask(const char *name, int how, const sigset_t *set, sigset_t *old) {
  int (*next)(int, const sigset_t *, sigset_t *) = (int (*)(int, const sigset_t *, sigset_t *))dlsym(RTLD_NEXT, name);
  if (plan == NULL || set == NULL || how == SIG_UNBLOCK) return next(how, set, old);
  sigset_t open = *set;
  sigdelset(&open, SIGBUS);
  return next(how, &open, old);
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old) { return set_mask("pthread_sigmask", how, set, old); }

int sigprocmask(int how, const sigset_t *set, sigset_t *old) { return set_mask("sigprocmask", how, set, old); }

int sigaction(int number, const struct sigaction *act, struct sigaction *old) {
  if (number != SIGBUS || plan == NULL) return sigaction_really(number, act, old);
  if (old != NULL) *old = qemus_sigbus;
  if (act != NULL) qemus_sigbus = *act;
  return 0;
}
