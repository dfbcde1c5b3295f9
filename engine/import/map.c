#include "import/map.h"

#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "import/parts.h"

const struct import_target import_targets[TARGETS] = {
    {"mrn", "patient.mrn"},
    {"name", "patient.name"},
    {"sex", "patient.sex"},
    {"birth", "patient.birth"},
    {"phone", "patient.phone"},
    {"address", "patient.address"},
    {"email", "patient.email"},
    {"language", "patient.language"},
    {"dialect", "patient.dialect"},
    {"disclosure", "patient.disclosure"},
    {"contact_name", "patient.contacts[1].name"},
    {"contact_phone", "patient.contacts[1].phone"},
    {"contact_email", "patient.contacts[1].email"},
    {"contact_relation", "patient.contacts[1].relation"},
    {"contact_proxy", "patient.contacts[1].proxy"},
    {"department", "department"},
    {"ward", "ward"},
    {"doctor", "doctor"},
    {"nurse", "nurse"},
    {"stays", "stays"},
    {"visit", "visit"},
    {"admitted", "admitted"},
    {"discharged", "at"},
    {"leaving", "leaving"},
    {"planned", "planned"},
    {"return_planned", "return_planned"},
    {"diagnosis_code", "diagnoses"},
    {"diagnosis_name", "diagnoses"},
    {"procedure_code", "procedures"},
    {"procedure_name", "procedures"},
    {"procedure_at", "procedures"},
    {"at", "at"},
    {"text", "item.text"},
    {"stars", "item.stars"},
    {"channel", "item.channel"},
    {"id", "id"}};

static int find_target(const struct value *name) {
  for (int i = 0; i < TARGETS; i++)
    if (value_is(name, import_targets[i].name)) return i;
  return -1;
}

static int refuse_target(const struct value *column, const struct value *target,
                         struct status *status) {
  struct buf hint = {0};
  struct nearest nearest;
  if (target->kind == VALUE_TEXT) {
    nearest_start(&nearest, target->text.data, target->text.len);
    for (int i = 0; i < TARGETS; i++)
      nearest_offer(&nearest, import_targets[i].name, strlen(import_targets[i].name));
    nearest_put(&nearest, &hint);
  }
  status_fail(status, ERR_INVALID, "the map's columns[\"%.*s\"] is no known field%s",
              (int)(column->text.len < 60 ? column->text.len : 60), column->text.data,
              buf_text(&hint));
  buf_deinit(&hint);
  return ERR_INVALID;
}

static int read_columns(struct import_map *map, struct status *status) {
  struct value columns = value_field(&map->table, "columns"), key, item;
  struct value_iter iter = value_iterate(&columns);
  if (columns.kind != VALUE_MAP)
    return status_fail(status, ERR_INVALID,
                       "the map lacks columns: a table of column name = field");
  while (value_next(&iter, &key, &item)) {
    int target = find_target(&item);
    if (target < 0) return refuse_target(&key, &item, status);
    if (map->wanted[target])
      return status_fail(status, ERR_INVALID, "the map gives field \"%s\" two columns",
                         import_targets[target].name);
    map->wanted[target] = value_copy_text(&key);
  }
  static const enum target discharge[] = {MRN, DISCHARGED}, said[] = {SAID, MOMENT};
  const enum target *needed = map->feedback ? said : discharge;
  for (size_t i = 0; i < 2; i++)
    if (!map->wanted[needed[i]])
      return status_fail(status, ERR_INVALID, "the map gives no column for \"%s\"",
                         import_targets[needed[i]].name);
  return OK;
}

static int check_keys(const struct value *table, struct status *status) {
  static const char *const known[] = {
      "columns", "departments", "sex",      "leaving",       "relations", "times",
      "dates",   "empty",       "encoding", "delimiter",     "optional",  "kind",
      "channel", "channels",    "planned",  "return_planned"};
  struct value_iter iter = value_iterate(table);
  struct value key, item;
  while (value_next(&iter, &key, &item)) {
    struct nearest nearest;
    struct buf hint = {0};
    bool found = false;
    nearest_start(&nearest, key.text.data, key.text.len);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
      found = found || value_is(&key, known[i]);
      nearest_offer(&nearest, known[i], strlen(known[i]));
    }
    nearest_put(&nearest, &hint);
    if (!found)
      status_fail(status, ERR_INVALID, "the map has an unknown key \"%.*s\"%s",
                  (int)(key.text.len < 40 ? key.text.len : 40), key.text.data,
                  buf_text(&hint));
    buf_deinit(&hint);
    if (!found) return ERR_INVALID;
  }
  return OK;
}

