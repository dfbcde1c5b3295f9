#include "engine.h"

#include <string.h>

#include "activate.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/attachment.h"
#include "care/canary.h"
#include "care/card.h"
#include "care/case.h"
#include "care/clock_hold.h"
#include "care/commands.h"
#include "care/consult.h"
#include "care/dead_letter.h"
#include "care/dial.h"
#include "care/enrollment.h"
#include "care/festival.h"
#include "care/improvement.h"
#include "care/inbound.h"
#include "care/job.h"
#include "care/ladder.h"
#include "care/line.h"
#include "care/measure.h"
#include "care/message.h"
#include "care/patient.h"
#include "care/quality.h"
#include "care/question.h"
#include "care/reconcile.h"
#include "care/reply.h"
#include "care/task.h"
#include "config.h"

static void register_handlers(struct care *care) {
  commands_handlers(care);
  enrollment_handlers(care);
  question_handlers(care);
  message_handlers(care);
  ladder_handlers(care);
  inbound_handlers(care);
  dead_letter_handlers(care);
  case_handlers(care);
  improvement_handlers(care);
  quality_handlers(care);
  reply_handlers(care);
  clock_hold_handlers(care);
  task_handlers(care);
  dial_handlers(care);
  alert_handlers(care);
  event_handlers(care);
  attachment_handlers(care);
  card_handlers(care);
  consult_handlers(care);
  reconcile_handlers(care);
  job_handlers(care);
}

struct bundle *engine_bundle(struct engine *engine, const char *department, int64_t row) {
  if (!row) row = catalog_bundle(engine->catalog, department);
  return bundles_get(&engine->bundles, engine->store, department, row);
}

struct guesses {
  int year;
  void (*fn)(void *self, const char *calendar, int year);
  void *self;
};

static void guess(void *self, const char *calendar) {
  const struct guesses *guesses = self;
  guesses->fn(guesses->self, calendar, guesses->year);
}

// Deadlines in working time reach into the months to come: this year and, from October
// on, the next.
void engine_each_guess(struct engine *engine,
                       void (*fn)(void *self, const char *calendar, int year),
                       void *self) {
  struct civil now = zone_civil(care_site_zone(&engine->care), clock_now(engine->clock));
  int year = (int)now.year, last = year + (now.month >= 10 ? 1 : 0);
  for (; year <= last; year++) {
    struct guesses guesses = {year, fn, self};
    catalog_each_guess(engine->catalog, year, guess, &guesses);
    if (!festival_knows_year(&engine->care, year)) fn(self, "festivals", year);
  }
}

static void warn_of_guess(void *self, const char *calendar, int year) {
  (void)self;
  bool festivals = strcmp(calendar, "festivals") == 0;
  log_line(LOG_LEVEL_WARN, "calendar.unknown_year",
           "calendar=%s year=%d risk=\"%s\" remedy=\"add the year's days to "
           "the calendar's file; cn's is scripts/shared/calendar/cn.csv\"",
           calendar, year,
           festivals ? "messages go out at New Year and Qingming"
                     : "working days are guessed");
}

void engine_warn_of_years(struct engine *engine) {
  engine_each_guess(engine, warn_of_guess, NULL);
}

bool engine_settle(struct engine *engine, struct status *status) {
  while (kernel_step(engine->kernel, status)) {
  }
  return status->code == OK;
}

static int load_catalog(struct engine *engine, struct status *status) {
  int code = activate_load_holidays(engine, status);
  return code ? code : catalog_load(engine->catalog, engine->store, status);
}

int engine_open(struct engine *engine, struct store *store, struct clock *clock,
                const struct value *settings, struct status *status) {
  *engine = (struct engine){.store = store, .clock = clock};
  zones_init(&engine->zones, NULL);
  engine->catalog = catalog_new();
  if (site_read(&engine->site, settings, &engine->zones, status) ||
      measures_read(&engine->measures, engine->site.observations, status) ||
      load_catalog(engine, status) || kernel_new(&engine->kernel, store, clock, status)) {
    engine_close(engine, NULL);
    return status->code;
  }
  engine->care = (struct care){.kernel = engine->kernel,
                               .store = store,
                               .catalog = engine->catalog,
                               .site = &engine->site,
                               .measures = engine->measures,
                               .zones = &engine->zones};
  scripts_port_init(engine);
  register_handlers(&engine->care);
  if (canary_load(&engine->care, status) || reconcile_arm(&engine->care, status) ||
      job_arm_all(&engine->care, status)) {
    engine_close(engine, NULL);
    return status->code;
  }
  return OK;
}

void engine_close(struct engine *engine, struct store **store_out) {
  kernel_free(engine->kernel);
  bundles_deinit(&engine->bundles);
  buf_deinit(&engine->care.seen_patient.body);
  buf_deinit(&engine->care.seen_event.body);
  canary_free(&engine->care);
  line_deinit(&engine->care);
  catalog_free(engine->catalog);
  measures_free(engine->measures);
  site_deinit(&engine->site);
  zones_deinit(&engine->zones);
  if (store_out)
    *store_out = engine->store;
  else
    store_close(engine->store);
  *engine = (struct engine){0};
}
