/* Which disk is the stick, and when is it gone. Two witnesses, since one alone can be late:
 *   the kernel's uevents      `remove` of the disk or of anything it hangs on; late while a flood of writes fails
 *   the USB device's own node  POLLHUP as soon as the port is empty, before any driver was told; asked 10 times a second
 * In doubt (events were lost, the socket broke) the disk's folder in /sys is looked at. It must never believe an event
 * that did not come from the kernel: any process may send one to the socket's group.
 * Spec: Linux Documentation/ABI/stable/sysfs-devices, drivers/usb/core/devio.c (usbdev_poll), netlink(7). */
#include "pulled.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { look_every_ms = 100 };

static char place[PATH_MAX]; /* the disk's folder: /sys/devices/.../block/sda */
static int events = -1;
static int usb = -1;

static int read_number(const char *folder, const char *name) {
  char path[PATH_MAX + 32], text[16] = "";
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  return got > 0 ? atoi(text) : -1;
}

/* The nearest USB device above the disk; a disk on another bus has only the events. */
static void open_usb(void) {
  char folder[PATH_MAX];
  strcpy(folder, place);
  for (char *end; (end = strrchr(folder, '/')) != NULL && end != folder;) {
    *end = '\0';
    int bus = read_number(folder, "busnum"), device = read_number(folder, "devnum");
    if (bus < 0 || device < 0) continue;
    char node[64];
    snprintf(node, sizeof node, "/dev/bus/usb/%03d/%03d", bus, device);
    usb = open(node, O_RDONLY | O_CLOEXEC);
    return;
  }
}

static bool open_events(void) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
  int room = 1 << 20;
  events = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
  if (events < 0) return false;
  setsockopt(events, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  return bind(events, (struct sockaddr *)&address, sizeof address) == 0;
}

/* False, with errno, when `disk` is no block device or nothing can be watched. */
bool stick_open(const char *disk) {
  struct stat facts;
  char link[64];
  if (!open_events() || stat(disk, &facts) != 0) return false;
  if (!S_ISBLK(facts.st_mode)) {
    errno = ENOTBLK;
    return false;
  }
  snprintf(link, sizeof link, "/sys/dev/block/%u:%u", major(facts.st_rdev), minor(facts.st_rdev));
  if (realpath(link, place) == NULL) return false;
  open_usb();
  say(usb >= 0 ? "watching by USB port and events" : "watching by events", disk);
  return true;
}

static bool is_in_sys(void) { return access(place, F_OK) == 0; }

/* "remove@/devices/..." with the rest after a zero byte: the disk itself, or what it hangs on. */
static bool tells_of_removal(const char *message) {
  static const char word[] = "remove@";
  if (strncmp(message, word, sizeof word - 1) != 0) return false;
  const char *gone = message + sizeof word - 1, *ours = place + strlen("/sys");
  size_t length = strlen(gone);
  return strncmp(ours, gone, length) == 0 && (ours[length] == '/' || ours[length] == '\0');
}

static bool hear(void) {
  char message[8192];
  for (;;) {
    struct sockaddr_nl from = {0};
    struct iovec part = {.iov_base = message, .iov_len = sizeof message - 1};
    struct msghdr head = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1};
    ssize_t got = recvmsg(events, &head, 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR ? false : !is_in_sys();
    if (from.nl_pid != 0) continue;
    message[got] = '\0';
    if (tells_of_removal(message)) return true;
  }
}

void stick_wait_until_gone(void) {
  for (;;) {
    struct pollfd both[] = {{.fd = events, .events = POLLIN}, {.fd = usb, .events = POLLPRI}};
    int ready = poll(both, usb >= 0 ? 2 : 1, look_every_ms);
    if (ready < 0 && errno != EINTR && !is_in_sys()) return;
    if (usb >= 0 && (both[1].revents & (POLLHUP | POLLERR)) != 0) return;
    if (ready > 0 && hear()) return;
  }
}
