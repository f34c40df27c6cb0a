/* The keyboard and the power button, read as event devices. The keyboard is grabbed, so that no key reaches the
 * kernel's text console: not Ctrl+Alt+Del, not a change of console, no echo over the picture. */
#ifndef WITNESS_KEYS_H
#define WITNESS_KEYS_H

/* Grabs every input device there is now. */
void keys_open(void);

/* Reports what was pressed, waiting up to `milliseconds` for something to come; returns after the first event or
 * when the time is over. The power button ends the guest: `W1 off` and power-off. */
void keys_look(int milliseconds);

#endif
