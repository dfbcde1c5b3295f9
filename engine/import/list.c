#include "import/list.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

static const char *const extra[] = {"行号", "原因"};  // line, reason

static int find_encoding(struct import_list *list, const char *file, const char *said,
                         struct status *status) {
  struct charset_probe probe = {0};
  size_t got;
  while ((got = fread(list->piece, 1, sizeof list->piece, list->file)) > 0) {
    charset_probe(&probe, list->piece, got);
    list->size += (int64_t)got;
  }
  if (ferror(list->file))
    return status_fail(status, ERR_IO, "%s can't be read: %s", file, strerror(errno));
  if (charset_found(&probe, &list->kind, status))
    return status_prefix(status, "%s", file);
  if (said && !charset_parse(said, &list->kind))
    return status_fail(status, ERR_INVALID,
                       "the map's encoding must be utf-8 or gb18030, not \"%.40s\"",
                       said);
  list->read = probe.marked ? 3 : 0;
  if (fseek(list->file, (long)list->read, SEEK_SET))
    return status_fail(status, ERR_IO, "%s can't be read again: %s", file,
                       strerror(errno));
  list->to_utf8 = charset_new(list->kind, true);
  list->from_utf8 = charset_new(list->kind, false);
  return OK;
}

static int read_header(struct import_list *list, struct import_map *map,
                       struct status *status) {
  if (!import_list_next(list))
    return status_fail(status, ERR_INVALID,
                       "the list is empty; it needs a first line of "
                       "column names");
  if (import_list_cells(list, status))
    return status_prefix(status, "line %ld", list->csv.row_line);
  list->columns = list->csv.fields;
  for (int i = 0; i < list->columns; i++)
    list->skip[i] =
        !strcmp(list->cells[i], extra[0]) || !strcmp(list->cells[i], extra[1]);
  char *record = import_list_record(list);
  buf_puts(&list->header, record);
  mem_free(record);
  return import_map_header(map, list->cells, list->columns, status);
}

static void name_rejects(struct import_list *list, const char *file, const char *given) {
  size_t len = strlen(file);
  if (len > 4 && !strcmp(file + len - 4, ".csv")) len -= 4;
  if (given)
    snprintf(list->rejects_path, sizeof list->rejects_path, "%s", given);
  else
    snprintf(list->rejects_path, sizeof list->rejects_path, "%.*s.rejects.csv",
             (int)(len < 480 ? len : 480), file);
}

int import_list_open(struct import_list *list, const char *file, const char *rejects,
                     struct import_map *map, struct status *status) {
  memset(list, 0, sizeof *list);
  list->delimiter = import_map_delimiter(map);
  csv_init(&list->csv, list->delimiter);
  name_rejects(list, file, rejects);
  list->file = fopen(file, "rb");
  if (!list->file)
    return status_fail(status, ERR_IO, "%s can't be opened: %s", file, strerror(errno));
  if (find_encoding(list, file, import_map_encoding(map), status)) return status->code;
  return read_header(list, map, status);
}

void import_list_close(struct import_list *list) {
  if (list->file) fclose(list->file);
  if (list->rejects) fclose(list->rejects);
  charset_free(list->to_utf8);
  charset_free(list->from_utf8);
  csv_deinit(&list->csv);
  buf_deinit(&list->header);
  buf_deinit(&list->cells_text);
}

static bool refill(struct import_list *list) {
  list->piece_at = 0;
  list->piece_len = fread(list->piece, 1, sizeof list->piece, list->file);
  return list->piece_len > 0;
}

bool import_list_next(struct import_list *list) {
  while (!list->over) {
    size_t took = csv_read(&list->csv, list->piece + list->piece_at,
                           list->piece_len - list->piece_at);
    list->piece_at += took;
    list->read += (int64_t)took;
    if (list->csv.whole) return true;
    if (!refill(list)) list->over = true;
    if (list->over) return csv_finish(&list->csv);
  }
  return false;
}

int import_list_cells(struct import_list *list, struct status *status) {
  size_t starts[CSV_FIELDS];
  if (csv_check(&list->csv, status)) return status->code;
  buf_clear(&list->cells_text);
  for (int i = 0; i < list->csv.fields; i++) {
    size_t len;
    const char *field = csv_field(&list->csv, i, &len);
    starts[i] = list->cells_text.len;
    if (charset_convert(list->to_utf8, field, len, &list->cells_text, status))
      return status_prefix(status, "column %d", i + 1);
    buf_putc(&list->cells_text, '\0');
  }
  for (int i = 0; i < list->csv.fields; i++)
    list->cells[i] = list->cells_text.data + starts[i];
  if (list->columns && list->csv.fields != list->columns)
    return status_fail(status, ERR_INVALID, "has %d fields, the first line has %d",
                       list->csv.fields, list->columns);
  return OK;
}

char *import_list_record(const struct import_list *list) {
  struct buf out = {0};
  if (list->csv.error.code) return mem_copy_text(buf_text(&list->csv.raw));
  for (int i = 0; i < list->csv.fields; i++) {
    size_t len;
    const char *field = csv_field(&list->csv, i, &len);
    if (list->skip[i]) continue;
    if (i) buf_putc(&out, list->delimiter);
    csv_put(&out, list->delimiter, field, len);
  }
  return buf_take(&out);
}

static void put_extra(struct import_list *list, struct buf *out, const char *text) {
  struct buf bytes = {0};
  struct status status = {0};
  if (charset_convert(list->from_utf8, text, strlen(text), &bytes, &status))
    buf_puts(&bytes, "?");
  buf_putc(out, list->delimiter);
  csv_put(out, list->delimiter, buf_text(&bytes), bytes.len);
  buf_deinit(&bytes);
}

static int begin_rejects(struct import_list *list, struct status *status) {
  struct buf line = {0};
  list->rejects = fopen(list->rejects_path, "wb");
  if (!list->rejects)
    return status_fail(status, ERR_IO, "%s can't be written: %s", list->rejects_path,
                       strerror(errno));
  if (list->kind == CHARSET_UTF8) buf_puts(&line, "\xEF\xBB\xBF");  // for spreadsheets
  buf_puts(&line, buf_text(&list->header));
  put_extra(list, &line, extra[0]);
  put_extra(list, &line, extra[1]);
  buf_puts(&line, "\r\n");
  fwrite(line.data, 1, line.len, list->rejects);
  buf_deinit(&line);
  return OK;
}

int import_list_reject(struct import_list *list, long line, const char *record,
                       bool malformed, const char *reason, struct status *status) {
  struct buf out = {0};
  char number[24];
  if (!list->rejects && begin_rejects(list, status)) return status->code;
  snprintf(number, sizeof number, "%ld", line);
  buf_puts(&out, record);
  if (!malformed) {  // else its quotes or fields must be mended first
    put_extra(list, &out, number);
    put_extra(list, &out, reason);
  }
  buf_puts(&out, "\r\n");
  fwrite(out.data, 1, out.len, list->rejects);
  buf_deinit(&out);
  return OK;
}

int import_list_end_rejects(struct import_list *list, struct status *status) {
  FILE *file = list->rejects;
  list->rejects = NULL;
  if (!file) return OK;
  bool bad = ferror(file);
  if (fclose(file) || bad)
    return status_fail(status, ERR_IO, "%s was not written whole: %s", list->rejects_path,
                       strerror(errno));
  return OK;
}
