/* The PC around PID 1: kernel file systems, modules, options on the kernel's command line, randomness, power. */
#ifndef WITNESS_MACHINE_H
#define WITNESS_MACHINE_H

#include <stdint.h>

/* Mounts /proc and /dev, takes Ctrl+Alt+Del and SysRq away, loads /modules in the order of /modules/order. */
void machine_open(void);

/* The number after `name=` on the kernel's command line, with an optional K, M or G; the last one counts,
 * `otherwise` when there is none. */
uint64_t machine_option(const char *name, uint64_t otherwise);

/* 64 bits of the kernel's randomness. Waits until the kernel has some. */
uint64_t machine_random(void);

/* Bytes that could still be allocated (MemAvailable). */
uint64_t machine_free_bytes(void);

/* Milliseconds since boot. */
int64_t machine_now(void);

/* Says why on the serial (`E ...`) and powers off: for a witness that cannot do its work at all. */
_Noreturn void machine_fail(const char *why);

_Noreturn void machine_power_off(void);

#endif
