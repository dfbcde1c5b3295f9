// require "afterward.sim": the engine of production in memory, with a clock that jumps,
// for specs and simulation.
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/iso.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/enrollment.h"
#include "care/message.h"
#include "care/patient.h"
#include "engine.h"
#include "script/values.h"
#include "sim.h"
#include "sim/care.h"
#include "sim/channel.h"
#include "sim/coverage.h"
#include "sim/idle.h"
#include "sim/load.h"
#include "sim/query.h"
#include "sim/replay.h"
#include "sim/time.h"

extern const struct embedded sim_lua[];

struct sim {
  struct engine engine;
  struct clock clock;
  struct sim_channel channel;
  struct sim_idle kept;  // its store came from here, and goes back
  struct buf settings;
  int64_t cut_every;  // commits from one failing of the power to the next; 0: never again
  bool cut_loses;
  const struct line_watch *lines;
  lua_Integer patience;  // failures of the disk that are met by trying again
  bool open;
};

static const char *const TYPE = "afterward.sim";

static struct sim *check(lua_State *L) {
  struct sim *sim = luaL_checkudata(L, 1, TYPE);
  if (!sim->open) luaL_error(L, "this world is closed");
  return sim;
}

static int fail(lua_State *L, const struct status *status) {
  return luaL_error(L, "%s", status->text);
}

static void connect_channel(struct sim *sim) {
  sim->channel.care = &sim->engine.care;
  sim->engine.care.channels = sim_channel_port(&sim->channel);
}

static int start(struct sim *sim, struct store *store, struct status *status) {
  struct value settings;
  value_read(sim->settings.data, sim->settings.len, &settings);
  if (engine_open(&sim->engine, store, &sim->clock, &settings, status))
    return status->code;
  sim->engine.bundles.lines = sim->lines;
  connect_channel(sim);
  message_recover(&sim->engine.care);
  if (sim->cut_every) kernel_cut(sim->engine.kernel, sim->cut_every, sim->cut_loses);
  sim->open = true;
  return OK;
}

// sim.new(now_ms, settings, path, patience): an empty hospital in memory, or the one in a
// file.
static int sim_new(lua_State *L) {
  struct status status = {0};
  struct store *store;
  int64_t now = luaL_checkinteger(L, 1);
  const char *path = luaL_optstring(L, 3, ":memory:");
  luaL_checktype(L, 2, LUA_TTABLE);
  struct sim *sim = lua_newuserdatauv(L, sizeof *sim, 0);
  *sim = (struct sim){.patience = luaL_optinteger(L, 4, 0)};
  luaL_setmetatable(L, TYPE);
  clock_init_set(&sim->clock, now);
  if (values_encode(L, 2, "settings", &sim->settings, &status) ||
      sim_idle_open(L, path, &sim->kept, &store, &status) || start(sim, store, &status))
    return fail(L, &status);
  return 1;
}

static int sim_close(lua_State *L) {
  struct sim *sim = luaL_checkudata(L, 1, TYPE);
  struct store *store = NULL;
  if (sim->open) engine_close(&sim->engine, &store);
  sim_idle_close(L, &sim->kept, store);
  sim->open = false;
  sim_channel_deinit(&sim->channel);
  buf_deinit(&sim->settings);
  return 0;
}

static int sim_replay(lua_State *L) { return sim_replay_push(L, &check(L)->engine); }

// sim:load(department, { path = text, … }, look, folder): true, problems; or nil,
// problems, why. look: looked through, too. folder: where they come from, for coverage.
static int sim_load(lua_State *L) {
  struct sim *sim = check(L);
  sim->lines = sim_coverage_of(L, luaL_optstring(L, 5, NULL));
  sim->engine.bundles.lines = sim->lines;
  return sim_load_texts(L, &sim->engine);
}

// sim:load_folder(folder, department): the same of files under a scripts folder.
static int sim_folder(lua_State *L) { return sim_load_folder(L, &check(L)->engine); }

