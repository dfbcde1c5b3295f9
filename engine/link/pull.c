#include "link/pull.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/mapping.h"
#include "link/pull_parts.h"

enum {
  FIRST_MS = 300,
  RETRY_MS = 5000,          // after the first failure; then twice as long each time
  LONGEST_MS = 10 * 60000,  // at most, unless it asks more seldom anyway
  SLOW_MS = 15 * 60000      // while a person must do something
};

// Two hospitals, or a fleet of connectors, must not come in step: a tenth more or less.
static int64_t jitter(int64_t ms) {
  return ms - ms / 10 + ms * randombytes_uniform(201) / 1000;
}

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t pause_of(const struct pull *pull) {
  int64_t ms = least(pull->every_ms, RETRY_MS),
          longest = most(pull->every_ms, LONGEST_MS);
  if (pull->health == PULL_MISCONFIGURED) return most(pull->every_ms, SLOW_MS);
  for (int i = 1; i < pull->failures && ms < longest; i++) ms *= 2;
  return most(least(ms, longest), pull->wait_ms);
}

static void tell(struct pull *pull, int status, const struct buf *answer) {
  struct buf out = {0};
  struct value view, said = pull_read(answer);
  inbox_done *told = pull->done;
  pull->done = NULL;
  if (!told) return;
  struct mapping map = mapping_begin(&out);
  mapping_value(&map, "answer", &said);
  mapping_int(&map, "status", status);
  mapping_end(&map);
  value_read(out.data, out.len, &view);
  told(pull->ctx, 0, &view);
  buf_deinit(&out);
}

static void tell_how(struct pull *pull, int status) {
  struct buf answer = {0};
  struct mapping map = mapping_begin(&answer);
  if (status >= 400) mapping_text(&map, "detail", pull->error);
  mapping_int(&map, "known", (int64_t)(pull->known - pull->before.known));
  mapping_int(&map, "refused", (int64_t)(pull->refused - pull->before.refused));
  mapping_int(&map, "taken", (int64_t)(pull->taken - pull->before.taken));
  mapping_end(&map);
  tell(pull, status, &answer);
  buf_deinit(&answer);
}

static void rest(struct pull *pull, int64_t ms) {
  pull->busy = pull->preview = false;
  loop_timer_arm(pull->timer, jitter(ms));
}

// The same trouble is told once, not every few minutes.
static void failed(struct pull *pull, enum pull_health health, const char *why) {
  bool same = pull->health == health && !strcmp(pull->error, why);
  pull->health = health;
  pull->failures++;
  pull->failed++;
  snprintf(pull->error, sizeof pull->error, "%s", why);
  if (!same)
    log_line(LOG_LEVEL_WARN,
             health == PULL_MISCONFIGURED ? "pull.misconfigured" : "pull.failed",
             "connector=%s reason=\"%s\"", pull->name, why);
  tell_how(pull, 502);
  rest(pull, pause_of(pull));
}

static void finished(struct pull *pull) {
  if (pull->health > PULL_WELL)
    log_line(LOG_LEVEL_INFO, "pull.well", "connector=%s failures=%d", pull->name,
             pull->failures);
  pull->health = PULL_WELL;
  pull->failures = 0;
  pull->error[0] = '\0';
  pull->passes++;
  pull->done_at = clock_now(pull->parts.clock);
  pull_keep(pull);
  tell_how(pull, 200);
  rest(pull, pull->every_ms);
}

static void adopt(struct pull *pull, const struct value *state) {
  if (state->kind != VALUE_MAP) return;
  buf_clear(&pull->state);
  value_put(&pull->state, state);
}

void pull_taken(struct pull *pull) {
  struct value result = pull_read(&pull->result), more = value_field(&result, "more"),
               state = value_field(&result, "state");
  if (pull->full) {
    failed(pull, PULL_FAILING, "what came could not be written: is the disk full?");
    return;
  }
  adopt(pull, &state);
  if (!value_true(&more)) {
    finished(pull);
  } else if (++pull->pages == PULL_PAGES) {
    failed(pull, PULL_FAILING, "its pages have no end");
  } else {
    pull_keep(pull);
    pull_call(pull);
  }
}

void pull_called(struct pull *pull) {
  channel_call_drop(&pull->call);
  if (pull->stopped) return;
  if (pull->verdict != PULL_ANSWERED) {
    struct value result = pull_read(&pull->result), state = value_field(&result, "state");
    adopt(pull, &state);
    failed(pull, pull->verdict == PULL_CONFIG ? PULL_MISCONFIGURED : PULL_FAILING,
           pull->detail);
  } else if (pull->preview) {
    struct buf answer = {0};
    pull_preview(pull, &answer);
    tell(pull, 200, &answer);
    buf_deinit(&answer);
    rest(pull, pull->every_ms);
  } else {
    pull_take(pull);
  }
}

static void begin(struct pull *pull, bool preview) {
  pull->busy = true;
  pull->preview = preview;
  pull->pages = 0;
  pull->before.known = pull->known;
  pull->before.refused = pull->refused;
  pull->before.taken = pull->taken;
  pull_call(pull);
}

static void due(void *self) {
  struct pull *pull = self;
  if (pull->stopped) return;
  if (pull->taking)
    pull_take_some(pull);
  else if (!pull->busy)
    begin(pull, false);
}

struct pull *pull_new(const struct pull_parts *parts, const struct pull_config *config,
                      const struct pull_port *port) {
  struct pull *pull = mem_alloc(sizeof *pull);
  *pull = (struct pull){.parts = *parts,
                        .port = *port,
                        .name = mem_copy_text(config->name),
                        .plugin = mem_copy_text(config->plugin),
                        .began = clock_now(parts->clock),
                        .every_ms = config->every_ms,
                        .timeout_ms = config->timeout_ms,
                        .most_bytes = config->most_bytes};
  buf_put(&pull->settings, config->settings, config->settings_len);
  pull_load(pull);
  pull->timer = loop_timer_new(parts->loop, due, pull);
  loop_timer_arm(pull->timer, FIRST_MS);
  return pull;
}

int pull_ask(struct pull *pull, const char *what, inbox_done *done, void *ctx,
             struct status *status) {
  bool preview = !strcmp(what, "preview"), again = !strcmp(what, "again");
  if (!preview && !again && strcmp(what, "pull") != 0)
    return status_fail(
        status, ERR_NOT_FOUND,
        "connector \"%s\" asks for itself: it knows pull, again and preview", pull->name);
  if (pull->busy || pull->stopped)
    return status_fail(status, ERR_CONFLICT,
                       "connector \"%s\" is asking already: wait a moment", pull->name);
  pull->done = done;
  pull->ctx = ctx;
  if (again) {
    buf_clear(&pull->state);
    value_end(&pull->state, value_begin_map(&pull->state), 0);
  }
  begin(pull, preview);
  return OK;
}

void pull_stop(struct pull *pull) {
  if (pull->stopped) return;
  pull->stopped = true;
  loop_timer_free(pull->timer);
  snprintf(pull->error, sizeof pull->error, "the engine stops");
  tell_how(pull, 503);
}

void pull_free(struct pull *pull) {
  struct buf *texts[] = {&pull->state, &pull->request, &pull->json, &pull->result};
  channel_call_drop(&pull->call);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) buf_deinit(texts[i]);
  explicit_bzero(pull->settings.data, pull->settings.len);
  buf_deinit(&pull->settings);
  if (pull->port.free) pull->port.free(pull->port.self);
  mem_free(pull->name);
  mem_free(pull->plugin);
  mem_free(pull);
}

const char *pull_name(const struct pull *pull) { return pull->name; }
