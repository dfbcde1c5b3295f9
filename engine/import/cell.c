// One row of a list, cell by cell: its texts, times and words.
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "import/parts.h"

static const char *const time_formats[] = {
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S",  "%Y/%m/%d %H:%M",
    "%Y%m%d%H%M%S",      "%Y%m%d%H%M",     "%Y年%m月%d日 %H:%M", NULL};
static const char *const date_formats[] = {
    "%Y-%m-%d",          "%Y/%m/%d",          "%Y%m%d", "%Y年%m月%d日",
    "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", NULL};
static const char *const empty_words[] = {"无", "不详", "-",    "/",
                                          "—",  "N/A",  "NULL", NULL};

static bool listed(const struct value *list, const char *const *builtin,
                   const char *text) {
  struct value_iter iter = value_iterate(list);
  struct value item;
  while (value_next(&iter, NULL, &item))
    if (value_is(&item, text)) return true;
  for (; list->kind == VALUE_NIL && *builtin; builtin++)
    if (!strcmp(*builtin, text)) return true;
  return false;
}

// The cell without spaces around it; "" when absent or a word for nothing.
void row_cell(const struct row *row, enum target target, char *out, size_t size) {
  int index = row->map->index[target];
  const char *at = index >= 0 && index < row->count ? row->cells[index] : "";
  struct value empty = value_field(&row->map->table, "empty");
  while (*at == ' ' || *at == '\t' || !strncmp(at, "\xE3\x80\x80", 3))
    at += *at == ' ' || *at == '\t' ? 1 : 3;
  size_t len = strlen(at);
  while (len && (at[len - 1] == ' ' || at[len - 1] == '\t')) len--;
  while (len >= 3 && !memcmp(at + len - 3, "\xE3\x80\x80", 3)) len -= 3;
  snprintf(out, size, "%.*s", (int)(len < size ? len : size - 1), at);
  if (listed(&empty, empty_words, out)) *out = 0;
}

int row_complain(const struct row *row, enum target target, const char *what) {
  *row->column = row->map->column[target] ? row->map->column[target] : "";
  return status_fail(row->status, ERR_INVALID, "%s", what);
}

// Reads a text by one format; what is missing of the time is zero.
static bool scan(const char *format, const char *text, struct civil *out) {
  *out = (struct civil){.month = 1, .day = 1};
  for (; *format; format++) {
    if (*format != '%') {
      if (*text++ != *format) return false;
      continue;
    }
    char kind = *++format;
    int32_t *into = kind == 'Y'   ? &out->year
                    : kind == 'm' ? &out->month
                    : kind == 'd' ? &out->day
                    : kind == 'H' ? &out->hour
                    : kind == 'M' ? &out->minute
                    : kind == 'S' ? &out->second
                                  : NULL;
    int most = kind == 'Y' ? 4 : 2, used = 0;
    if (!into) return false;
    for (*into = 0; used < most && *text >= '0' && *text <= '9'; used++)
      *into = *into * 10 + (*text++ - '0');
    if (!used) return false;
  }
  return !*text && civil_valid(out);
}

static bool scan_any(const struct value *own, const char *const *builtin,
                     const char *text, struct civil *out) {
  struct value_iter iter = value_iterate(own);
  struct value item = *own;
  bool found = false;
  if (own->kind == VALUE_NIL) {
    for (; *builtin && !found; builtin++) found = scan(*builtin, text, out);
    return found;
  }
  while (!found && (own->kind == VALUE_TEXT || value_next(&iter, NULL, &item))) {
    char *format = value_copy_text(&item);
    found = format && scan(format, text, out);
    mem_free(format);
    if (own->kind == VALUE_TEXT) break;
  }
  return found;
}

int row_time(struct row *row, enum target target, const char *key, bool date,
             char out[24]) {
  const char *const *formats = date ? date_formats : time_formats;
  char text[64];
  struct civil civil;
  struct value own = value_field(&row->map->table, key);
  row_cell(row, target, text, sizeof text);
  *out = 0;
  if (!*text) return OK;
  if (!scan_any(&own, formats, text, &civil))
    return row_complain(row, target,
                        date ? "is not a date in any of the map's forms"
                             : "is not a date with time in any of the map's forms");
  int used = snprintf(out, 24, "%04d-%02d-%02d", (int)(civil.year % 10000),
                      (int)(civil.month % 100), (int)(civil.day % 100));
  if (!date)
    snprintf(out + used, 24 - (size_t)used, "T%02d:%02d:%02d", (int)(civil.hour % 100),
             (int)(civil.minute % 100), (int)(civil.second % 100));
  return OK;
}

// A word of a table of the map, or of those built in; the table's sentence names it.
int row_word(struct row *row, enum target target, const char *key,
             const char *const (*builtin)[2], char *out, size_t size) {
  char text[128], what[128];
  struct value table = value_field(&row->map->table, key), found;
  row_cell(row, target, text, sizeof text);
  *out = 0;
  if (!*text) return OK;
  found = value_field(&table, text);
  if (found.kind == VALUE_TEXT && found.text.len < size) {
    snprintf(out, size, "%.*s", (int)found.text.len, found.text.data);
    return OK;
  }
  for (; table.kind == VALUE_NIL && builtin && (*builtin)[0]; builtin++)
    if (!strcmp((*builtin)[0], text)) return snprintf(out, size, "%s", (*builtin)[1]), OK;
  if (table.kind == VALUE_NIL && !builtin) return snprintf(out, size, "%s", text), OK;
  snprintf(what, sizeof what, "\"%.60s\" is not among the map's %s", text, key);
  return row_complain(row, target, what);
}
