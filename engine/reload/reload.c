#include "reload/reload.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/template_check.h"
#include "reload/parts.h"

enum { REPLAY_MS = 8 };  // of a round of the loop

static void tick(struct reload *reload) { loop_timer_arm(reload->next, 0); }

// Loading takes some 10 ms a department, and a script that loops up to a second: not on
// the loop. A bundle has a Lua state of its own and touches nothing else.
static void load(void *self) {
  struct taking *taking = self;
  bundle_check(&taking->bundle, &(struct bundle_config){.department = taking->department},
               taking->sources.items, taking->sources.count, &taking->report);
  ends_count(taking);
}

static void unlink_taking(struct reload *reload, struct taking *taking) {
  struct taking **at = &reload->takings;
  while (*at != taking) at = &(*at)->next;
  *at = taking->next;
}

static void finish(struct taking *taking) {
  struct reload *reload = taking->reload;
  unlink_taking(reload, taking);
  taking_free(taking);
  tick(reload);
}

static void refuse(struct taking *taking, const struct status *why) {
  conclude_refused(taking, why);
  finish(taking);
}

static void reason_of(const struct bundle_report *report, struct status *out) {
  const struct bundle_problem *first = conclude_first(report);
  if (first && first->line)
    status_fail(out, ERR_INVALID, "%s:%d: %s", first->file, first->line, first->message);
  else if (first)
    status_fail(out, ERR_INVALID, "%s%s%s", first->file, *first->file ? ": " : "",
                first->message);
}

static void found(void *self, const struct value *template_, const char *said) {
  struct taking *taking = self;
  struct value file = value_field(template_, "file"),
               line = value_field(template_, "line");
  char *path = value_copy_text(&file);
  bundle_report_add(&taking->report,
                    &(struct bundle_problem){.file = path ? path : taking->department,
                                             .line = (int)value_int_or(&line, 0),
                                             .code = "unapproved",
                                             .message = (char *)said,
                                             .warning = true});
  mem_free(path);
}

// What only the daemon knows: its channels.
static void hold_against_channels(struct taking *taking) {
  struct value definitions = bundle_definitions(taking->bundle);
  template_check(&taking->reload->engine->care, taking->department, &definitions, found,
                 taking);
}

static void loaded(void *self) {
  struct taking *taking = self;
  struct status status = {0};
  taking->loading = NULL;
  taking->reload->counters.loaded++;
  if (taking->dropped) {
    finish(taking);
    return;
  }
  if (taking->bundle) hold_against_channels(taking);
  bundles_log(taking->department, &taking->report);
  if (!taking->bundle) {
    reason_of(&taking->report, &status);
    refuse(taking, &status);
  } else if (conclude_same(taking)) {
    finish(taking);
  } else if (activate_check(taking->reload->engine, taking->department, taking->bundle,
                            &status)) {
    refuse(taking, &status);
  } else {
    taking->state = specs_asked(taking) ? TAKING_LOADED : TAKING_TRIED;
    tick(taking->reload);
  }
}

static void begin_loading(struct taking *taking) {
  if (taking->read.code) {
    refuse(taking, &taking->read);
    return;
  }
  taking->state = TAKING_LOADING;
  ends_prepare(taking);
  taking->loading = loop_job_new(taking->reload->loop, load, loaded, taking);
}

static void tried(struct taking *taking, struct status *status) {
  taking->specs = NULL;
  if (status->code) {
    refuse(taking, status);
    return;
  }
  taking->state = TAKING_TRIED;
  tick(taking->reload);
}

static void begin_specs(struct taking *taking) {
  struct status status = {0};
  taking->state = TAKING_SPECS;
  taking->specs = specs_start(taking, taking->reload->loop, tried, &status);
  if (!taking->specs) refuse(taking, &status);
}

static void begin_replay(struct taking *taking) {
  taking->state = TAKING_REPLAY;
  taking->replay = replay_report_new(
      taking->reload->engine,
      &(struct replay_scope){.department = taking->department, .bundle = taking->bundle});
}

// A report, not a judgement: runs that disagree stay on the version they began with.
// Only a rule that one of them will ask for must not be gone.
static void go_on_replaying(struct taking *taking) {
  struct reload *reload = taking->reload;
  struct status status = {0};
  struct value report;
  if (replay_report_step(taking->replay, REPLAY_MS)) return;
  reload->counters.replayed += (uint64_t)replay_report_counts(taking->replay).runs;
  replay_report_put(taking->replay, &taking->replayed);
  replay_report_free(taking->replay);
  taking->replay = NULL;
  taking->state = TAKING_REPLAYED;
  value_read(taking->replayed.data, taking->replayed.len, &report);
  if (rules_check(taking, &report, &status)) refuse(taking, &status);
}

static void keep(struct taking *taking) {
  struct status status = {0};
  if (!conclude_keep(taking, &status)) {
    refuse(taking, &status);
    return;
  }
  taking->state = TAKING_KEPT;
  tick(taking->reload);
}

static struct taking *find_state(const struct reload *reload, enum taking_state state) {
  struct taking *taking = reload->takings;
  while (taking && taking->state != state) taking = taking->next;
  return taking;
}

