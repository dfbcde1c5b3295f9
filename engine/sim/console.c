#include "sim/console.h"

#include <lauxlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/span.h"
#include "base/zone.h"
#include "script/console.h"
#include "script/sources.h"
#include "script/turn.h"
#include "script/values.h"

static const char *const TYPE = "afterward.sim.console";

struct console {
  struct bundle *bundle;
  struct buf bytes;
  struct value facts;  // view of bytes
  struct zones zones;
  const struct zone *zone;
};

static void put_field(struct console *self, const char *list, const char *key,
                      struct buf *out) {
  struct value map = list ? value_field(&self->facts, list) : self->facts,
               field = value_field(&map, key);
  value_put(out, &field);
}

static void know_field(void *self, const char *name, struct buf *out) {
  put_field(self, "fields", name, out);
}

static void know_get(void *self, const char *key, struct buf *out) {
  put_field(self, "state", key, out);
}

static void know_silences(void *self, const char *form, struct buf *out) {
  struct console *console = self;
  struct value map = value_field(&console->facts, "silences"),
               count = value_field(&map, form);
  value_put_int(out, value_int_or(&count, 0));
}

static int64_t know_now(void *self) {
  struct value now = value_field(&((struct console *)self)->facts, "now");
  return value_int_or(&now, 0);
}

static int know_time(void *self, const char *when, int64_t base, int64_t *out,
                     struct status *status) {
  struct span span;
  if (span_parse(when, &span, status)) return status->code;
  return span_add(base ? base : know_now(self), &span, ((struct console *)self)->zone,
                  NULL, out, status);
}

static int since_of(struct console *self, const struct value *options, int64_t *since,
                    struct status *status) {
  struct value within = value_field(options, "within"),
               from = value_field(options, "since");
  char *text = value_copy_text(&within);
  int64_t now = know_now(self), then = now;
  *since = value_int_or(&from, 0);
  int code = text ? know_time(self, text, 0, &then, status) : OK;
  if (text && !code && now - (then - now) > *since) *since = now - (then - now);
  mem_free(text);
  return code;
}

// The newest that fit, oldest first.
static int know_read(void *ctx, const char *code, const struct value *options,
                     struct buf *out, struct status *status) {
  struct console *self = ctx;
  bool enrollments = !strcmp(code, "enrollments");
  struct value list = value_field(&self->facts,
                                  enrollments ? "enrollments" : "observations"),
               last = value_field(options, "last"), item;
  int64_t since, most = value_int_or(&last, 32), fit = 0;
  if (since_of(self, options, &since, status)) return status->code;
  for (int pass = 0; pass < 2; pass++) {
    int64_t seen = 0;
    uint32_t count = 0;
    size_t begun = pass ? value_begin_list(out) : 0;
    struct value_iter iter = value_iterate(&list);
    while (value_next(&iter, NULL, &item)) {
      struct value name = value_field(&item, "code"), at = value_field(&item, "at");
      if (!enrollments && (!value_is(&name, code) || value_int_or(&at, 0) < since))
        continue;
      if (!pass)
        fit++;
      else if (seen++ >= fit - most)
        value_put(out, &item), count++;
    }
    if (pass) value_end(out, begun, count);
  }
  return OK;
}

static int know_rule(void *self, const char *id, const struct value *arguments,
                     struct buf *out, int64_t *version, struct status *status) {
  if (version) *version = 0;
  return rule_run(((struct console *)self)->bundle, id, arguments, out, status);
}

static void know_estimate(void *self, const char *role, struct buf *out) {
  (void)self;
  (void)role;
  value_put_text(out, "unknown");
}

static int load(struct console *self, const char *folder, const char *department,
                struct buf *why) {
  struct sources sources = {0};
  struct bundle_report report = {0};
  struct status status = {0};
  int code = sources_read(&sources, folder, department, &status);
  if (code)
    buf_puts(why, status.text);
  else if ((code = bundle_load(&self->bundle,
                               &(struct bundle_config){.department = department},
                               sources.items, sources.count, &report)))
    bundle_report_text(&report, why);
  bundle_report_deinit(&report);
  sources_deinit(&sources);
  return code;
}

int sim_console_new(lua_State *L) {
  struct status status = {0};
  struct buf why = {0};
  const char *folder = luaL_checkstring(L, 1), *department = luaL_checkstring(L, 2);
  struct console *self = lua_newuserdatauv(L, sizeof *self, 0);
  *self = (struct console){0};
  luaL_setmetatable(L, TYPE);
  zones_init(&self->zones, NULL);
  if (values_encode(L, 3, "facts", &self->bytes, &status) ||
      zones_find(&self->zones, luaL_checkstring(L, 4), &self->zone, &status))
    return luaL_error(L, "%s", status.text);
  value_read(self->bytes.data, self->bytes.len, &self->facts);
  if (!load(self, folder, department, &why)) return 1;
  lua_pushlstring(L, buf_text(&why), why.len);
  buf_deinit(&why);
  return lua_error(L);
}

static int run_line(lua_State *L) {
  struct console *self = luaL_checkudata(L, 1, TYPE);
  struct status status = {0};
  struct buf shown = {0};
  bool unfinished;
  struct facts facts = {.self = self,
                        .field = know_field,
                        .read = know_read,
                        .get = know_get,
                        .silences = know_silences,
                        .rule = know_rule,
                        .time = know_time,
                        .estimate = know_estimate,
                        .now = know_now};
  int code = console_run(self->bundle, &facts, luaL_checkstring(L, 2), &shown,
                         &unfinished, &status);
  lua_pushlstring(L, buf_text(&shown), shown.len);
  if (code)
    lua_pushstring(L, status.text);
  else
    lua_pushnil(L);
  lua_pushboolean(L, unfinished);
  buf_deinit(&shown);
  return 3;
}

static int push_declared(lua_State *L) {
  struct console *self = luaL_checkudata(L, 1, TYPE);
  struct status status = {0};
  struct value all = bundle_definitions(self->bundle);
  if (values_push(L, &all, &status)) return luaL_error(L, "%s", status.text);
  return 1;
}

static int close_console(lua_State *L) {
  struct console *self = luaL_checkudata(L, 1, TYPE);
  if (self->bundle) bundle_free(self->bundle);
  zones_deinit(&self->zones);
  buf_deinit(&self->bytes);
  *self = (struct console){0};
  return 0;
}

void sim_console_register(lua_State *L) {
  static const luaL_Reg methods[] = {{"run", run_line},
                                     {"declared", push_declared},
                                     {"__gc", close_console},
                                     {NULL, NULL}};
  luaL_newmetatable(L, TYPE);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
