// What was done, found and ordered.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/clinical_change.h"
#include "care/enrollment.h"
#include "care/event_apply.h"
#include "care/mapping.h"

// Its row; less than 0 when it was taken back.
static int64_t known(struct event_in *event, const char *kind, const struct coded *item) {
  return store_int(
      event->care->store, 0,
      "SELECT iif(withdrawn_at IS NULL, id, -id) FROM clinical WHERE patient=?1 AND "
      "kind=?2 AND encounter IS ?3 AND code=?4 AND name=?5 LIMIT 1",
      "itItt", event->patient, kind, event->encounter, item->code, item->name);
}

// A name that was known before its code gets it; true when something is new.
static bool keep(struct event_in *event, const char *kind, const struct coded *item,
                 bool first) {
  struct store *store = event->care->store;
  bool empty = first && event->new_stay;  // of this kind, the stay has nothing yet
  int64_t row = empty ? 0 : known(event, kind, item);
  if (row < 0) clinical_restore(event, -row);
  if (row) return row < 0;
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

static struct coded read_coded(const struct value *item) {
  struct value code = value_field(item, "code"), name = value_field(item, "name");
  struct coded coded = {value_copy_text(&code), value_copy_text(&name), 0};
  if (!coded.code) coded.code = mem_copy_text("");
  if (!coded.name) coded.name = mem_copy_text("");
  return coded;
}

static void coded_deinit(struct coded *coded) {
  mem_free(coded->code);
  mem_free(coded->name);
}

// What was known as something else is that no more.
static bool correct(struct event_in *event, const char *kind, const struct value *was,
                    const struct coded *item, bool first) {
  struct coded before = read_coded(was);
  bool there = clinical_correct(event, kind, &before, item);
  coded_deinit(&before);
  return there || keep(event, kind, item, first);
}

static bool take(struct event_in *event, const char *kind, const struct value *item,
                 const struct coded *coded, bool first) {
  struct value gone = value_field(item, "withdrawn"), was = value_field(item, "was");
  if (gone.kind == VALUE_BOOL && gone.boolean) {
    clinical_withdraw(event, kind, coded);
    return false;
  }
  if (was.kind == VALUE_MAP) return correct(event, kind, &was, coded, first);
  return keep(event, kind, coded, first);
}

static int keep_list(struct event_in *event, const char *list, const char *kind,
                     int *fresh) {
  struct value items = value_field(&event->body, list), item;
  struct value_iter iter = value_iterate(&items);
  *fresh = 0;
  while (value_next(&iter, NULL, &item)) {
    struct coded coded = read_coded(&item);
    int failed = event_time(event, &item, "at", CIVIL_DAY_MS, &coded.at);
    if (!failed && take(event, kind, &item, &coded, !*fresh)) (*fresh)++;
    coded_deinit(&coded);
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
  struct value items = value_field(&event->body, list), first = value_at(&items, 0);
  struct coded coded = read_coded(&first);
  int64_t row = known(event, event->kind, &coded);
  event->about = row < 0 ? -row : row;
  coded_deinit(&coded);
}

// What only took something back is no news of that kind.
static bool only_withdraws(const struct event_in *event, const char *list) {
  struct value items = value_field(&event->body, list), item;
  struct value_iter iter = value_iterate(&items);
  while (value_next(&iter, NULL, &item)) {
    struct value gone = value_field(&item, "withdrawn");
    if (gone.kind != VALUE_BOOL || !gone.boolean) return false;
  }
  return true;
}

int event_clinical(struct event_in *event) {
  struct clinical_new fresh;
  struct merge merge = {0};
  const char *list = !strcmp(event->kind, "procedure")   ? "procedures"
                     : !strcmp(event->kind, "diagnosis") ? "diagnoses"
                                                         : "drugs";
  if (encounter_find(event, NULL) || clinical_put(event, &fresh))
    return event->status->code;
  event_open_access(event, event->department);
  find_row(event, list);
  if (only_withdraws(event, list)) return OK;
  put_first(event, &merge);
  event_tell(event, event->kind, &merge);
  return OK;
}
