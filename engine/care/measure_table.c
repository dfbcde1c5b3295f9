// The table of measures: measure.csv in the binary, and what the site puts over it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/embed.h"
#include "base/mem.h"
#include "care/measure.h"

enum { CODE, UNIT, LOW, HIGH, ZH, EN, UNITS, NAMES, COLUMNS, FILE_MOST = 1024 * 1024 };

struct name {  // a code, LOINC or local name
  char *text, *unit;
  size_t measure;
};

struct measures {
  struct measure *list;
  size_t count;
  struct name *names;  // sorted by text
  size_t name_count;
};

struct reading {
  struct measures *measures;
  const char *file;  // for sentences
  int columns[COLUMNS];
  struct csv csv;
  struct status *status;
};

static const char *const column_names[COLUMNS] = {"code", "unit", "low",   "high",
                                                  "zh",   "en",   "units", "names"};

static void measure_deinit(struct measure *measure) {
  mem_free(measure->code);
  mem_free(measure->unit);
  mem_free(measure->zh);
  mem_free(measure->en);
  for (size_t i = 0; i < measure->unit_count; i++) mem_free(measure->units[i].text);
  mem_free(measure->units);
}

void measures_free(struct measures *measures) {
  if (!measures) return;
  for (size_t i = 0; i < measures->count; i++) measure_deinit(&measures->list[i]);
  for (size_t i = 0; i < measures->name_count; i++) {
    mem_free(measures->names[i].text);
    mem_free(measures->names[i].unit);
  }
  mem_free(measures->list);
  mem_free(measures->names);
  mem_free(measures);
}

