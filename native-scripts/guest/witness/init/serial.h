/* The serial console, where a test listens. Lines and nothing else, ended by a bare newline:
 *   W1 nonce=<16 hex> n=<int> ram=<ok|bad>/<pages> disk=<ok|bad>/<blocks>    one a tick: what it read in it
 *   D <ram|disk> <what>    why this tick says bad, for whoever has to find the fault
 *   K <hex keycode>        a key went down (linux/input-event-codes.h)
 *   W1 off                 the last line before power-off
 *   E <what>: <errno>      the witness cannot work; it powers off */
#ifndef WITNESS_SERIAL_H
#define WITNESS_SERIAL_H

void serial_open(void);
__attribute__((format(printf, 1, 2))) void serial_say(const char *format, ...);
void serial_drain(void);

#endif
