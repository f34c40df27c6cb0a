/* See serial.h. */
#include "serial.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

static int serial = -1;

void serial_open(void) {
  serial = open("/dev/ttyS0", O_WRONLY | O_NOCTTY | O_CLOEXEC);
  struct termios settings;
  if (serial < 0 || tcgetattr(serial, &settings) < 0) return; /* a PC without a serial port: the screen still says it */
  cfmakeraw(&settings);
  tcsetattr(serial, TCSANOW, &settings);
}

void serial_say(const char *format, ...) {
  va_list values;
  va_start(values, format);
  if (serial >= 0) vdprintf(serial, format, values);
  va_end(values);
}

void serial_drain(void) {
  if (serial >= 0) tcdrain(serial);
}
