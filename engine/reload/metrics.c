// afterward_bundle_…: what became of scripts, and how far planning again has come.
#include "care/replan.h"
#include "reload/parts.h"

static void put(struct buf *out, const char *kind, const char *name, double value) {
  buf_printf(out, "# TYPE %s %s\n%s %.15g\n", name, kind, name, value);
}

static int64_t candidates(struct store *store, const char *status) {
  return store_int(store, 0, "SELECT count(*) FROM candidate WHERE status=?1", "t",
                   status);
}

void reload_metrics(struct reload *reload, struct buf *out) {
  static const char *const words[] = {"held", "refused", "withdrawn"};
  const struct reload_counters *counters = &reload->counters;
  struct engine *engine = reload->engine;
  put(out, "counter", "afterward_bundle_loads_total", (double)counters->loaded);
  put(out, "gauge", "afterward_bundles_loaded", engine->bundles.count);
  put(out, "counter", "afterward_bundle_replayed_total", (double)counters->replayed);
  put(out, "counter", "afterward_bundle_refused_total", (double)counters->refused);
  buf_puts(out, "# TYPE afterward_bundle_candidates gauge\n");
  for (int i = 0; i < 3; i++)
    buf_printf(out, "afterward_bundle_candidates{status=\"%s\"} %lld\n", words[i],
               (long long)candidates(engine->store, words[i]));
  buf_puts(out, "# TYPE afterward_bundle_activation_seconds histogram\n");
  histogram_put(&engine->activations, "afterward_bundle_activation_seconds", "", out);
  put(out, "gauge", "afterward_bundle_replanning",
      (double)store_int(engine->store, 0, "SELECT count(*) FROM replan WHERE done=0",
                        ""));
  put(out, "counter", "afterward_bundle_replanned_total",
      (double)engine->care.replan.moved_ever);
}