// Everything but the database is lost, and started again from it.
static int restart(struct sim *sim, struct status *status) {
  struct store *store;
  sim->open = false;
  if (store_in_transaction(sim->engine.store)) store_rollback(sim->engine.store);
  engine_close(&sim->engine, &store);
  sim_channel_forget(&sim->channel);
  return start(sim, store, status);
}

// Steps until nothing is due; when the power fails on the way, the machine starts again.
// True when it did. A disk that refuses is asked again, as the daemon does.
static bool settle(lua_State *L, struct sim *sim) {
  struct status status = {0};
  bool fell = false;
  while (!engine_settle(&sim->engine, &status)) {
    bool cut = kernel_is_cut(sim->engine.kernel);
    if (cut ? restart(sim, &status) : --sim->patience < 0) fail(L, &status);
    status = (struct status){0};
    fell |= cut;
  }
  return fell;
}

struct reply {  // what the inbox said, until it is pushed
  struct buf result;
};

static void take_reply(void *self, int64_t row, const struct value *result) {
  (void)row;
  struct reply *reply = self;
  buf_clear(&reply->result);
  value_put(&reply->result, result);
}

static int push_reply(lua_State *L, struct reply *reply) {
  struct status status = {0};
  struct value view;
  if (!reply->result.len || !value_read(reply->result.data, reply->result.len, &view) ||
      values_push(L, &view, &status))
    lua_pushnil(L);
  buf_deinit(&reply->result);
  return 1;
}

enum { TRIES = 8 };

// A sender that got no answer because the power failed sends the same again.
static int submit(lua_State *L, struct sim *sim, const char *source, const char *id,
                  const char *kind, const struct value *body) {
  struct reply reply = {0};
  for (int i = 0; i < TRIES && !reply.result.len; i++) {
    kernel_submit(sim->engine.kernel, source, id, kind, body, INBOX_APPLIED, take_reply,
                  &reply);
    if (!settle(L, sim)) break;
  }
  return push_reply(L, &reply);
}

// sim:submit(source, id, kind, body): the result map, after everything that follows at
// this moment has happened.
static int sim_submit(lua_State *L) {
  struct sim *sim = check(L);
  struct status status = {0};
  struct buf body = {0};
  struct value view;
  const char *source = luaL_checkstring(L, 2), *id = luaL_checkstring(L, 3),
             *kind = luaL_checkstring(L, 4);
  if (values_encode(L, 5, "body", &body, &status)) {
    buf_deinit(&body);
    return fail(L, &status);
  }
  lua_settop(L, 5);
  lua_pushlstring(L, body.data, body.len);
  buf_deinit(&body);
  value_read(lua_tostring(L, 6), lua_rawlen(L, 6), &view);
  return submit(L, sim, source, id, kind, &view);
}

static const char *push_field(lua_State *L, const struct value *view, const char *key) {
  struct value field = value_field(view, key);
  if (field.kind != VALUE_TEXT) return NULL;
  return lua_pushlstring(L, field.text.data, field.text.len);
}

static int submit_encoded(lua_State *L, struct sim *sim, const char *bytes, size_t len) {
  struct value view;
  value_read(bytes, len, &view);
  const char *source = push_field(L, &view, "source"), *id = push_field(L, &view, "id");
  return submit(L, sim, source ? source : "spec", id, "event", &view);
}

// sim:event(body): as POST /api/v1/events would take it; its result, or nil and what is
// wrong with it.
static int sim_event(lua_State *L) {
  struct sim *sim = check(L);
  struct status status = {0};
  struct buf posted = {0}, clean = {0};
  struct value view;
  int code = values_encode(L, 2, "event", &posted, &status);
  if (!code && value_read(posted.data, posted.len, &view))
    code = event_check(&view, sim->engine.measures, &clean, &status);
  buf_deinit(&posted);
  if (code) {
    buf_deinit(&clean);
    lua_pushnil(L);
    lua_pushstring(L, status.text);
    return 2;
  }
  lua_settop(L, 2);
  lua_pushlstring(L, clean.data, clean.len);
  buf_deinit(&clean);
  return submit_encoded(L, sim, lua_tostring(L, 3), lua_rawlen(L, 3));
}

