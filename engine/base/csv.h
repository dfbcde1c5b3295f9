// CSV as RFC 4180 has it, in pieces of any size: quoted fields, line ends within them,
// CRLF or LF. Works on bytes: UTF-8 and GB18030 never use the bytes it looks for within a
// character.
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"

enum { CSV_FIELDS = 256, CSV_FIELD_BYTES = 64 * 1024, CSV_ROW_BYTES = 256 * 1024 };

struct csv {
  char delimiter;                 // ','
  int state;                      // where in a field the next byte falls
  long line;                      // of the byte read last, from 1
  long row_line;                  // where the present row begins
  struct buf bytes;               // the fields of the row, each ended by a NUL
  struct buf raw;                 // the row as it stands, without its line end
  size_t starts[CSV_FIELDS + 1];  // where each field begins in bytes
  int fields;                     // of the present row
  bool whole;                     // the row is at its end
  bool cut;                       // its rest is being skipped after an error
  struct status error;            // of the present row
};

// delimiter 0: a comma.
void csv_init(struct csv *csv, char delimiter);
void csv_deinit(struct csv *csv);
// Reads from the piece until a row is whole or the piece ends; gives how many bytes it
// took. When csv->whole, the fields are there until the next call. Empty lines are no
// rows.
size_t csv_read(struct csv *csv, const char *piece, size_t len);
// The input is over: true when a last row without a line end is there.
bool csv_finish(struct csv *csv);
// Of a whole row: 0, or what is wrong with it; the text names the remedy, row_line the
// line. Reading goes on behind it.
int csv_check(const struct csv *csv, struct status *status);
const char *csv_field(const struct csv *csv, int index, size_t *len);  // "" past the end
// Writes a field, in quotes when it needs them; the caller puts the delimiters.
void csv_put(struct buf *out, char delimiter, const char *field, size_t len);
