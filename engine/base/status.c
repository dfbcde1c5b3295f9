#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void cut_to_character(char *text, size_t size) {
  size_t end = strnlen(text, size);
  if (end + 1 < size) return;
  while (end > 0 && ((unsigned char)text[end - 1] & 0xC0) == 0x80) end--;
  if (end > 0 && ((unsigned char)text[end - 1] & 0x80)) end--;
  text[end] = 0;
}

int(status_fail)(struct status *status, int code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(status->text, sizeof status->text, format, args);
  va_end(args);
  cut_to_character(status->text, sizeof status->text);
  return status->code = code;
}

int status_prefix(struct status *status, const char *format, ...) {
  char rest[sizeof status->text], head[sizeof status->text];
  memcpy(rest, status->text, sizeof rest);
  va_list args;
  va_start(args, format);
  vsnprintf(head, sizeof head, format, args);
  va_end(args);
  return status_fail(status, status->code, "%.200s: %.300s", head, rest);
}
