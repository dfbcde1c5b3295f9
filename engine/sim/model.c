#include "sim/model.h"

#include <lauxlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/nearest.h"
#include "script/sandbox.h"
#include "script/values.h"
#include "sim/embed.h"

enum { LOAD_MS = 2000, CALL_MS = 200, RESULTS = 3 };

static const char *const TYPE = "afterward.sim.model";

// On the model's own stack: its environment, what is loaded by name, the usual model and
// the file's own.
enum { ENV = 1, LOADED, USUAL, OWN };

static const char *const FUNCTIONS[] = {"answer", "task", "alert", NULL};

struct model {
  struct sandbox *sandbox;
  uint64_t seed;
  struct buf arguments;
};

// The text has the model's own place already.
static int fail(lua_State *L, const struct status *status) {
  lua_pushstring(L, status->text);
  return lua_error(L);
}

// Compiles and runs one embedded file in the model's environment; its value is left.
static int load_part(lua_State *L, const char *name) {
  struct status status = {0};
  char file[40];
  luaL_checkstack(L, 8, NULL);
  snprintf(file, sizeof file, "%s.lua", name);
  const struct embedded *part = sim_embed_find(file);
  if (!part)
    return sandbox_error(L, "there is no module \"%s\"; a model may require \"usual\"",
                         name);
  lua_pushvalue(L, lua_upvalueindex(1));
  if (sandbox_compile(L, part->text, part->length, file, &status) ||
      sandbox_call(L, 0, 1, &status) != SANDBOX_DONE) {
    sandbox_rethrow(L);
    return sandbox_error(L, "%s", status.text);
  }
  return 1;
}

