/* Off, whatever else hangs. The ordinary way is reboot(2) when everything is cleared; a thread that sleeps from the pull on
 * takes the kernel's emergency ways when that did not come: `o` (off) and, three seconds later, `b` (reset at once).
 * /proc/sysrq-trigger works for root whatever kernel.sysrq says, and under lockdown.
 * Spec: Linux Documentation/admin-guide/sysrq.rst. */
#include "pulled.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

enum { off_after_s = 4, reset_after_s = 3 };

static int trigger = -1;
static sem_t begin;

static void pull_trigger(const char *letter) {
  say("hard timer:", letter);
  if (write(trigger, letter, 1) < 0) say("sysrq failed", letter);
}

static void wait_seconds(time_t seconds) {
  struct timespec left = {.tv_sec = seconds};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

static void *watch_clock(void *unused) {
  (void)unused;
  sem_wait(&begin);
  wait_seconds(off_after_s);
  pull_trigger("o");
  wait_seconds(reset_after_s);
  pull_trigger("b");
  return NULL;
}

bool power_open(void) {
  pthread_t thread;
  pthread_attr_t small;
  trigger = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
  if (trigger < 0 || sem_init(&begin, 0, 0) != 0) return false;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 << 10);
  errno = pthread_create(&thread, &small, watch_clock, NULL);
  return errno == 0;
}

void power_start_timer(void) { sem_post(&begin); }

void power_off(void) {
  say("switching off", "");
  reboot(RB_POWER_OFF);
  say("reboot(2) came back", "");
  for (;;) pause(); /* the timer does it */
}
