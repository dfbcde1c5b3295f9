// The engine: owns every part, starts them in order and stops them in reverse. One
// process may hold several.
#pragma once

#include "base/clock.h"
#include "base/histogram.h"
#include "base/zone.h"
#include "bundles.h"
#include "care/care.h"

struct engine {
  struct store *store;
  struct clock *clock;  // borrowed
  struct zones zones;
  struct site site;
  struct catalog *catalog;
  struct kernel *kernel;
  struct measures *measures;
  struct care care;
  struct bundles bundles;
  struct histogram activations;  // how long each took
};

// settings: the configuration as an encoded map (config.h has its keys); copied. store is
// taken, also on failure. Active bundles are loaded from the database; channels may be
// set in engine->care before the first step.
int engine_open(struct engine *engine, struct store *store, struct clock *clock,
                const struct value *settings, struct status *status);
// store_out NULL closes the store; else the caller gets it back: what a crash leaves.
void engine_close(struct engine *engine, struct store **store_out);

// Loads a department's sources and makes them the active bundle, for specs and benches;
// look: having looked them through, as the daemon does (bundle_check in reload.c). report
// says what is wrong; nothing changes then. The same content again changes nothing.
int engine_activate(struct engine *engine, const char *department,
                    const struct sources *sources, const char *who, bool look,
                    struct bundle_report *report, struct status *status);
struct bundle *engine_bundle(struct engine *engine, const char *department,
                             int64_t row);  // row 0: the active one

// Calls fn with each calendar whose holidays of this year, or from October on of the
// next, are not known, and with "festivals" when those are not.
void engine_each_guess(struct engine *engine,
                       void (*fn)(void *self, const char *calendar, int year),
                       void *self);
// Logs calendars whose holidays of this year, or in autumn of the next, are not known.
void engine_warn_of_years(struct engine *engine);

// Steps until nothing is due. False with a reason when the disk refuses.
bool engine_settle(struct engine *engine, struct status *status);

// scripts.c: the way from the domain to Lua.
void scripts_port_init(struct engine *engine);
