#include "care/canary.h"

#include <stdlib.h>
#include <string.h>

#include "care/replan.h"

bool canary_wanted(const struct value *definitions) {
  struct value pathways = value_field(definitions, "pathway"), body;
  struct value_iter iter = value_iterate(&pathways);
  while (pathways.kind == VALUE_MAP && value_next(&iter, NULL, &body)) {
    struct value rollout = value_field(&body, "rollout");
    if (rollout.kind != VALUE_NIL) return true;
  }
  return false;
}

static void put_wards(struct buf *out, const struct value *wards) {
  struct value_iter iter = value_iterate(wards);
  struct value ward;
  while (wards->kind == VALUE_LIST && value_next(&iter, NULL, &ward))
    buf_printf(out, "%.*s ", (int)ward.text.len, ward.text.data);
}

void canary_describe(const struct value *definitions, struct buf *out) {
  struct value pathways = value_field(definitions, "pathway"), id, body;
  struct value_iter iter = value_iterate(&pathways);
  size_t begun = out->len;
  while (pathways.kind == VALUE_MAP && value_next(&iter, &id, &body)) {
    struct value rollout = value_field(&body, "rollout"),
                 percent = value_field(&rollout, "percent"),
                 wards = value_field(&rollout, "ward");
    if (rollout.kind == VALUE_NIL) continue;
    if (out->len > begun) buf_puts(out, ", ");
    if (percent.kind == VALUE_INT)
      buf_printf(out, "%lld %% ", (long long)percent.integer);
    put_wards(out, &wards);
    buf_printf(out, "of %.*s", (int)id.text.len, id.text.data);
  }
}

void canary_begin(struct care *care, const char *department, int64_t version,
                  const char *who, int64_t at) {
  store_exec(care->store,
             "INSERT OR REPLACE INTO canary (department, bundle, since, by_who) VALUES "
             "(?1,?2,?3,?4)",
             "tiit", department, version, at, who);
  replan_begin(care, department, at);
}

void canary_end(struct care *care, const char *department, int64_t version,
                const char *who, int64_t at) {
  if (store_exec(care->store,
                 "UPDATE canary SET ended_at=?2, ended_by=?3, beside=(SELECT id FROM "
                 "bundle b WHERE b.department=?1 AND b.active=1), ended=CASE ?4 WHEN 0 "
                 "THEN 'withdrawn' WHEN bundle THEN 'promoted' ELSE 'replaced' END WHERE "
                 "department=?1 AND ended_at IS NULL",
                 "titi", department, at, who, version) > 0)
    replan_begin(care, department, at);
}

void canary_free(struct care *care) {
  catalog_free(care->canaries);
  care->canaries = NULL;
}

int canary_load(struct care *care, struct status *status) {
  canary_free(care);
  struct stmt *rows = store_query(care->store,
                                  "SELECT canary.department, bundle.id, definitions FROM "
                                  "canary JOIN bundle ON bundle.id=canary.bundle WHERE "
                                  "ended_at IS NULL",
                                  "");
  int code = OK;
  while (!code && stmt_row(rows)) {
    size_t len;
    const char *body = stmt_bytes(rows, 2, &len);
    if (!care->canaries) care->canaries = catalog_new();
    code = catalog_put(care->canaries, stmt_text(rows, 0), stmt_int(rows, 1), body, len,
                       status);
  }
  stmt_done(rows);
  return code;
}

int64_t canary_bundle(struct care *care, const char *department) {
  return care->canaries ? catalog_bundle(care->canaries, department) : 0;
}

// The same for ever, and even among patients: of the event that enrolled, and the
// pathway.
static int64_t share_of(const struct canary_member *member) {
  uint64_t x = (uint64_t)member->event;
  for (const char *at = member->pathway; *at; at++) x = x * 31 + (unsigned char)*at;
  x = (x + 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return (int64_t)((x ^ (x >> 31)) % 100);
}

static bool left_ward(struct care *care, const struct canary_member *member,
                      const struct value *wards) {
  struct value_iter iter = value_iterate(wards);
  struct value ward;
  char *left = store_text(care->store, "SELECT ward FROM encounter WHERE id=?1", "i",
                          member->encounter);
  bool found = false;
  while (!found && left && value_next(&iter, NULL, &ward)) found = value_is(&ward, left);
  free(left);
  return found;
}

int64_t canary_follows(struct care *care, const struct canary_member *member) {
  int64_t version = canary_bundle(care, member->department);
  if (!version) return 0;
  struct value body =
      catalog_find(care->canaries, member->department, "pathway", member->pathway);
  struct value rollout = value_field(&body, "rollout"),
               percent = value_field(&rollout, "percent"),
               wards = value_field(&rollout, "ward");
  if (percent.kind == VALUE_INT && share_of(member) >= percent.integer) return 0;
  if (wards.kind == VALUE_LIST && !left_ward(care, member, &wards)) return 0;
  return rollout.kind == VALUE_NIL ? 0 : version;
}

int64_t canary_follows_run(struct care *care, const struct run *run) {
  struct canary_member member = {.department = run->department, .pathway = run->pathway};
  if (!run->enrollment || !run->pathway || !canary_bundle(care, run->department))
    return 0;
  struct stmt *row =
      store_query(care->store, "SELECT event, encounter FROM enrollment WHERE id=?1", "i",
                  run->enrollment);
  if (stmt_row(row)) {
    member.event = stmt_int(row, 0);
    member.encounter = stmt_int(row, 1);
  }
  stmt_done(row);
  return canary_follows(care, &member);
}
