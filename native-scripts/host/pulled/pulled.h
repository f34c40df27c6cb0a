/* What the parts of the watchdog know of each other. Everything here was opened when the stick was still there: after
 * the pull no file of the stick can be read, so nothing may be loaded, looked up by a library, or started. */
#ifndef SOULPAD_PULLED_H
#define SOULPAD_PULLED_H

#include <stdbool.h>

/* say.c: one line into the kernel's log, with the milliseconds since the pull. Never a secret: nothing here has one. */
void say_open(void);
void say_pulled_now(void);
void say(const char *what, const char *name);

/* stick.c: the disk that must stay. */
bool stick_open(const char *disk);
void stick_wait_until_gone(void);

/* keys.c: every dm-crypt mapping loses its key. Returns at once, the work is done by threads that already wait. */
bool keys_open(void);
void keys_wipe(void);
void keys_wait(int milliseconds);

/* cover.c: what the screen shows needs no disk. */
void cover_open(void);
void cover_show(void);

/* clear.c: processes, then what they left in RAM. */
struct clear_list {
  const char *const *cgroups; /* folders below /sys/fs/cgroup, NULL at the end */
  const char *const *folders; /* folders on tmpfs to be emptied, NULL at the end */
};
bool clear_open(struct clear_list what);
void clear_kill(void);
void clear_memory(void);

/* power.c: off, whatever else hangs. */
bool power_open(void);
void power_start_timer(void);
void power_off(void);

#endif
