// A rule is always the newest one. So one can't go while a run names it that stays on the
// scripts it began with.
#include <string.h>

#include "base/mem.h"
#include "care/keys.h"
#include "reload/parts.h"

enum { NAMED_RUNS = 5 };

struct pinned {  // one entry of the replay's list
  struct value run, pathway, name, version;
};

static struct pinned read_pinned(const struct value *entry) {
  return (struct pinned){value_field(entry, "run"), value_field(entry, "pathway"),
                         value_field(entry, "name"), value_field(entry, "version")};
}

static bool lists(const struct value *definition, const char *rule) {
  struct value rules = value_field(definition, "rules"), item;
  struct value_iter iter = value_iterate(&rules);
  while (value_next(&iter, NULL, &item))
    if (value_is(&item, rule)) return true;
  return false;
}

// Whether the run's own version of its pathway or watch names the rule.
static bool names_rule(struct store *store, const struct pinned *pinned,
                       const char *rule) {
  struct stmt *row = store_query(store, "SELECT definitions FROM bundle WHERE id=?1", "i",
                                 value_int_or(&pinned->version, 0));
  bool in_pathway = pinned->pathway.kind == VALUE_TEXT, found = false;
  char *id = value_copy_text(in_pathway ? &pinned->pathway : &pinned->name);
  size_t len;
  const char *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (bytes && id) {
    struct value all, kind, definition;
    value_read_front(bytes, len, &all);
    kind = value_field(&all, in_pathway ? "pathway" : "watch");
    definition = value_field(&kind, id);
    found = lists(&definition, rule);
  }
  stmt_done(row);
  mem_free(id);
  return found;
}

static void put_run(struct buf *out, const struct keys *keys, int64_t run) {
  char id[PUBLIC_ID_SIZE];
  public_id_format(keys->public_id, 'r', run, id);
  buf_printf(out, "%s%s", out->len ? ", " : "", id);
}

// Runs that name it, as public ids; their count.
static int64_t find_runs(struct store *store, const struct value *pinned_runs,
                         const char *rule, const struct keys *keys, struct buf *out) {
  struct value entry;
  struct value_iter iter = value_iterate(pinned_runs);
  int64_t count = 0;
  while (value_next(&iter, NULL, &entry)) {
    struct pinned pinned = read_pinned(&entry);
    if (!names_rule(store, &pinned, rule)) continue;
    if (count++ < NAMED_RUNS) put_run(out, keys, value_int_or(&pinned.run, 0));
  }
  if (count > NAMED_RUNS)
    buf_printf(out, " and %lld more", (long long)(count - NAMED_RUNS));
  return count;
}

static int check_rule(struct taking *taking, const char *rule,
                      const struct value *pinned_runs, struct status *status) {
  struct store *store = taking->reload->engine->store;
  struct keys keys;
  struct buf runs = {0};
  if (keys_load(store, &keys, status)) return status->code;
  int64_t count = find_runs(store, pinned_runs, rule, &keys, &runs);
  if (count)
    status_fail(status, ERR_CONFLICT,
                "rule \"%s\" is gone, and runs that stay on their version name it: %s; "
                "keep the rule until they have ended",
                rule, runs.data);
  buf_deinit(&runs);
  return status->code;
}

int rules_check(struct taking *taking, const struct value *report,
                struct status *status) {
  struct value new = bundle_definitions(taking->bundle),
               old = catalog_definitions(taking->reload->engine->catalog,
                                         taking->department);
  struct value was = value_field(&old, "rule"), is = value_field(&new, "rule"), key, body,
               list = value_field(report, "list");
  struct value_iter iter = value_iterate(&was);
  int code = OK;
  while (!code && value_next(&iter, &key, &body)) {
    char *id = value_copy_text(&key);
    struct value still = value_field(&is, id);
    if (still.kind == VALUE_NIL) code = check_rule(taking, id, &list, status);
    mem_free(id);
  }
  return code;
}
