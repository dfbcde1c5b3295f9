// A discharge list as a file: its encoding, its first line, its rows one after another,
// and the file of rows that were refused.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/charset.h"
#include "base/csv.h"
#include "import/map.h"

enum { LIST_PIECE = 64 * 1024 };

struct import_list {
  FILE *file;
  int64_t size, read;  // bytes
  char piece[LIST_PIECE];
  size_t piece_len, piece_at;
  bool over;
  struct csv csv;
  enum charset_kind kind;
  struct charset *to_utf8, *from_utf8;
  char delimiter;
  int columns;            // of the first line
  bool skip[CSV_FIELDS];  // 行号 and 原因 of an earlier refusal
  struct buf header;      // as it goes to the rejects
  struct buf cells_text;  // of the present row, in UTF-8
  const char *cells[CSV_FIELDS];
  char rejects_path[512];
  FILE *rejects;  // NULL until the first bad row
};

// Opens, finds the encoding and reads the first line.
int import_list_open(struct import_list *list, const char *file, const char *rejects,
                     struct import_map *map, struct status *status);
void import_list_close(struct import_list *list);
// The next row; false at the end. Then import_list_cells gives its cells.
bool import_list_next(struct import_list *list);
// Brings the row to UTF-8: list->cells. Fails when the row is malformed; the text says
// why.
int import_list_cells(struct import_list *list, struct status *status);
// The row as it stands in the file, without an earlier refusal's columns. The caller
// frees.
char *import_list_record(const struct import_list *list);
// Appends a row to the file of refused ones.
int import_list_reject(struct import_list *list, long line, const char *record,
                       bool malformed, const char *reason, struct status *status);
// Closes that file; ERR_IO when it was not written whole.
int import_list_end_rejects(struct import_list *list, struct status *status);
