// The engine: owns every part, starts them in order and stops them in reverse. One
// process may hold several.
#pragma once

#include "base/clock.h"
#include "base/zone.h"
#include "care/care.h"
#include "script/bundle.h"

enum { ENGINE_BUNDLES = 256 };

struct loaded_bundle {  // a department's scripts at one version, in Lua
  int64_t row;          // bundle.id
  char *department;
  struct bundle *bundle;
};

struct engine {
  struct store *store;
  struct clock *clock;  // borrowed
  struct zones zones;
  struct site site;
  struct catalog *catalog;
  struct kernel *kernel;
  struct care care;
  struct loaded_bundle bundles[ENGINE_BUNDLES];
  int bundle_count;
};

// settings: the configuration as an encoded map (config.h has its keys); copied. store is
// taken, also on failure. Active bundles are loaded from the database; channels may be
// set in engine->care before the first step.
int engine_open(struct engine *engine, struct store *store, struct clock *clock,
                const struct value *settings, struct status *status);
// store_out NULL closes the store; else the caller gets it back: what a crash leaves.
void engine_close(struct engine *engine, struct store **store_out);

// Loads a department's sources, checks them and makes them the active bundle. report says
// what is wrong; nothing changes then. The same content again changes nothing.
int engine_activate(struct engine *engine, const char *department,
                    const struct sources *sources, const char *who,
                    struct bundle_report *report, struct status *status);
// Every department folder under a scripts folder. The first error ends it; problems are
// logged.
int engine_activate_all(struct engine *engine, const char *folder, const char *who,
                        struct status *status);
struct bundle *engine_bundle(struct engine *engine, const char *department,
                             int64_t row);  // row 0: the active one

// Steps until nothing is due. False with a reason when the disk refuses.
bool engine_settle(struct engine *engine, struct status *status);

// scripts.c: the way from the domain to Lua.
void scripts_port_init(struct engine *engine);