int import_map_new(struct import_map **out, const struct value *table,
                   struct status *status) {
  struct import_map *map = mem_alloc(sizeof *map);
  struct value encoding = value_field(table, "encoding"),
               delimiter = value_field(table, "delimiter");
  map->table = *table;
  struct value kind = value_field(table, "kind");
  map->feedback = value_is(&kind, "feedback");
  map->encoding = value_copy_text(&encoding);
  map->delimiter = delimiter.kind == VALUE_TEXT && delimiter.text.len == 1
                       ? *delimiter.text.data
                       : ',';
  int code = table->kind == VALUE_MAP
                 ? check_keys(table, status)
                 : status_fail(status, ERR_INVALID, "the map's file must return a table");
  if (!code && kind.kind != VALUE_NIL && !map->feedback && !value_is(&kind, "discharge"))
    code = status_fail(status, ERR_INVALID,
                       "the map's kind must be \"discharge\" or \"feedback\"");
  if (!code) code = read_columns(map, status);
  if (code) {
    import_map_free(map);
    return code;
  }
  *out = map;
  return OK;
}

void import_map_free(struct import_map *map) {
  if (!map) return;
  for (int i = 0; i < TARGETS; i++) mem_free(map->wanted[i]);
  mem_free(map->encoding);
  mem_free(map);
}

const char *import_map_encoding(const struct import_map *map) { return map->encoding; }
char import_map_delimiter(const struct import_map *map) { return map->delimiter; }

static void complain_of(const char *wanted, const char *const *names, int count,
                        struct buf *out) {
  struct nearest nearest;
  nearest_start(&nearest, wanted, strlen(wanted));
  nearest.least = 7;  // two characters of three bytes
  for (int i = 0; i < count; i++) nearest_offer(&nearest, names[i], strlen(names[i]));
  buf_printf(out, "%s%s", out->len ? ", " : "", wanted);
  if (nearest.best)
    buf_printf(out, " (is it %.*s?)", (int)nearest.best_len, nearest.best);
}

// Columns named in the map's `optional` may be missing from a list.
static bool is_optional(const struct import_map *map, const char *name) {
  struct value list = value_field(&map->table, "optional"), item;
  struct value_iter iter = value_iterate(&list);
  while (value_next(&iter, NULL, &item))
    if (value_is(&item, name)) return true;
  return false;
}

int import_map_header(struct import_map *map, const char *const *names, int count,
                      struct status *status) {
  struct buf missing = {0};
  for (int i = 0; i < TARGETS; i++) {
    map->index[i] = -1;
    for (int at = 0; map->wanted[i] && at < count; at++)
      if (!strcmp(names[at], map->wanted[i])) map->index[i] = at;
    map->column[i] = map->index[i] < 0 ? NULL : map->wanted[i];
    if (map->wanted[i] && !map->column[i] && !is_optional(map, map->wanted[i]))
      complain_of(map->wanted[i], names, count, &missing);
  }
  if (missing.len)
    status_fail(status, ERR_INVALID, "the list's first line lacks the columns %s",
                missing.data);
  buf_deinit(&missing);
  return status->code;
}

const char *import_map_column(const struct import_map *map, const char *complaint) {
  const char *field = strstr(complaint, "\"");
  for (int i = 0; field && i < TARGETS; i++) {
    size_t len = strlen(import_targets[i].field);
    const char *after = field + 1 + len;
    if (!strncmp(field + 1, import_targets[i].field, len) &&
        (*after == '"' || *after == '[') && map->column[i])
      return map->column[i];
  }
  if (field && !strncmp(field + 1, "patient.phones", 14) && map->column[PHONE])
    return map->column[PHONE];
  return "";
}