// Changes when a channel took a message, a task or an alert was opened.
static int64_t news(struct sim *sim) {
  struct store *store = sim->engine.store;
  return sim->channel.sent + store_int(store, 0, "SELECT max(id) FROM task", "") +
         store_int(store, 0, "SELECT max(id) FROM alert", "");
}

static int sim_news(lua_State *L) {
  lua_pushinteger(L, news(check(L)));
  return 1;
}

// sim:advance_to(ms, watching): every due moment on the way is met at its own time.
// Watching, it stops at the first moment that brings news, and says true.
static int sim_advance_to(lua_State *L) {
  struct sim *sim = check(L);
  int64_t until = luaL_checkinteger(L, 2);
  bool watching = lua_toboolean(L, 3);
  int64_t known = watching ? news(sim) : 0;
  settle(L, sim);
  while (!watching || news(sim) == known) {
    int64_t next = kernel_next_due(sim->engine.kernel);
    if (next > until) break;
    if (next > clock_now(&sim->clock)) clock_set(&sim->clock, next);
    settle(L, sim);
  }
  bool stopped = watching && news(sim) != known;
  if (!stopped && until > clock_now(&sim->clock)) clock_set(&sim->clock, until);
  settle(L, sim);
  lua_pushboolean(L, stopped);
  return 1;
}

// sim:jump_to(ms, seen): the clock alone, as if the machine had been off, or was seen.
static int sim_jump_to(lua_State *L) {
  struct sim *sim = check(L);
  sim_time_jump(L, &sim->engine);
  settle(L, sim);
  return 0;
}

static int sim_now(lua_State *L) {
  lua_pushinteger(L, clock_now(&check(L)->clock));
  return 1;
}

static int sim_crash(lua_State *L) {
  struct sim *sim = check(L);
  struct status status = {0};
  if (restart(sim, &status)) return fail(L, &status);
  settle(L, sim);
  return 0;
}

// sim:cut(n, lost, every): the power fails at the nth commit from now, after it or in the
// middle of it, and then at every so many again.
static int sim_cut(lua_State *L) {
  struct sim *sim = check(L);
  sim->cut_loses = lua_toboolean(L, 3);
  sim->cut_every = luaL_optinteger(L, 4, 0);
  kernel_cut(sim->engine.kernel, luaL_checkinteger(L, 2), sim->cut_loses);
  return 0;
}

// sim:follow(on): whether what a work leads to is done in its commit.
static int sim_follow(lua_State *L) {
  kernel_set_follow(check(L)->engine.kernel, lua_toboolean(L, 2));
  return 0;
}

// sim:commits(): how many there were since the last start, and how many works in them.
static int sim_commits(lua_State *L) {
  const struct kernel_stats *stats = kernel_statistics(check(L)->engine.kernel);
  lua_pushinteger(L, stats->batches);
  lua_pushinteger(L, stats->works);
  return 2;
}

// sim:journal(run): its records as lists, oldest first.
static int sim_journal(lua_State *L) {
  return sim_journal_push(L, check(L)->engine.store, luaL_checkinteger(L, 2));
}

// sim:query(sql, …): a list of rows as tables by column name. For looking, not for
// changing.
static int sim_query(lua_State *L) {
  struct sim *sim = check(L);
  return sim_queries_run(&sim->kept.queries, L, sim->engine.store);
}

// sim:set_state(enrollment, key, value): as p:set would.
static int sim_set_state(lua_State *L) {
  struct sim *sim = check(L);
  struct status status = {0};
  struct buf value = {0};
  struct value view;
  if (values_encode(L, 4, "value", &value, &status)) {
    buf_deinit(&value);
    return fail(L, &status);
  }
  value_read(value.data, value.len, &view);
  sim_state_set(&sim->engine.care, luaL_checkinteger(L, 2), luaL_checkstring(L, 3),
                &view);
  buf_deinit(&value);
  return 0;
}

// sim:retier(enrollment): looks at the tier again now.
static int sim_retier(lua_State *L) {
  struct sim *sim = check(L);
  int64_t id = luaL_checkinteger(L, 2);
  int64_t patient = store_int(sim->engine.store, 0,
                              "SELECT patient FROM enrollment WHERE id=?1", "i", id);
  enrollment_turned(&sim->engine.care, id, patient);
  settle(L, sim);
  return 0;
}

