#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

static enum log_level threshold = LOG_LEVEL_INFO;

void log_set_level(enum log_level level) { threshold = level; }

static const char *word_of(enum log_level level) {
  switch (level) {
    case LOG_LEVEL_ERROR: return "error";
    case LOG_LEVEL_WARN: return "warn";
    case LOG_LEVEL_DEBUG: return "debug";
    default: return "info";
  }
}

static void put_prefix(struct buf *line, enum log_level level) {
  if (getenv("JOURNAL_STREAM")) buf_printf(line, "<%d>", (int)level);
}

static void put_printable(struct buf *line, struct buf *text) {
  for (size_t i = 0; i < text->len; i++) {
    unsigned char byte = (unsigned char)text->data[i];
    buf_putc(line, byte < 0x20 || byte == 0x7F ? ' ' : (char)byte);
  }
}

void log_line(enum log_level level, const char *event, const char *format, ...) {
  if (level > threshold) return;
  struct buf line = {0}, text = {0};
  va_list args;
  va_start(args, format);
  buf_vprintf(&text, format, args);
  va_end(args);
  put_prefix(&line, level);
  buf_printf(&line, "%s %s ", word_of(level), event);
  put_printable(&line, &text);
  buf_putc(&line, '\n');
  fwrite(line.data, 1, line.len, stderr);
  buf_deinit(&line);
  buf_deinit(&text);
}
