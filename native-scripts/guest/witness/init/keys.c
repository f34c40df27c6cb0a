/* See keys.h. */
#include "keys.h"

#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "machine.h"
#include "picture.h"
#include "serial.h"

#define DEVICES 8
#define PRESSED 1 /* 0 is released, 2 is the keyboard's own repeating */

static struct pollfd devices[DEVICES];
static nfds_t count;

void keys_open(void) {
  for (int i = 0; i < DEVICES; i++) {
    char path[32];
    snprintf(path, sizeof path, "/dev/input/event%d", i);
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) continue;
    if (ioctl(file, EVIOCGRAB, 1) < 0) machine_fail("grab of an input device");
    devices[count++] = (struct pollfd){.fd = file, .events = POLLIN};
  }
}

static void report(const struct input_event *event) {
  if (event->type != EV_KEY || event->value != PRESSED) return;
  if (event->code == KEY_POWER) {
    picture_off();
    serial_say("W1 off\n");
    machine_power_off();
  }
  serial_say("K %02x\n", event->code);
  picture_key(event->code);
}

void keys_look(int milliseconds) {
  if (poll(devices, count, milliseconds) <= 0) return;
  for (nfds_t i = 0; i < count; i++) {
    struct input_event event;
    if (!(devices[i].revents & POLLIN)) continue;
    while (read(devices[i].fd, &event, sizeof event) == sizeof event) report(&event);
  }
}
