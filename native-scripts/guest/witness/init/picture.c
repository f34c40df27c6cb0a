/* See picture.h. VGA text mode, 80 by 25: large figures are spaces with a coloured ground, so no font is needed.
 * It is drawn in place and never scrolls. */
#include "picture.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PAPER "\033[0;37;44m"
#define BRIGHT "\033[1;37;44m"
#define INK "\033[0;30;47m"
#define GOLD "\033[0;30;43m"
#define GOOD "\033[1;37;42m"
#define BAD "\033[1;37;41m"

static int screen = -1;

/* 3 by 5 dots a figure, one octal digit a row, the top row first. */
static const unsigned short figures[16] = {075557, 026227, 071747, 071717, 055711, 074717, 074757, 071111,
                                           075757, 075717, 075755, 065656, 074447, 065556, 074647, 074644};

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
  va_list values;
  va_start(values, format);
  if (screen >= 0) vdprintf(screen, format, values);
  va_end(values);
}

/* Figures for `text` (0-9, a-f) from `row`, `column` on; a dot is `width` columns wide. */
static void large(const char *text, int row, int column, int width, const char *ink) {
  for (int line = 0; line < 5; line++) {
    char out[1600];
    size_t used = (size_t)snprintf(out, sizeof out, "\033[%d;%dH", row + line, column);
    for (const char *at = text; *at; at++) {
      int figure = *at <= '9' ? *at - '0' : *at - 'a' + 10;
      int dots = figures[figure] >> (3 * (4 - line)) & 7;
      for (int dot = 2; dot >= -1; dot--) {
        const char *ground = dot >= 0 && (dots >> dot & 1) ? ink : PAPER;
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%*s", ground, width, "");
      }
    }
    say("%s", out);
  }
}

void picture_open(uint64_t nonce) {
  char text[17];
  screen = open("/dev/tty1", O_WRONLY | O_NOCTTY | O_CLOEXEC);
  snprintf(text, sizeof text, "%016llx", (unsigned long long)nonce);
  say("\033c\033[?25l" PAPER "\033[2J");
  say("\033[2;9H" BRIGHT "S O U L P A D   W I T N E S S" PAPER "     I live in this machine's memory only.");
  say("\033[4;9HI have counted to");
  say("\033[12;9HMy name, drawn at random when I was born");
  large(text, 13, 9, 1, GOLD);
  say("\033[18;9H" PAPER "%s", text);
  say("\033[23;9H" PAPER "Keys:");
}

void picture_draw(const struct state *state) {
  char text[11];
  snprintf(text, sizeof text, "%u", state->n);
  large(text, 5, 9, strlen(text) > 8 ? 1 : 2, INK);
  say("\033[20;9H%s  RAM %s, %u pages  " PAPER "   %s  Disk %s, %u blocks  " PAPER, state->ram_ok ? GOOD : BAD,
      state->ram_ok ? "ok" : "BAD", state->pages, state->disk_ok ? GOOD : BAD, state->disk_ok ? "ok" : "BAD",
      state->blocks);
}

void picture_key(unsigned code) {
  static char typed[49];
  char next[8];
  size_t length = (size_t)snprintf(next, sizeof next, "%02x ", code);
  size_t kept = strlen(typed);
  size_t drop = kept + length >= sizeof typed ? kept + length - sizeof typed + 1 : 0;
  memmove(typed, typed + drop, kept - drop + 1);
  strcat(typed, next);
  say("\033[23;15H" BRIGHT "%-48s" PAPER, typed);
}

void picture_off(void) { say(PAPER "\033[2J\033[12;32H" BRIGHT "Powering off."); }
