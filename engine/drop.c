#include "drop.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/span.h"
#include "care/mapping.h"
#include "drop_parts.h"
#include "import/map.h"
#include "script/table_file.h"

enum { EVERY_MS = 5000, LONGEST_MS = 10 * 60000, SETTLE_MS = 30000 };

static void look_now(struct drop *drop);

static void tell(struct drop *drop, int status, const char *detail) {
  struct buf out = {0};
  struct value view;
  inbox_done *told = drop->told;
  drop->told = NULL;
  if (!told) return;
  struct mapping map = mapping_begin(&out);
  mapping_key(&map, "answer");
  struct mapping answer = mapping_begin(&out);
  if (detail[0]) mapping_text(&answer, "detail", detail);
  mapping_int(&answer, "known", drop->look.repeated);
  mapping_int(&answer, "refused", drop->look.bad);
  mapping_int(&answer, "taken", drop->look.taken);
  mapping_end(&answer);
  mapping_int(&map, "status", status);
  mapping_end(&map);
  value_read(out.data, out.len, &view);
  told(drop->ctx, 0, &view);
  buf_deinit(&out);
}

static void log_file(const struct drop *drop) {
  if (drop->look.wrong[0])
    log_line(LOG_LEVEL_WARN, "drop.failed", "connector=%s file=\"%s\" reason=\"%s\"",
             drop->name, drop->look.file, drop->look.wrong);
  else if (drop->look.file[0])
    log_line(LOG_LEVEL_INFO, "drop.taken",
             "connector=%s file=\"%s\" rows=%ld taken=%ld bad=%ld repeated=%d",
             drop->name, drop->look.file, drop->look.rows, drop->look.taken,
             drop->look.bad, drop->look.repeated);
}

// The same trouble is told once.
static void note(struct drop *drop) {
  const char *error = drop->look.error;
  if (error[0] && strcmp(error, drop->error) != 0)
    log_line(LOG_LEVEL_WARN, "drop.misconfigured", "connector=%s reason=\"%s\"",
             drop->name, error);
  if (!error[0] && drop->error[0])
    log_line(LOG_LEVEL_INFO, "drop.well", "connector=%s", drop->name);
  snprintf(drop->error, sizeof drop->error, "%s", error);
  drop->failures = error[0] ? drop->failures + 1 : 0;
  drop->failed = drop->look.failed;
  drop->waiting = drop->look.waiting;
  drop->taken += (uint64_t)drop->look.taken;
  drop->refused += (uint64_t)drop->look.bad;
  if (!drop->look.file[0]) return;
  drop->files++;
  drop->done_at = clock_now(drop->parts.clock);
  snprintf(drop->last, sizeof drop->last, "%s", drop->look.wrong);
}

static int64_t pause_of(const struct drop *drop) {
  int64_t ms = drop->settle_ms < EVERY_MS ? drop->settle_ms : EVERY_MS;
  for (int i = 1; i < drop->failures && ms < LONGEST_MS; i++) ms *= 2;
  if (!drop->failures && drop->look.file[0]) return 1;  // there may be more
  return ms < LONGEST_MS ? ms : LONGEST_MS;
}

static void looked(void *self) {
  struct drop *drop = self;
  drop->job = NULL;
  log_file(drop);
  note(drop);
  tell(drop, drop->error[0] ? 502 : 200, drop->error);
  loop_timer_arm(drop->timer, pause_of(drop));
}

static void look_now(struct drop *drop) {
  drop->job = loop_job_new(drop->parts.loop, drop_look, looked, drop);
}

static void due(void *self) {
  struct drop *drop = self;
  if (!drop->job) look_now(drop);
}

static int read_text(const struct value *settings, const char *key, const char *example,
                     char **out, struct status *status) {
  struct value field = value_field(settings, key);
  *out = value_copy_text(&field);
  if (*out && **out == '/') return OK;
  return status_fail(status, ERR_INVALID, "%s must be a path, such as \"%s\"", key,
                     example);
}

