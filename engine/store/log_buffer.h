// What is written to the log, gathered until it is wanted: SQLite writes a page at a
// time, each in two pieces. Before the log is synced, read or measured it must be
// flushed.
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_buffer {
  unsigned char *bytes;  // NULL until something is written
  size_t len;
  int64_t at;  // in the file, of the first
};

// The file is the one below, which takes what the buffer has no room for.
int log_buffer_put(struct log_buffer *buffer, sqlite3_file *file, const void *bytes,
                   size_t len, int64_t at);
// What can't be written is dropped: SQLite undoes its transaction and writes it anew.
int log_buffer_flush(struct log_buffer *buffer, sqlite3_file *file);
void log_buffer_deinit(struct log_buffer *buffer);
