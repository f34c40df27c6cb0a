/* The screen after the pull: a text console of the kernel's own, written when the watchdog starts and only switched to
 * when the stick is gone, so that no font, no file and no X server is needed. The X server must be dead by then: while it
 * owns the display, the kernel shows its picture. Languages are those that the console's font has letters for.
 * Spec: console_ioctl(4), console_codes(4). */
#include "pulled.h"

#include <fcntl.h>
#include <linux/kd.h>
#include <linux/vt.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { our_console = 12 };

static const char words[] =
    "\033[0m\033[2J\033[H\033[?25l\033[9;0]\033[14;0]"
    "\n\n\n   The stick was pulled out.\n\n"
    "   Everything that was in this PC's memory is being erased. It switches itself off.\n"
    "   Your desktop is as it was when it was last saved. Put the stick in and start again.\n"
    "\n\n   Se ha sacado la memoria USB.\n\n"
    "   Se borra todo lo que había en la memoria de este PC. Se apaga solo.\n"
    "   Su escritorio está como se guardó por última vez. Inserte la memoria y empiece de nuevo.\n";

static int any_console = -1, ours = -1;

/* A PC without consoles has no picture of ours either: nothing to cover, no reason not to start. */
void cover_open(void) {
  char path[16];
  any_console = open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC);
  snprintf(path, sizeof path, "/dev/tty%d", our_console);
  ours = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ours >= 0 && write(ours, words, sizeof words - 1) < 0) say("no words on", path);
}

void cover_show(void) {
  struct vt_stat state;
  struct vt_mode automatic = {.mode = VT_AUTO};
  char path[16];
  if (any_console < 0 || ours < 0 || ioctl(any_console, VT_GETSTATE, &state) != 0) return;
  snprintf(path, sizeof path, "/dev/tty%d", state.v_active);
  int shown = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (shown >= 0) {
    ioctl(shown, KDSETMODE, KD_TEXT);
    ioctl(shown, VT_SETMODE, &automatic);
    close(shown);
  }
  ioctl(any_console, VT_UNLOCKSWITCH, 1);
  if (ioctl(any_console, VT_ACTIVATE, our_console) == 0) say("screen covered", "");
}
