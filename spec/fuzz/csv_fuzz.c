// A CSV file from outside: rows are the same whatever the pieces they come in, and a row
// written again is read again.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/charset.h"
#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Every row as a text: its fields, or what is wrong with it.
static void put_row(const struct csv *csv, struct buf *out) {
  struct status status = {0};
  buf_printf(out, "%ld:", csv->row_line);
  if (csv_check(csv, &status)) buf_puts(out, status.text);
  for (int i = 0; !status.code && i < csv->fields; i++) {
    size_t len;
    const char *field = csv_field(csv, i, &len);
    assert(strlen(field) == len);
    csv_put(out, ',', field, len);
    buf_putc(out, ',');
  }
  buf_putc(out, '\n');
}

static void read_all(const char *text, size_t size, size_t piece, struct buf *out) {
  struct csv csv;
  csv_init(&csv, 0);
  for (size_t at = 0; at < size;) {
    size_t took = csv_read(&csv, text + at, size - at < piece ? size - at : piece);
    assert(took > 0 || csv.whole);  // a CR alone: the byte behind it is left
    at += took;
    if (csv.whole) put_row(&csv, out);
  }
  if (csv_finish(&csv)) put_row(&csv, out);
  csv_deinit(&csv);
}

static void try_encodings(const char *text, size_t size) {
  struct charset_probe one = {0}, two = {0};
  struct status status = {0};
  enum charset_kind kind, again;
  charset_probe(&one, text, size);
  for (size_t i = 0; i < size; i++) charset_probe(&two, text + i, 1);
  bool text_at_all = charset_found(&one, &kind, &status) == OK;
  charset_found(&two, &again, &status);
  assert(!text_at_all || kind == again);
  struct buf utf8 = {0}, back = {0};
  struct charset *to = charset_new(kind, true), *from = charset_new(kind, false);
  if (charset_convert(to, text, size, &utf8, &status) == OK)
    assert(charset_convert(from, buf_text(&utf8), utf8.len, &back, &status) == OK);
  charset_free(to);
  charset_free(from);
  buf_deinit(&utf8);
  buf_deinit(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct buf whole = {0}, pieces = {0};
  read_all((const char *)data, size, size + 1, &whole);
  read_all((const char *)data, size, 3, &pieces);
  assert(whole.len == pieces.len &&
         (whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0));
  buf_deinit(&whole);
  buf_deinit(&pieces);
  try_encodings((const char *)data, size);
  return 0;
}