// A newer state of a department's files takes the place of one that is on its way.
static void supersede(struct reload *reload, const char *department) {
  struct taking *taking = reload->takings, *next;
  for (; taking; taking = next) {
    next = taking->next;
    if (strcmp(taking->department, department)) continue;
    taking->dropped = true;
    if (taking->state == TAKING_LOADING) continue;
    unlink_taking(reload, taking);
    taking_free(taking);
  }
}

static void append(struct reload *reload, struct taking *taking) {
  struct taking **at = &reload->takings;
  while (*at) at = &(*at)->next;
  *at = taking;
}

static void looked(void *self) {
  struct reload *reload = self;
  struct look *look = reload->look;
  reload->look = NULL;
  reload->looking = NULL;
  reload->looked = true;
  if (look->status.code)
    log_line(LOG_LEVEL_ERROR, "scripts.unread", "reason=\"%s\"", look->status.text);
  while (look->found) {
    struct taking *taking = look->found;
    look->found = taking->next;
    taking->next = NULL;
    taking->reload = reload;
    supersede(reload, taking->department);
    append(reload, taking);
  }
  look_free(look);
  tick(reload);
}

static void run_look(void *self) { look_run(((struct reload *)self)->look); }

static void begin_look(struct reload *reload) {
  reload->look = reload->wanted;
  reload->wanted = NULL;
  reload->counters.looks++;
  reload->looking = loop_job_new(reload->loop, run_look, looked, reload);
}

// One of each kind at a time; what waits goes on whenever something has ended. One
// activation a round, so that the loop does not stall for all departments together.
static void step(void *self) {
  struct reload *reload = self;
  struct taking *taking;
  if (!reload->looking && reload->wanted) begin_look(reload);
  if ((taking = find_state(reload, TAKING_KEPT))) {
    conclude_good(taking);
    finish(taking);
  } else if ((taking = find_state(reload, TAKING_REPLAYED))) {
    keep(taking);
  } else if ((taking = find_state(reload, TAKING_REPLAY))) {
    go_on_replaying(taking);
    tick(reload);
  } else if ((taking = find_state(reload, TAKING_TRIED))) {
    begin_replay(taking);
    tick(reload);
  } else if (!find_state(reload, TAKING_LOADING) &&
             (taking = find_state(reload, TAKING_READ))) {
    begin_loading(taking);
    tick(reload);
  } else if (!find_state(reload, TAKING_SPECS) &&
             (taking = find_state(reload, TAKING_LOADED))) {
    begin_specs(taking);
  }
}

void reload_ask(struct reload *reload, const char *department, const char *who,
                bool again) {
  bool all = !department ||
             (reload->wanted &&
              (!reload->wanted->only || strcmp(reload->wanted->only, department)));
  struct look *look = look_new(reload, all ? NULL : department, who, again);
  look_free(reload->wanted);
  reload->wanted = look;
  tick(reload);
}

static void changed(void *self) { reload_ask(self, NULL, "files", false); }

void reload_watch(struct reload *reload) {
  reload->watch = watch_new(reload->loop, reload->folder, changed, reload);
  int blind = watch_blind(reload->watch);
  if (blind)
    log_line(LOG_LEVEL_WARN, "scripts.unwatched",
             "folders=%d remedy=\"raise fs.inotify.max_user_watches; until then say "
             "afterward reload after saving\"",
             blind);
}

struct reload *reload_new(struct engine *engine, struct loop *loop, const char *folder) {
  struct reload *reload = mem_alloc(sizeof *reload);
  reload->engine = engine;
  reload->loop = loop;
  reload->folder = mem_copy_text(folder);
  reload->next = loop_timer_new(loop, step, reload);
  return reload;
}

void reload_free(struct reload *reload) {
  if (!reload) return;
  watch_free(reload->watch);
  loop_job_free(reload->looking);
  look_free(reload->look);
  look_free(reload->wanted);
  while (reload->takings) {
    struct taking *next = reload->takings->next;
    taking_free(reload->takings);
    reload->takings = next;
  }
  loop_timer_free(reload->next);
  mem_free(reload->folder);
  mem_free(reload);
}

static const char *word_of(enum taking_state state) {
  switch (state) {
    case TAKING_READ:
    case TAKING_LOADING: return "loading";
    case TAKING_LOADED:
    case TAKING_SPECS: return "specs";
    case TAKING_TRIED:
    case TAKING_REPLAY: return "replay";
    default: return "activating";
  }
}

const char *reload_doing(const struct reload *reload, const char *department) {
  for (const struct taking *taking = reload->takings; taking; taking = taking->next)
    if (!department || !strcmp(taking->department, department))
      return word_of(taking->state);
  return reload->look || reload->wanted ? "reading" : NULL;
}

// Who has an active version works by it meanwhile.
bool reload_starting(const struct reload *reload) {
  const struct taking *taking = reload->takings;
  while (taking && (taking->state == TAKING_LOADED || taking->state == TAKING_SPECS ||
                    catalog_bundle(reload->engine->catalog, taking->department)))
    taking = taking->next;
  return !reload->looked || taking;
}

const struct reload_counters *reload_counters(const struct reload *reload) {
  return &reload->counters;
}
