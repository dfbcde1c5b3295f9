// A pathway that is gone ends for all who are on it. A file removed by mistake must not
// do that to a ward: a person says so first.
#include "base/log.h"
#include "base/mem.h"
#include "reload/parts.h"

// On the loop, before loading: what is there now, and a reader for the other thread.
void ends_prepare(struct taking *taking) {
  struct engine *engine = taking->reload->engine;
  struct status status = {0};
  struct value all = catalog_definitions(engine->catalog, taking->department),
               pathways = value_field(&all, "pathway");
  if (!value_count(&pathways) || !store_has_file(engine->store)) return;
  value_put(&taking->pathways, &pathways);
  if (store_open_beside(&taking->reader, engine->store, &status))
    log_line(LOG_LEVEL_ERROR, "bundle.uncounted", "department=%s reason=\"%s\"",
             taking->department, status.text);
}

static void count(struct taking *taking, const char *pathway) {
  int64_t patients = store_int(taking->reader, 0,
                               "SELECT count(*) FROM enrollment WHERE department=?1 AND "
                               "pathway=?2 AND status<>'ended'",
                               "tt", taking->department, pathway);
  if (patients)
    buf_printf(&taking->ends, "pathway \"%s\" is gone, and would end for %lld on it; ",
               pathway, (long long)patients);
}

// On the thread that loaded it.
void ends_count(struct taking *taking) {
  struct value before, after = {0}, key, body;
  if (!taking->reader) return;
  value_read(taking->pathways.data, taking->pathways.len, &before);
  if (taking->bundle) {
    struct value all = bundle_definitions(taking->bundle);
    after = value_field(&all, "pathway");
  }
  struct value_iter iter = value_iterate(&before);
  while (taking->bundle && value_next(&iter, &key, &body)) {
    char *id = value_copy_text(&key);
    if (value_field(&after, id).kind == VALUE_NIL) count(taking, id);
    mem_free(id);
  }
  store_close(taking->reader);
  taking->reader = NULL;
}
