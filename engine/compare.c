#include "compare.h"

#include <stdlib.h>
#include <string.h>

#include "activate.h"
#include "base/digest.h"
#include "base/mem.h"
#include "care/definition_diff.h"
#include "care/mapping.h"
#include "care/plan_diff.h"
#include "replay_report.h"

enum { SLICE_MS = 8 };  // two may come between two looks at the sockets

struct comparing {
  struct comparing *next;
  struct compare *compare;
  char *department, *pathway, *who;
  bool dry;
  struct sources sources;  // of a candidate that is not kept
  struct bundle *bundle;   // the same, loaded; owned
  struct bundle_report problems;
  struct loop_job *loading;
  int64_t version;  // of one that is kept
  struct plan_diff *plans;
  struct replay_report *replay;
  bool planned, replayed, waiting;
  struct buf found;  // of an upgrade that waits for its commit
  inbox_done *done;
  void *self;
};

struct compare {
  struct engine *engine;
  struct loop *loop;
  struct loop_timer *timer;
  struct comparing *first;
};

static void comparing_free(struct comparing *item) {
  loop_job_free(item->loading);
  plan_diff_free(item->plans);
  replay_report_free(item->replay);
  bundle_free(item->bundle);
  buf_deinit(&item->found);
  bundle_report_deinit(&item->problems);
  sources_deinit(&item->sources);
  mem_free(item->department);
  mem_free(item->pathway);
  mem_free(item->who);
  mem_free(item);
}

static void tell(struct comparing *item, const struct buf *result) {
  struct value view;
  struct comparing **at = &item->compare->first;
  value_read(buf_text(result), result->len, &view);
  while (*at != item) at = &(*at)->next;
  *at = item->next;
  item->done(item->self, 0, &view);
  comparing_free(item);
}

static void fail(struct comparing *item, int status, const char *detail) {
  struct buf out = {0};
  struct mapping map = mapping_begin(&out);
  mapping_text(&map, "detail", detail);
  mapping_int(&map, "status", status);
  mapping_end(&map);
  tell(item, &out);
  buf_deinit(&out);
}

static struct bundle *candidate(struct comparing *item) {
  return item->bundle
             ? item->bundle
             : engine_bundle(item->compare->engine, item->department, item->version);
}

static void begin_replay(struct comparing *item) {
  item->replay = replay_report_new(
      item->compare->engine,
      &(struct replay_scope){.department = item->department,
                             .bundle = item->bundle,
                             .kept = item->version,
                             .pathway = item->pathway,
                             .version = item->pathway ? item->version : 0});
}

// What is compared is known and good: from here on it goes in slices.
static void begin(struct comparing *item) {
  struct engine *engine = item->compare->engine;
  struct status status = {0};
  struct bundle *bundle = candidate(item);
  if (!bundle) {
    fail(item, 409, "this version can't be loaded any more: the log says why");
    return;
  }
  struct value before = catalog_definitions(engine->catalog, item->department),
               after = bundle_definitions(bundle);
  if (!item->pathway)
    item->plans =
        plan_diff_new(&engine->care, item->department, &before, &after, &status);
  item->planned = item->pathway != NULL;
  begin_replay(item);
  if (status.code)
    fail(item, 422, status.text);
  else
    loop_timer_arm(item->compare->timer, 0);
}

static void load(void *self) {
  struct comparing *item = self;
  bundle_load(&item->bundle, &(struct bundle_config){.department = item->department},
              item->sources.items, item->sources.count, &item->problems);
}

static void loaded(void *self) {
  struct comparing *item = self;
  struct buf text = {0};
  item->loading = NULL;
  if (item->bundle) {
    begin(item);
    return;
  }
  buf_puts(&text, "these scripts can't be loaded:\n");
  bundle_report_text(&item->problems, &text);
  fail(item, 422, buf_text(&text));
  buf_deinit(&text);
}

static void put_hash(struct mapping *map, const char *key, struct store *store,
                     int64_t version) {
  char *digest = store_text(store, "SELECT digest FROM bundle WHERE id=?1", "i", version);
  mapping_text(map, key, digest);
  free(digest);
}

static void put_encoded(struct mapping *map, const char *key, const struct buf *bytes) {
  struct value view;
  if (bytes->len && value_read(bytes->data, bytes->len, &view))
    mapping_value(map, key, &view);
}

static void put_declared(struct comparing *item, struct buf *out) {
  struct engine *engine = item->compare->engine;
  struct value before = catalog_definitions(engine->catalog, item->department), after;
  struct bundle *bundle = candidate(item);
  if (!bundle || item->pathway) return;
  after = bundle_definitions(bundle);
  definition_diff(&before, &after, out);
}

static void put_after_hash(struct comparing *item, struct mapping *map) {
  if (item->bundle)
    mapping_text(map, "to", bundle_hash(item->bundle));
  else
    put_hash(map, "to", item->compare->engine->store, item->version);
}