static int read_settle(const struct value *settings, int64_t *out,
                       struct status *status) {
  struct value field = value_field(settings, "settle");
  struct span span = {.kind = SPAN_DAYS};
  char *text = value_copy_text(&field);
  bool good = text && !span_parse(text, &span, &(struct status){0}) &&
              span.kind == SPAN_EXACT && span.amount >= 1000 &&
              span.amount <= CIVIL_DAY_MS;
  mem_free(text);
  *out = good ? span.amount : SETTLE_MS;
  if (good || field.kind == VALUE_NIL) return OK;
  return status_fail(status, ERR_INVALID,
                     "settle must be a span from \"1s\" to \"24h\", such as \"30s\": for "
                     "so long a file must not have changed");
}

static int check_keys(const struct value *settings, struct status *status) {
  static const char *const known[] = {"folder", "map", "plugin", "settle"};
  struct value_iter iter = value_iterate(settings);
  struct value key, item;
  while (value_next(&iter, &key, &item)) {
    struct nearest nearest;
    struct buf hint = {0};
    bool found = false;
    nearest_start(&nearest, key.text.data, key.text.len);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
      nearest_offer(&nearest, known[i], strlen(known[i]));
      found |= value_is(&key, known[i]);
    }
    nearest_put(&nearest, &hint);
    if (!found)
      status_fail(status, ERR_INVALID, "csv-drop has no setting '%.*s'%s",
                  (int)key.text.len, key.text.data, buf_text(&hint));
    buf_deinit(&hint);
    if (!found) return status->code;
  }
  return OK;
}

// A map that is wrong is told at the start, not with the first list.
static int check_map(const char *file, struct status *status) {
  struct buf table = {0};
  struct value value;
  struct import_map *map = NULL;
  int code = table_file_read(file, &table, status);
  if (!code && value_read(table.data, table.len, &value)) {
    code = import_map_new(&map, &value, status);
    import_map_free(map);
    if (code) status_prefix(status, "%s", file);
  }
  buf_deinit(&table);
  return code;
}

int drop_open(struct drop **out, const struct drop_parts *parts, const char *name,
              const struct value *settings, struct status *status) {
  struct drop *drop = mem_alloc(sizeof *drop);
  drop->parts = *parts;
  drop->name = mem_copy_text(name);
  drop->server = mem_copy_text(parts->server);
  digest_random_id(drop->token);
  digest_random_id(drop->token + 16);
  *out = drop;
  if (!check_keys(settings, status) &&
      !read_text(settings, "folder", "/srv/sftp/his/incoming", &drop->folder, status) &&
      !read_text(settings, "map", "/etc/afterward/his-map.lua", &drop->map, status) &&
      !read_settle(settings, &drop->settle_ms, status) && !check_map(drop->map, status)) {
    drop->timer = loop_timer_new(parts->loop, due, drop);
    loop_timer_arm(drop->timer, 1);
    return OK;
  }
  drop_free(drop);
  *out = NULL;
  return status_prefix(status, "connector \"%s\"", name);
}

int drop_ask(struct drop *drop, const char *what, inbox_done *done, void *ctx,
             struct status *status) {
  if (strcmp(what, "pull") != 0)
    return status_fail(
        status, ERR_NOT_FOUND,
        "connector \"%s\" looks into a folder: it can only be told to look", drop->name);
  if (drop->job || drop->stopped)
    return status_fail(status, ERR_CONFLICT,
                       "connector \"%s\" is looking already: wait a moment", drop->name);
  drop->told = done;
  drop->ctx = ctx;
  look_now(drop);
  return OK;
}

void drop_stop(struct drop *drop) {
  if (drop->stopped) return;
  drop->stopped = true;
  atomic_store(&drop->stop, true);
  if (drop->job) loop_job_free(drop->job);
  drop->job = NULL;
  loop_timer_free(drop->timer);
  tell(drop, 503, "the engine stops");
}

void drop_free(struct drop *drop) {
  mem_free(drop->seen);
  mem_free(drop->map);
  mem_free(drop->folder);
  mem_free(drop->server);
  mem_free(drop->name);
  mem_free(drop);
}

const char *drop_name(const struct drop *drop) { return drop->name; }
const char *drop_token(const struct drop *drop) { return drop->token; }
