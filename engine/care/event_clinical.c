// What was done, found and ordered.
#include <string.h>

#include "base/mem.h"
#include "care/enrollment.h"
#include "care/event_apply.h"
#include "care/mapping.h"

struct coded {
  char *code, *name;
  int64_t at;
};

static int64_t known(struct event_in *event, const char *kind, const struct coded *item) {
  return store_int(
      event->care->store, 0,
      "SELECT id FROM clinical WHERE patient=?1 AND kind=?2 AND encounter IS "
      "?3 AND code=?4 AND name=?5 LIMIT 1",
      "itItt", event->patient, kind, event->encounter, item->code, item->name);
}

// A name that was known before its code gets it; true when something is new.
static bool keep(struct event_in *event, const char *kind, const struct coded *item,
                 bool first) {
  struct store *store = event->care->store;
  bool empty = first && event->new_stay;  // of this kind, the stay has nothing yet
  if (!empty && known(event, kind, item)) return false;
  if (!empty && *item->code && *item->name &&
      store_exec(store,
                 "UPDATE clinical SET code=?5, at=coalesce(nullif(?6,0),at), kept_at=?7 "
                 "WHERE patient=?1 AND kind=?2 AND encounter IS ?3 AND name=?4 AND "
                 "code=''",
                 "itIttIi", event->patient, kind, event->encounter, item->name,
                 item->code, item->at, kernel_now(event->care->kernel)) > 0)
    return true;
  store_exec(
      store,
      "INSERT INTO clinical (patient, encounter, kind, code, name, at, kept_at) VALUES "
      "(?1,?2,?3,?4,?5,?6,?7)",
      "iItttIi", event->patient, event->encounter, kind, item->code, item->name, item->at,
      kernel_now(event->care->kernel));
  return true;
}

static int keep_list(struct event_in *event, const char *list, const char *kind,
                     int *fresh) {
  struct value items = value_field(&event->body, list), item;
  struct value_iter iter = value_iterate(&items);
  *fresh = 0;
  while (value_next(&iter, NULL, &item)) {
    struct value code = value_field(&item, "code"), name = value_field(&item, "name");
    struct coded coded = {value_copy_text(&code), value_copy_text(&name), 0};
    if (!coded.code) coded.code = mem_copy_text("");
    if (!coded.name) coded.name = mem_copy_text("");
    int failed = event_time(event, &item, "at", CIVIL_DAY_MS, &coded.at);
    if (!failed && keep(event, kind, &coded, !*fresh)) (*fresh)++;
    mem_free(coded.code);
    mem_free(coded.name);
    if (failed) return status_prefix(event->status, "in \"%s\"", list);
  }
  return OK;
}

int clinical_put(struct event_in *event, struct clinical_new *out) {
  *out = (struct clinical_new){0};
  if (keep_list(event, "procedures", "procedure", &out->procedures) ||
      keep_list(event, "diagnoses", "diagnosis", &out->diagnoses) ||
      keep_list(event, "drugs", "drug", &out->drugs))
    return event->status->code;
  return OK;
}

// The first of the list says what it was about; all of them are the stay's.
static void put_first(struct event_in *event, struct merge *merge) {
  static const char *const lists[] = {"procedures", "diagnoses", "drugs"};
  for (size_t i = 0; i < 3; i++) {
    struct value list = value_field(&event->body, lists[i]), first = value_at(&list, 0),
                 code = value_field(&first, "code"), name = value_field(&first, "name");
    if (!value_count(&list)) continue;
    merge_value(merge, "code", &code);
    merge_value(merge, "name", &name);
    return;
  }
}

// The row of what it is about, for who wants to name it.
static void find_row(struct event_in *event, const char *list) {
  struct value items = value_field(&event->body, list), first = value_at(&items, 0),
               code = value_field(&first, "code"), name = value_field(&first, "name");
  struct coded coded = {value_copy_text(&code), value_copy_text(&name), 0};
  if (!coded.code) coded.code = mem_copy_text("");
  if (!coded.name) coded.name = mem_copy_text("");
  event->about = known(event, event->kind, &coded);
  mem_free(coded.code);
  mem_free(coded.name);
}

int event_clinical(struct event_in *event) {
  struct clinical_new fresh;
  struct merge merge = {0};
  if (encounter_find(event, NULL) || clinical_put(event, &fresh))
    return event->status->code;
  event_open_access(event, event->department);
  find_row(event, !strcmp(event->kind, "procedure")   ? "procedures"
                  : !strcmp(event->kind, "diagnosis") ? "diagnoses"
                                                      : "drugs");
  put_first(event, &merge);
  event_tell(event, event->kind, &merge);
  return OK;
}
