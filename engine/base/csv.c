#include "base/csv.h"

#include <string.h>

enum { RAW_BYTES = 2 * CSV_ROW_BYTES };  // kept of a row that is too long
enum { ROW_START, FIELD_START, PLAIN, QUOTED, QUOTE_IN_QUOTED, AFTER_CR };

void csv_init(struct csv *csv, char delimiter) {
  memset(csv, 0, sizeof *csv);
  csv->delimiter = delimiter ? delimiter : ',';
  csv->line = csv->row_line = 1;
}

void csv_deinit(struct csv *csv) {
  buf_deinit(&csv->bytes);
  buf_deinit(&csv->raw);
}

static void fail(struct csv *csv, const char *what) {
  if (csv->error.code) return;
  status_fail(&csv->error, ERR_INVALID, "%s", what);
  csv->cut = true;
}

static void begin_field(struct csv *csv) {
  if (csv->fields == CSV_FIELDS) fail(csv, "more than 256 fields; check the quotes");
  if (csv->cut) return;
  csv->starts[csv->fields++] = csv->bytes.len;
}

static void end_field(struct csv *csv) {
  if (csv->cut) return;
  buf_putc(&csv->bytes, '\0');
  csv->starts[csv->fields] = csv->bytes.len;
}

static void put(struct csv *csv, char byte) {
  if (csv->cut) return;
  size_t field = csv->bytes.len - csv->starts[csv->fields - 1];
  if (field == CSV_FIELD_BYTES || csv->bytes.len >= CSV_ROW_BYTES)
    fail(csv, "a field or row is too long; a quote may be missing its end");
  else if (byte == '\0')
    fail(csv, "a zero byte stands in the text; export the file as CSV again");
  else
    buf_putc(&csv->bytes, byte);
}

static void begin_row(struct csv *csv) {
  csv->row_line = csv->line;
  csv->fields = 0;
  csv->cut = false;
  csv->error = (struct status){0};
  buf_clear(&csv->bytes);
  buf_clear(&csv->raw);
}

static void end_row(struct csv *csv) {
  end_field(csv);
  csv->whole = true;
  csv->state = ROW_START;
}

// A byte outside quotes; what begins the line's end ends the row.
static void plain(struct csv *csv, char byte) {
  if (byte == csv->delimiter) {
    end_field(csv);
    begin_field(csv);
    csv->state = FIELD_START;
  } else if (byte == '\n') {
    end_row(csv);
  } else if (byte == '\r') {
    csv->state = AFTER_CR;
  } else if (byte == '"' && csv->state == FIELD_START) {
    csv->state = QUOTED;
  } else {
    csv->state = PLAIN;
    put(csv, byte);
  }
}

static void quoted(struct csv *csv, char byte) {
  if (byte == '"')
    csv->state = QUOTE_IN_QUOTED;
  else
    put(csv, byte);
  // Past an error the quotes can't be trusted: the next line may be a good row.
  if (csv->cut && byte == '\n') end_row(csv);
}

static void after_quote(struct csv *csv, char byte) {
  if (byte == '"') {
    csv->state = QUOTED;
    put(csv, byte);
  } else if (byte == csv->delimiter || byte == '\n' || byte == '\r') {
    csv->state = PLAIN;
    plain(csv, byte);
  } else {
    fail(csv, "text follows a closing quote; write \"\" for a quote within a field");
    csv->state = PLAIN;
  }
}

static void start(struct csv *csv, char byte) {
  if (byte == '\n' || byte == '\r') return;
  begin_row(csv);
  begin_field(csv);
  csv->state = FIELD_START;
  plain(csv, byte);
}

// A CR alone ends a row too, as old spreadsheets write it; the byte after it is the next
// row's.
static bool take(struct csv *csv, char byte) {
  switch (csv->state) {
    case ROW_START: start(csv, byte); break;
    case QUOTED: quoted(csv, byte); break;
    case QUOTE_IN_QUOTED: after_quote(csv, byte); break;
    case AFTER_CR: end_row(csv); return byte == '\n';
    default: plain(csv, byte); break;
  }
  return true;
}

static void trim_raw(struct buf *raw) {
  while (raw->len && (raw->data[raw->len - 1] == '\n' || raw->data[raw->len - 1] == '\r'))
    raw->data[--raw->len] = '\0';
}

size_t csv_read(struct csv *csv, const char *piece, size_t len) {
  csv->whole = false;
  for (size_t i = 0; i < len; i++) {
    bool taken = take(csv, piece[i]);
    if (taken && csv->raw.len < RAW_BYTES) buf_putc(&csv->raw, piece[i]);
    if (taken && piece[i] == '\n') csv->line++;
    if (!csv->whole) continue;
    trim_raw(&csv->raw);
    return i + (taken ? 1 : 0);
  }
  return len;
}

bool csv_finish(struct csv *csv) {
  csv->whole = false;
  if (csv->state == ROW_START) return false;
  if (csv->state == QUOTED) fail(csv, "a quoted field has no closing quote");
  end_row(csv);
  trim_raw(&csv->raw);
  return true;
}

int csv_check(const struct csv *csv, struct status *status) {
  if (csv->error.code) *status = csv->error;
  return csv->error.code;
}

const char *csv_field(const struct csv *csv, int index, size_t *len) {
  bool there = index >= 0 && index < csv->fields && !csv->error.code;
  if (len) *len = there ? csv->starts[index + 1] - csv->starts[index] - 1 : 0;
  return there ? csv->bytes.data + csv->starts[index] : "";
}

void csv_put(struct buf *out, char delimiter, const char *field, size_t len) {
  char special[] = {'"', '\r', '\n', delimiter};
  bool quotes = false;
  for (size_t i = 0; i < sizeof special && !quotes; i++)
    quotes = memchr(field, special[i], len) != NULL;
  if (quotes) buf_putc(out, '"');
  for (size_t i = 0; i < len; i++) {
    if (field[i] == '"') buf_putc(out, '"');
    buf_putc(out, field[i]);
  }
  if (quotes) buf_putc(out, '"');
}
