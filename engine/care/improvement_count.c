#include "care/improvement_count.h"

#include <string.h>

#include "base/civil.h"
#include "base/iso.h"
#include "base/mem.h"
#include "care/mapping.h"

static const enum case_figure_text scopes[] = {FIGURE_LEAD, FIGURE_STAGE, FIGURE_TYPE,
                                               FIGURE_WARD};
enum { SCOPES = sizeof scopes / sizeof *scopes };

static void read_scope(struct stmt *row, int64_t to, struct improvement_scope *scope) {
  *scope = (struct improvement_scope){.title = mem_copy_text(stmt_text(row, 0)),
                                      .opened_at = stmt_int(row, 1),
                                      .done_at = stmt_int(row, 2)};
  scope->days = (to - scope->done_at) / CIVIL_DAY_MS;
  if (scope->days > IMPROVEMENT_DAYS) scope->days = IMPROVEMENT_DAYS;
  for (int i = 0; i < SCOPES; i++) scope->text[i] = mem_copy_text(stmt_text(row, 3 + i));
}

void improvements_load(struct store *store, int64_t from, int64_t to,
                       const char *departments, struct improvements *out) {
  *out = (struct improvements){.from = INT64_MAX};
  struct stmt *row = store_query(
      store,
      "SELECT title, i.opened_at, closed_at, lead, stage, type, ward FROM improvement i"
      " JOIN task ON task.id=i.task WHERE status='done' AND closed_at>=?1 AND"
      " closed_at<?2 AND (?3 IS NULL OR i.department IN (SELECT value FROM"
      " json_each(?3))) ORDER BY closed_at DESC LIMIT ?4",
      "iiti", from, to, departments, (int64_t)IMPROVEMENTS_MOST);
  while (stmt_row(row)) {
    struct improvement_scope *scope = &out->list[out->count++];
    read_scope(row, to, scope);
    int64_t begins = scope->opened_at - scope->days * (int64_t)CIVIL_DAY_MS;
    if (begins < out->from) out->from = begins;
    if (to > out->to) out->to = to;
  }
  stmt_done(row);
}

static bool is_of(const struct improvement_scope *scope,
                  const struct case_figure *figure) {
  for (int i = 0; i < SCOPES; i++) {
    const char *text = figure->text[scopes[i]];
    if (scope->text[i] && (!text || strcmp(text, scope->text[i]) != 0)) return false;
  }
  return true;
}

static void add(struct improvement_side *side, const struct improvement_side *worth) {
  side->items++;
  side->satisfied += worth->satisfied;
  side->unsatisfied += worth->unsatisfied;
  side->met += worth->met;
  side->late += worth->late;
}

void improvements_add(struct improvements *improvements, const struct case_figure *figure,
                      const struct improvement_side *worth) {
  for (int i = 0; i < improvements->count; i++) {
    struct improvement_scope *scope = &improvements->list[i];
    int64_t at = figure->received_at, length = scope->days * (int64_t)CIVIL_DAY_MS;
    bool before = at >= scope->opened_at - length && at < scope->opened_at,
         after = at >= scope->done_at && at < scope->done_at + length;
    if ((before || after) && is_of(scope, figure))
      add(before ? &scope->before : &scope->after, worth);
  }
}

static void put_side(struct mapping *map, const char *key,
                     const struct improvement_side *side) {
  mapping_key(map, key);
  struct mapping own = mapping_begin(map->out);
  mapping_int(&own, "items", side->items);
  mapping_int(&own, "late", side->late);
  mapping_int(&own, "met", side->met);
  mapping_int(&own, "satisfied", side->satisfied);
  mapping_int(&own, "unsatisfied", side->unsatisfied);
  mapping_end(&own);
}

static void put_time(struct mapping *map, const char *key, int64_t at,
                     const struct zone *zone) {
  char text[ISO_SIZE];
  iso_format(at, zone, text);
  mapping_text(map, key, text);
}

void improvements_put(const struct improvements *improvements, const struct zone *zone,
                      struct buf *out) {
  size_t list = value_begin_list(out);
  for (int i = 0; i < improvements->count; i++) {
    const struct improvement_scope *scope = &improvements->list[i];
    struct mapping map = mapping_begin(out);
    put_side(&map, "after", &scope->after);
    put_side(&map, "before", &scope->before);
    mapping_int(&map, "days", scope->days);
    put_time(&map, "done_at", scope->done_at, zone);
    mapping_text(&map, "lead", scope->text[0]);
    put_time(&map, "opened_at", scope->opened_at, zone);
    mapping_text(&map, "stage", scope->text[1]);
    mapping_text(&map, "title", scope->title);
    mapping_text(&map, "type", scope->text[2]);
    mapping_text(&map, "ward", scope->text[3]);
    mapping_end(&map);
  }
  value_end(out, list, (uint32_t)improvements->count);
}

void improvements_deinit(struct improvements *improvements) {
  for (int i = 0; i < improvements->count; i++) {
    mem_free(improvements->list[i].title);
    for (int at = 0; at < SCOPES; at++) mem_free(improvements->list[i].text[at]);
  }
}