static int compare(const void *a, const void *b) {
  return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static struct name *find_name(const struct measures *measures, const char *text) {
  for (size_t i = 0; i < measures->name_count; i++)
    if (!strcmp(measures->names[i].text, text)) return &measures->names[i];
  return NULL;
}

// The row read last has the name, whoever had it before.
static void add_name(struct measures *measures, const char *text, const char *unit,
                     size_t measure) {
  struct name *name = find_name(measures, text);
  if (!name) {
    measures->names =
        mem_resize(measures->names, (measures->name_count + 1) * sizeof *measures->names);
    name = &measures->names[measures->name_count++];
    *name = (struct name){.text = mem_copy_text(text)};
  }
  mem_free(name->unit);
  name->unit = mem_copy_text(unit);
  name->measure = measure;
}

static const char *cell(struct reading *reading, int column) {
  size_t len;
  return csv_field(&reading->csv, reading->columns[column], &len);
}

static int wrong(struct reading *reading, int column, const char *what) {
  return status_fail(reading->status, ERR_INVALID, "%s, line %ld, column %s: %s",
                     reading->file, reading->csv.row_line, column_names[column], what);
}

// "factor+offset", "factor-offset" or "factor".
static bool read_factor(const char *text, struct measure_unit *unit) {
  char *end;
  unit->factor = strtod(text, &end);
  if (end == text || unit->factor == 0) return false;
  if (*end) unit->offset = strtod(end, &end);
  return !*end;
}

static int add_unit(struct reading *reading, struct measure *measure, char *entry) {
  struct measure_unit unit = {.factor = 1};
  char *equals = strchr(entry, '=');
  if (equals && !read_factor(equals + 1, &unit))
    return wrong(reading, UNITS, "write units as mg/dL=0.0555, apart by semicolons");
  if (equals) *equals = '\0';
  unit.text = mem_copy_text(entry);
  measure->units =
      mem_resize(measure->units, (measure->unit_count + 1) * sizeof *measure->units);
  measure->units[measure->unit_count++] = unit;
  return OK;
}

static int add_alias(struct reading *reading, struct measure *measure, char *entry) {
  char *colon = strchr(entry, ':');
  if (colon) *colon = '\0';
  add_name(reading->measures, entry, colon ? colon + 1 : NULL,
           (size_t)(measure - reading->measures->list));
  return OK;
}

// Calls fn with each entry of a cell, entries being apart by semicolons.
static int each(struct reading *reading, int column, struct measure *measure,
                int (*fn)(struct reading *, struct measure *, char *)) {
  char *all = mem_copy_text(cell(reading, column)), *at = all;
  int code = OK;
  while (*at && !code) {
    size_t len = strcspn(at, ";");
    char *next = at + len + (at[len] == ';');
    while (*at == ' ') at++, len--;
    while (len && at[len - 1] == ' ') len--;
    at[len] = '\0';
    if (len) code = fn(reading, measure, at);
    at = next;
  }
  mem_free(all);
  return code;
}

static bool read_number(const char *text, double *out) {
  char *end;
  *out = strtod(text, &end);
  return end != text && !*end;
}

static struct measure *place_of(struct measures *measures, const char *code) {
  for (size_t i = 0; i < measures->count; i++)
    if (!strcmp(measures->list[i].code, code)) {
      measure_deinit(&measures->list[i]);
      measures->list[i] = (struct measure){0};
      return &measures->list[i];
    }
  measures->list =
      mem_resize(measures->list, (measures->count + 1) * sizeof *measures->list);
  measures->list[measures->count] = (struct measure){0};
  return &measures->list[measures->count++];
}

static bool is_code(const char *text) {
  return *text >= 'a' && *text <= 'z' &&
         !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")];
}

static int add_row(struct reading *reading) {
  struct measures *measures = reading->measures;
  double low, high;
  if (csv_check(&reading->csv, reading->status))
    return status_prefix(reading->status, "%s, line %ld", reading->file,
                         reading->csv.row_line);
  if (!is_code(cell(reading, CODE)))
    return wrong(reading, CODE, "write a word of small letters, digits and dashes");
  if (!*cell(reading, UNIT)) return wrong(reading, UNIT, "is empty; write its UCUM unit");
  if (!read_number(cell(reading, LOW), &low)) return wrong(reading, LOW, "is no number");
  if (!read_number(cell(reading, HIGH), &high) || high <= low)
    return wrong(reading, HIGH, "is no number above low");
  struct measure *measure = place_of(measures, cell(reading, CODE));
  measure->code = mem_copy_text(cell(reading, CODE));
  measure->unit = mem_copy_text(cell(reading, UNIT));
  measure->zh = mem_copy_text(cell(reading, ZH));
  measure->en = mem_copy_text(cell(reading, EN));
  measure->low = low;
  measure->high = high;
  add_name(measures, measure->code, NULL, (size_t)(measure - measures->list));
  int code = each(reading, UNITS, measure, add_unit);
  return code ? code : each(reading, NAMES, measure, add_alias);
}

static int read_heading(struct reading *reading) {
  for (int i = 0; i < COLUMNS; i++) {
    size_t len;
    reading->columns[i] = -1;
    for (int at = 0; at < reading->csv.fields; at++)
      if (!strcmp(csv_field(&reading->csv, at, &len), column_names[i]))
        reading->columns[i] = at;
    if (reading->columns[i] < 0)
      return status_fail(reading->status, ERR_INVALID,
                         "%s: the first line has no column \"%s\"; it must be code,unit,"
                         "low,high,zh,en,units,names",
                         reading->file, column_names[i]);
  }
  return OK;
}

static int read_row(struct reading *reading, bool *heading) {
  int code = *heading ? read_heading(reading) : add_row(reading);
  *heading = false;
  return code;
}

static int read_rows(struct reading *reading, const char *text, size_t len) {
  bool heading = true;
  int code = OK;
  for (size_t at = 0; at < len && !code;) {
    at += csv_read(&reading->csv, text + at, len - at);
    if (reading->csv.whole) code = read_row(reading, &heading);
  }
  if (!code && csv_finish(&reading->csv)) code = read_row(reading, &heading);
  return code;
}

static int read_text(struct measures *measures, const char *file, const char *text,
                     size_t len, struct status *status) {
  struct reading reading = {.measures = measures, .file = file, .status = status};
  size_t mark = len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0;
  csv_init(&reading.csv, 0);
  int code = read_rows(&reading, text + mark, len - mark);
  csv_deinit(&reading.csv);
  return code;
}

static int read_file(struct measures *measures, const char *path, struct status *status) {
  struct buf text = {0};
  FILE *file = fopen(path, "re");
  if (!file)
    return status_fail(status, ERR_NOT_FOUND,
                       "observations: %s can't be read; check the path", path);
  buf_reserve(&text, FILE_MOST);
  text.len = fread(text.data, 1, FILE_MOST, file);
  bool more = !feof(file);
  fclose(file);
  int code = more ? status_fail(status, ERR_LIMIT, "observations: %s is over 1 MB", path)
                  : read_text(measures, path, text.data, text.len, status);
  buf_deinit(&text);
  return code;
}

int measures_read(struct measures **out, const char *path, struct status *status) {
  struct measures *measures = mem_alloc(sizeof *measures);
  const struct embedded *own = &measure_table[0];
  int code = read_text(measures, own->name, own->text, own->length, status);
  if (!code && path && *path) code = read_file(measures, path, status);
  if (code) {
    measures_free(measures);
    return code;
  }
  qsort(measures->names, measures->name_count, sizeof *measures->names, compare);
  *out = measures;
  return OK;
}

const struct measure *measures_find(const struct measures *measures, const char *code,
                                    const char **unit) {
  struct name wanted = {.text = (char *)code};
  const struct name *name = measures
                                ? bsearch(&wanted, measures->names, measures->name_count,
                                          sizeof *measures->names, compare)
                                : NULL;
  if (unit) *unit = name ? name->unit : NULL;
  return name ? &measures->list[name->measure] : NULL;
}

const struct measure *measures_at(const struct measures *measures, size_t index) {
  return index < measures->count ? &measures->list[index] : NULL;
}