// require, for the model's files. Upvalues: the environment and what is loaded.
static int require(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_settop(L, 1);
  if (lua_getfield(L, lua_upvalueindex(2), name) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  load_part(L, name);
  lua_pushvalue(L, -1);
  lua_setfield(L, lua_upvalueindex(2), name);
  return 1;
}

static void push_env(lua_State *L) {
  sandbox_push_env(L);
  lua_newtable(L);
  lua_pushvalue(L, ENV);
  lua_pushvalue(L, LOADED);
  lua_pushcclosure(L, require, 2);
  lua_setfield(L, ENV, "require");
}

// A chunk of text run in the model's environment with what lies above it as arguments.
static int run(lua_State *L, const char *name, const char *text, size_t len, int nargs,
               struct status *status) {
  lua_pushvalue(L, ENV);
  if (sandbox_compile(L, text, len, name, status)) return status->code;
  lua_insert(L, -1 - nargs);
  if (sandbox_call(L, nargs, 1, status) != SANDBOX_DONE) return status->code;
  if (lua_istable(L, -1)) return OK;
  return status_fail(status, ERR_INVALID,
                     "%s gives a %s instead of a table of functions: end it with "
                     "return { answer = function(patient, question) … end }",
                     name, luaL_typename(L, -1));
}

static const char USUAL_TEXT[] =
    "return require 'model'(require 'rates'.parse((...)), select(2, ...))";

// Appends "model.lua:2: " for the function on top, which is taken off.
static void put_place(lua_State *L, struct buf *out) {
  lua_Debug where;
  if (lua_isfunction(L, -1) && lua_getinfo(L, ">S", &where))
    buf_printf(out, "%s:%d: ", where.short_src, where.linedefined);
  else
    lua_pop(L, 1);
}

static int refuse(lua_State *L, const char *file, const char *name,
                  struct status *status) {
  struct nearest nearest;
  struct buf text = {0}, near = {0};
  nearest_start(&nearest, name, strlen(name));
  for (int i = 0; FUNCTIONS[i]; i++)
    nearest_offer(&nearest, FUNCTIONS[i], strlen(FUNCTIONS[i]));
  nearest_put(&nearest, &near);
  if (lua_isfunction(L, -1))
    put_place(L, &text);
  else
    buf_printf(&text, "%s: ", file);
  status_fail(status, ERR_INVALID,
              "%sa model has no \"%s\"%s; its functions are answer, task and alert",
              buf_text(&text), name, buf_text(&near));
  buf_deinit(&text);
  buf_deinit(&near);
  return status->code;
}

static bool is_known(lua_State *L, const char *name) {  // its value is on top
  for (int i = 0; FUNCTIONS[i]; i++)
    if (!strcmp(FUNCTIONS[i], name)) return lua_isfunction(L, -1);
  bool usual = lua_getfield(L, USUAL, name) != LUA_TNIL && lua_rawequal(L, -1, -2);
  lua_pop(L, 1);
  return usual;
}

// A misspelt function would leave the shipped one in its place, unsaid.
static int check_functions(lua_State *L, const char *file, struct status *status) {
  lua_pushnil(L);
  while (lua_next(L, OWN)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[1]";
    if (!is_known(L, name)) return refuse(L, file, name, status);
    lua_pop(L, 1);
  }
  return OK;
}

static int load(struct model *model, const char *file, const struct buf *text,
                struct status *status) {
  lua_State *L = sandbox_state(model->sandbox);
  const struct embedded *population = sim_embed_find("population.csv");
  sandbox_turn(model->sandbox, LOAD_MS, model->seed);
  push_env(L);
  lua_pushlstring(L, population->text, population->length);
  lua_pushinteger(L, (lua_Integer)model->seed);
  if (run(L, "usual", USUAL_TEXT, sizeof USUAL_TEXT - 1, 2, status)) return status->code;
  lua_pushvalue(L, USUAL);
  lua_setfield(L, LOADED, "usual");
  if (!file) {
    lua_pushvalue(L, USUAL);
    return OK;
  }
  int code = run(L, file, buf_text(text), text->len, 0, status);
  return code ? code : check_functions(L, file, status);
}

int sim_model_new(lua_State *L) {
  const char *file = luaL_optstring(L, 1, NULL);
  struct status status = {0};
  struct buf text = {0};
  struct model *model = lua_newuserdatauv(L, sizeof *model, 0);
  *model = (struct model){.seed = (uint64_t)luaL_checkinteger(L, 2)};
  luaL_setmetatable(L, TYPE);
  model->sandbox = sandbox_open(NULL);
  int code = file ? sim_embed_read(file, SANDBOX_SOURCE, &text, &status) : OK;
  if (!code) code = load(model, file, &text, &status);
  buf_deinit(&text);
  return code ? fail(L, &status) : 1;
}

// Chance is the seed's, the function's and its arguments', never that of what came first.
static uint64_t seed_of(const struct model *model, const char *name) {
  char digest[33];
  uint64_t seed = model->seed;
  digest_hex(model->arguments.data, model->arguments.len, digest);
  for (int i = 0; i < 16; i++) seed = seed * 31 + (unsigned char)digest[i];
  return seed + (unsigned char)*name;
}

static int push_arguments(lua_State *to, struct buf *bytes, struct status *status) {
  struct value list, item;
  value_read(buf_text(bytes), bytes->len, &list);
  struct value_iter iter = value_iterate(&list);
  while (value_next(&iter, NULL, &item))
    if (values_push(to, &item, status)) return status->code;
  return OK;
}

static int encode_arguments(lua_State *L, struct buf *out, struct status *status) {
  buf_clear(out);
  size_t list = value_begin_list(out);
  int code = values_encode(L, 3, "patient", out, status);
  if (!code) code = values_encode(L, 4, "question", out, status);
  value_end(out, list, 2);
  return code;
}

static void push_function(lua_State *from, const char *name) {
  if (lua_getfield(from, OWN, name) == LUA_TFUNCTION) return;
  lua_pop(from, 1);
  lua_getfield(from, USUAL, name);
}

static int ask(lua_State *L, struct model *model, const char *name,
               struct status *status) {
  lua_State *from = sandbox_state(model->sandbox);
  push_function(from, name);
  if (push_arguments(from, &model->arguments, status)) return status->code;
  sandbox_turn(model->sandbox, CALL_MS, seed_of(model, name));
  if (sandbox_call(from, 2, RESULTS, status) != SANDBOX_DONE) return status->code;
  buf_clear(&model->arguments);
  size_t list = value_begin_list(&model->arguments);
  int code = OK;
  for (int i = -RESULTS; !code && i < 0; i++)
    code = values_encode(from, i, name, &model->arguments, status);
  value_end(&model->arguments, list, RESULTS);
  return code ? code : push_arguments(L, &model->arguments, status);
}

static int call(lua_State *L) {
  struct model *model = luaL_checkudata(L, 1, TYPE);
  const char *name = luaL_checkstring(L, 2);
  struct status status = {0};
  lua_settop(L, 4);
  int code = encode_arguments(L, &model->arguments, &status);
  if (!code) code = ask(L, model, name, &status);
  lua_settop(sandbox_state(model->sandbox), OWN);
  return code ? fail(L, &status) : RESULTS;
}

static int place(lua_State *L) {
  struct model *model = luaL_checkudata(L, 1, TYPE);
  lua_State *from = sandbox_state(model->sandbox);
  struct buf text = {0};
  push_function(from, luaL_checkstring(L, 2));
  put_place(from, &text);
  lua_pushlstring(L, buf_text(&text), text.len);
  buf_deinit(&text);
  return 1;
}

static int close_model(lua_State *L) {
  struct model *model = luaL_checkudata(L, 1, TYPE);
  if (model->sandbox) sandbox_close(model->sandbox);
  buf_deinit(&model->arguments);
  model->sandbox = NULL;
  return 0;
}

void sim_model_register(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"call", call}, {"place", place}, {"__gc", close_model}, {NULL, NULL}};
  luaL_newmetatable(L, TYPE);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
