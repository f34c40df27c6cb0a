/* The volume keys. For each dm-crypt mapping, by the device mapper's own ioctl: suspend without flushing (else it would
 * wait for writes to a disk that is gone), `key wipe`, a table of errors, resume: I/O that waited fails, so processes
 * and pages that hung on it can go. One thread a mapping, all started beforehand: one that hangs does not hold the rest.
 * It must never ask for a table (STATUSTYPE_TABLE): that would bring the key itself into our memory.
 * Spec: Linux Documentation/admin-guide/device-mapper/dm-crypt.rst, include/uapi/linux/dm-ioctl.h. */
#include "pulled.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

enum { most_threads = 8, call_bytes = 16384 };

/* One ioctl's buffer: the head, then what goes in or comes out. */
struct call {
  struct dm_ioctl head;
  char data[call_bytes - sizeof(struct dm_ioctl)];
};

static int control = -1;
static sem_t begin, done;
static char names[most_threads][DM_NAME_LEN];
static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;
static int taken, named;

static bool ask(struct call *call, unsigned long what, const char *name, uint32_t flags) {
  struct dm_ioctl *head = &call->head;
  memset(head, 0, sizeof *head);
  head->version[0] = DM_VERSION_MAJOR;
  head->data_size = sizeof *call;
  head->data_start = sizeof *head;
  head->flags = flags;
  snprintf(head->name, sizeof head->name, "%s", name);
  return ioctl(control, what, call) == 0;
}

/* Length in sectors of a mapping that is one dm-crypt target; 0 for every other. */
static uint64_t crypt_sectors(struct call *call, const char *name) {
  memset(call->data, 0, sizeof call->data);
  if (!ask(call, DM_TABLE_STATUS, name, DM_NOFLUSH_FLAG) || call->head.target_count != 1) return 0;
  const struct dm_target_spec *target = (const struct dm_target_spec *)((char *)call + call->head.data_start);
  return strcmp(target->target_type, "crypt") == 0 ? target->length : 0;
}

static bool wipe_key(struct call *call, const char *name) {
  struct dm_target_msg *message = (struct dm_target_msg *)call->data;
  message->sector = 0;
  strcpy(message->message, "key wipe");
  return ask(call, DM_TARGET_MSG, name, 0);
}

static bool load_errors(struct call *call, const char *name, uint64_t sectors) {
  struct dm_target_spec *target = (struct dm_target_spec *)call->data;
  memset(target, 0, sizeof *target + 8);
  target->length = sectors;
  strcpy(target->target_type, "error");
  struct dm_ioctl *head = &call->head;
  memset(head, 0, sizeof *head);
  head->version[0] = DM_VERSION_MAJOR;
  head->data_size = sizeof *call;
  head->data_start = sizeof *head;
  head->target_count = 1;
  snprintf(head->name, sizeof head->name, "%s", name);
  return ioctl(control, DM_TABLE_LOAD, call) == 0;
}

static void end_mapping(const char *name) {
  struct call call;
  uint64_t sectors = crypt_sectors(&call, name);
  if (sectors == 0) return;
  const uint32_t still = DM_NOFLUSH_FLAG | DM_SKIP_LOCKFS_FLAG;
  if (!ask(&call, DM_DEV_SUSPEND, name, DM_SUSPEND_FLAG | still)) say("could not suspend", name);
  say(wipe_key(&call, name) ? "key wiped of" : "KEY NOT WIPED of", name);
  if (!load_errors(&call, name, sectors) || !ask(&call, DM_DEV_SUSPEND, name, still)) say("no error table for", name);
  memset(&call, 0, sizeof call);
}

/* Up to `most_threads` names of mappings; a stick has three (vault, swap, at most a backup's). */
static void list_mappings(void) {
  static struct call call;
  if (!ask(&call, DM_LIST_DEVICES, "", 0)) return;
  const char *at = (const char *)&call + call.head.data_start, *end = (const char *)&call + sizeof call;
  const struct dm_name_list *entry = (const struct dm_name_list *)at;
  while (entry->dev != 0 && named < most_threads) {
    snprintf(names[named++], DM_NAME_LEN, "%s", entry->name);
    if (entry->next == 0 || (const char *)entry + entry->next >= end) return;
    entry = (const struct dm_name_list *)((const char *)entry + entry->next);
  }
}

static void *work(void *unused) {
  (void)unused;
  sem_wait(&begin);
  pthread_mutex_lock(&taking);
  int mine = taken++;
  pthread_mutex_unlock(&taking);
  if (mine < named) end_mapping(names[mine]);
  sem_post(&done);
  return NULL;
}

bool keys_open(void) {
  control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
  if (control < 0 || sem_init(&begin, 0, 0) != 0 || sem_init(&done, 0, 0) != 0) return false;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 128 << 10);
  for (int number = 0; number < most_threads; number++) {
    pthread_t thread;
    errno = pthread_create(&thread, &small, work, NULL);
    if (errno != 0) return false;
  }
  return true;
}

void keys_wipe(void) {
  list_mappings();
  for (int number = 0; number < most_threads; number++) sem_post(&begin);
}

/* Until all are done, or so long at most: the caller goes on either way. */
void keys_wait(int milliseconds) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += (milliseconds % 1000) * 1000000L;
  until.tv_sec += milliseconds / 1000 + until.tv_nsec / 1000000000L;
  until.tv_nsec %= 1000000000L;
  for (int number = 0; number < most_threads; number++) {
    if (sem_timedwait(&done, &until) != 0) return;
  }
}
