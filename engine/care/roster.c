#include "care/roster.h"

#include <stdio.h>
#include <string.h>

#include "base/iso.h"
#include "base/mem.h"

enum { FIELD = 128 };

struct entry {  // one line of a roster
  char from[FIELD], to[FIELD], staff[FIELD];
};

static void copy_field(const char **at, const char *end, char *out) {
  const char *from = *at, *comma = memchr(from, ',', (size_t)(end - from));
  const char *to = comma ? comma : end;
  *at = comma ? comma + 1 : end;
  while (from < to && (*from == ' ' || *from == '"')) from++;
  while (to > from && (to[-1] == ' ' || to[-1] == '"' || to[-1] == '\r')) to--;
  size_t len = (size_t)(to - from) < FIELD ? (size_t)(to - from) : 0;
  memcpy(out, from, len);
  out[len] = '\0';
}

// The line "from,to,staff" at the front; at goes to the next one.
static void read_line(const char **at, const char *end, struct entry *out) {
  const char *newline = memchr(*at, '\n', (size_t)(end - *at));
  const char *stop = newline ? newline : end, *field = *at;
  copy_field(&field, stop, out->from);
  copy_field(&field, stop, out->to);
  copy_field(&field, stop, out->staff);
  *at = newline ? newline + 1 : end;
}

// Who stands in the roster at a moment: the line that began last. Headings and remarks
// are no times and fall out by themselves.
static void find_line(const char *csv, size_t len, const struct zone *zone, int64_t now,
                      char *staff, size_t size) {
  int64_t best = INT64_MIN;
  const char *at = csv, *end = csv + len;
  while (at < end) {
    struct entry entry;
    struct status status = {0};
    int64_t from, to;
    read_line(&at, end, &entry);
    if (!entry.staff[0] || iso_parse(entry.from, zone, &from, &status) || from > now ||
        from < best || iso_parse(entry.to, zone, &to, &status) || to <= now)
      continue;
    best = from;
    snprintf(staff, size, "%s", entry.staff);
  }
}

static bool is_named(const char *csv, size_t len, const char *staff) {
  const char *at = csv, *end = csv + len;
  while (at < end) {
    struct entry entry;
    read_line(&at, end, &entry);
    if (!strcmp(entry.staff, staff)) return true;
  }
  return false;
}

struct roster_file {
  char *path;
  struct stmt *row;
  const char *csv;  // NULL: there is none
  size_t len;
};

static struct roster_file file_open(struct care *care, const char *department,
                                    const char *role) {
  struct value roster = catalog_find(care->catalog, department, "roster", role);
  struct value field = value_field(&roster, "path");
  struct roster_file file = {.path = value_copy_text(&field)};
  if (!file.path) return file;
  file.row = store_query(care->store,
                         "SELECT text FROM bundle_file JOIN source USING (digest) WHERE"
                         " bundle=?1 AND path=?2",
                         "it", catalog_bundle(care->catalog, department), file.path);
  if (stmt_row(file.row)) file.csv = stmt_bytes(file.row, 0, &file.len);
  return file;
}

static void file_close(struct roster_file *file) {
  if (file->row) stmt_done(file->row);
  mem_free(file->path);
}

bool roster_find(struct care *care, const char *department, const char *role, char *staff,
                 size_t size) {
  struct roster_file file = file_open(care, department, role);
  staff[0] = '\0';
  if (file.csv)
    find_line(file.csv, file.len, care_zone(care, department), kernel_now(care->kernel),
              staff, size);
  file_close(&file);
  return staff[0];
}

bool roster_names(struct care *care, const char *department, const char *role,
                  const char *staff) {
  struct roster_file file = file_open(care, department, role);
  bool named = file.csv && is_named(file.csv, file.len, staff);
  file_close(&file);
  return named;
}