static void put_found(struct comparing *item, struct buf *out) {
  struct engine *engine = item->compare->engine;
  struct buf declared = {0}, plans = {0}, runs = {0};
  put_declared(item, &declared);
  if (item->plans) plan_diff_put(item->plans, &plans);
  replay_report_put(item->replay, &runs);
  struct mapping map = mapping_begin(out);
  put_encoded(&map, "declared", &declared);
  mapping_text(&map, "department", item->department);
  mapping_bool(&map, "dry", item->dry);
  put_hash(&map, "from", engine->store,
           catalog_bundle(engine->catalog, item->department));
  mapping_text(&map, "pathway", item->pathway);
  put_encoded(&map, "pathways", &plans);
  put_encoded(&map, "runs", &runs);
  mapping_int(&map, "status", 200);
  put_after_hash(item, &map);
  mapping_end(&map);
  buf_deinit(&declared);
  buf_deinit(&plans);
  buf_deinit(&runs);
}

static void moved(void *self, int64_t row, const struct value *result) {
  struct comparing *item = self;
  struct value status = value_field(result, "status");
  (void)row;
  if (value_int_or(&status, 500) >= 300) {
    buf_clear(&item->found);
    value_put(&item->found, result);
  }
  struct buf found = item->found;
  item->found = (struct buf){0};
  tell(item, &found);
  buf_deinit(&found);
}

static void put_moves(struct comparing *item, struct buf *out) {
  size_t at = 0, begun = value_begin_list(out);
  uint32_t count = 0;
  for (int64_t run; replay_report_next_agreed(item->replay, &at, &run); count++)
    value_put_int(out, run);
  value_end(out, begun, count);
}

static void put_upgrade(struct comparing *item, struct buf *out) {
  struct buf moves = {0}, runs = {0};
  struct value report, stays;
  put_moves(item, &moves);
  replay_report_put(item->replay, &runs);
  value_read(runs.data, runs.len, &report);
  stays = value_field(&report, "list");
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "department", item->department);
  put_encoded(&map, "moves", &moves);
  mapping_text(&map, "staff", item->who);
  mapping_value(&map, "stays", &stays);
  mapping_int(&map, "version", item->version);
  mapping_end(&map);
  buf_deinit(&moves);
  buf_deinit(&runs);
}

// What was found is told once the moves are committed.
static void upgrade(struct comparing *item) {
  struct buf body = {0};
  struct value view;
  char id[17];
  item->waiting = true;
  put_found(item, &item->found);
  put_upgrade(item, &body);
  value_read(body.data, body.len, &view);
  digest_random_id(id);
  kernel_submit(item->compare->engine->kernel, "compare", id, "run.upgrade", &view,
                INBOX_APPLIED, moved, item);
  buf_deinit(&body);
}

static void conclude(struct comparing *item) {
  struct buf out = {0};
  if (item->pathway && !item->dry) {
    upgrade(item);
    return;
  }
  put_found(item, &out);
  tell(item, &out);
  buf_deinit(&out);
}

// One slice; false when it is through.
static bool step(struct comparing *item) {
  if (!item->planned)
    item->planned = !plan_diff_step(item->plans, SLICE_MS);
  else if (!item->replayed)
    item->replayed = !replay_report_step(item->replay, SLICE_MS);
  return !item->planned || !item->replayed;
}

static void tick(void *self) {
  struct compare *compare = self;
  struct comparing *item = compare->first;
  while (item && (item->loading || item->waiting)) item = item->next;
  if (!item) return;
  if (!step(item)) conclude(item);
  loop_timer_arm(compare->timer, 1);  // others come first
}

struct compare *compare_new(struct engine *engine, struct loop *loop) {
  struct compare *compare = mem_alloc(sizeof *compare);
  compare->engine = engine;
  compare->loop = loop;
  compare->timer = loop_timer_new(loop, tick, compare);
  return compare;
}

void compare_free(struct compare *compare) {
  if (!compare) return;
  while (compare->first) {
    struct comparing *item = compare->first;
    compare->first = item->next;
    comparing_free(item);
  }
  loop_timer_free(compare->timer);
  mem_free(compare);
}

static void add_files(struct comparing *item, const struct value *files) {
  struct value_iter iter = value_iterate(files);
  struct value path, text;
  while (value_next(&iter, &path, &text)) {
    char *name = value_copy_text(&path);
    if (text.kind == VALUE_TEXT)
      sources_add(&item->sources, name, text.text.data, text.text.len);
    mem_free(name);
  }
}

static void append(struct compare *compare, struct comparing *item) {
  struct comparing **at = &compare->first;
  while (*at) at = &(*at)->next;
  *at = item;
}

void compare_ask(struct compare *compare, const struct api_comparison *asked,
                 inbox_done *done, void *self) {
  struct engine *engine = compare->engine;
  struct comparing *item = mem_alloc(sizeof *item);
  *item =
      (struct comparing){.compare = compare,
                         .department = mem_copy_text(asked->department),
                         .pathway = asked->pathway ? mem_copy_text(asked->pathway) : NULL,
                         .who = mem_copy_text(asked->who),
                         .dry = asked->dry,
                         .done = done,
                         .self = self};
  append(compare, item);
  if (asked->files && asked->files->kind == VALUE_MAP) {
    add_files(item, asked->files);
    item->loading = loop_job_new(compare->loop, load, loaded, item);
    return;
  }
  item->version = asked->pathway ? catalog_bundle(engine->catalog, item->department)
                                 : candidate_version(engine->store, item->department);
  if (item->version)
    begin(item);
  else
    fail(item, 409,
         asked->pathway ? "this department has no active scripts"
                        : "this department has no candidate that waits: give its files");
}