// sim:planned(enrollment, most): list of { step, due_at, valid_until, day }.
static int sim_planned(lua_State *L) {
  return sim_planned_push(L, &check(L)->engine.care);
}

// sim:photos(department, form): ids of its items that are photos.
static int sim_photos(lua_State *L) {
  return sim_photos_push(L, check(L)->engine.catalog);
}

// sim:enroll(patient, department, pathway): whatever its `enroll` says.
static int sim_enroll(lua_State *L) {
  struct sim *sim = check(L);
  sim_enroll_patient(L, &sim->engine.care);
  settle(L, sim);
  return 0;
}

// sim:channel(name, behaviour): how the channel in memory answers (sim/channel.h); for an
// address when one is given.
static int sim_channel_set(lua_State *L) {
  struct sim *sim = check(L);
  sim_channel_behave(&sim->channel, luaL_checkstring(L, 2), luaL_optstring(L, 4, NULL),
                     luaL_checkstring(L, 3));
  return 0;
}

// sim:receipt(channel, provider_id, state): what a gateway says later, and again when it
// was not heard.
static int sim_receipt(lua_State *L) {
  struct sim *sim = check(L);
  const char *channel = luaL_checkstring(L, 2), *id = luaL_checkstring(L, 3),
             *state = luaL_checkstring(L, 4);
  for (int i = 0; i < TRIES; i++) {
    sim_channel_receipt(&sim->engine.care, channel, id, state);
    if (!settle(L, sim)) break;
  }
  return 0;
}

// sim:span(text, base_ms): the moment a time expression means, on the site's zone and
// calendar.
static int sim_span(lua_State *L) { return sim_time_span(L, &check(L)->engine); }

static const luaL_Reg methods[] = {{"load", sim_load},
                                   {"replay", sim_replay},
                                   {"load_folder", sim_folder},
                                   {"submit", sim_submit},
                                   {"event", sim_event},
                                   {"advance_to", sim_advance_to},
                                   {"news", sim_news},
                                   {"jump_to", sim_jump_to},
                                   {"now", sim_now},
                                   {"crash", sim_crash},
                                   {"query", sim_query},
                                   {"cut", sim_cut},
                                   {"commits", sim_commits},
                                   {"follow", sim_follow},
                                   {"journal", sim_journal},
                                   {"set_state", sim_set_state},
                                   {"retier", sim_retier},
                                   {"planned", sim_planned},
                                   {"enroll", sim_enroll},
                                   {"photos", sim_photos},
                                   {"channel", sim_channel_set},
                                   {"receipt", sim_receipt},
                                   {"span", sim_span},
                                   {"close", sim_close},
                                   {"__gc", sim_close},
                                   {NULL, NULL}};

static const luaL_Reg functions[] = {{"new", sim_new},
                                     {"parse_time", sim_time_parse},
                                     {"civil", sim_time_civil},
                                     {NULL, NULL}};

static void load(lua_State *L, int file, const char *name) {
  if (luaL_loadbuffer(L, sim_lua[file].text, sim_lua[file].length, name)) lua_error(L);
}

// The C half is handed to sim.lua, which makes of it what specs are written in.
int luaopen_afterward_sim(lua_State *L) {
  log_set_level(LOG_LEVEL_WARN);
  if (!getenv("AFTERWARD_SPEC_LOG")) log_set_level(LOG_LEVEL_ERROR);
  luaL_newmetatable(L, TYPE);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  load(L, 0, "@afterward/sim.lua");
  luaL_newlib(L, functions);
  load(L, 1, "@afterward/sim/world/scripts.lua");
  lua_call(L, 0, 1);
  load(L, 2, "@afterward/sim/world/cases.lua");
  lua_call(L, 0, 1);
  load(L, 3, "@afterward/sim/world/torture.lua");
  load(L, 4, "@afterward/sim/world/feedback.lua");
  lua_call(L, 0, 1);
  lua_call(L, 5, 1);
  return 1;
}
