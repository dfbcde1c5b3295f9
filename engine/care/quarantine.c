#include "care/quarantine.h"

#include "care/alert.h"

enum { BREACHES = 3 };

static void put_key(struct buf *out, const char *department, const char *name) {
  buf_printf(out, "breach:%s:%s", department, name);
}

// Asked before every turn, and nearly always there is not one breach in the house.
static bool any_breach(struct care *care) {
  if (care->breaches == BREACHES_UNKNOWN)
    care->breaches =
        store_int(care->store, 0,
                  "SELECT 1 FROM meta WHERE key>='breach:' AND key<'breach;' LIMIT 1", "")
            ? BREACHES_SOME
            : BREACHES_NONE;
  return care->breaches == BREACHES_SOME;
}

bool quarantine_holds(struct care *care, const char *department, const char *name) {
  struct buf key = {0};
  if (!any_breach(care)) return false;
  put_key(&key, department, name);
  int64_t count =
      store_int(care->store, 0, "SELECT value FROM meta WHERE key=?1", "t", key.data);
  buf_deinit(&key);
  return count >= BREACHES;
}

void quarantine_count(struct care *care, const char *department, const char *name) {
  struct buf key = {0};
  care->breaches = BREACHES_SOME;
  put_key(&key, department, name);
  store_exec(care->store,
             "INSERT INTO meta (key, value) VALUES (?1, 1) ON CONFLICT (key) DO UPDATE "
             "SET value=value+1",
             "t", key.data);
  buf_deinit(&key);
}

void quarantine_failed(struct care *care, const char *department, const char *name,
                       const struct status *why) {
  if (why->code == ERR_LIMIT) quarantine_count(care, department, name);
  alert_open(
      care,
      &(struct alert_spec){
          .department = department, .name = name, .level = "stuck", .reason = why->text});
}

void quarantine_lift(struct store *store, const char *department) {
  store_exec(store,
             "DELETE FROM meta WHERE substr(key,1,length(?1)+8)='breach:' || ?1 || ':'",
             "t", department);
}
