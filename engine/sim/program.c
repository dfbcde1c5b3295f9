#include "sim/program.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/client.h"
#include "cli/scripts.h"
#include "script/values.h"
#include "sim.h"
#include "sim/cohort.h"
#include "sim/console.h"
#include "sim/embed.h"
#include "sim/line.h"
#include "sim/model.h"
#include "sim/tester.h"

// require, for the program's own files alone: nothing of this machine is loaded.
static int search(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  char file[64], chunk[64];
  snprintf(file, sizeof file, "%s.lua", name);
  snprintf(chunk, sizeof chunk, "@%s", file);
  const struct embedded *found = sim_embed_find(file);
  for (const struct embedded *std = script_std; !found && std->name; std++)
    if (strcmp(std->name, file) == 0) found = std;
  if (!found) {
    lua_pushfstring(L, "no file %s in the program", file);
    return 1;
  }
  if (luaL_loadbuffer(L, found->text, found->length, chunk)) return lua_error(L);
  return 1;
}

static void set_require(lua_State *L) {
  lua_getglobal(L, "package");
  lua_createtable(L, 2, 0);
  lua_getfield(L, -2, "searchers");
  lua_rawgeti(L, -1, 1);
  lua_rawseti(L, -3, 1);
  lua_pop(L, 1);
  lua_pushcfunction(L, search);
  lua_rawseti(L, -2, 2);
  lua_setfield(L, -2, "searchers");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, luaopen_afterward_sim);
  lua_setfield(L, -2, "afterward.sim");
  lua_pop(L, 2);
}

// host.json(value): as compact JSON.
static int to_json(lua_State *L) {
  struct buf bytes = {0}, json = {0};
  struct status status = {0};
  struct value view;
  if (values_encode(L, 1, NULL, &bytes, &status)) {
    buf_deinit(&bytes);
    return luaL_error(L, "%s", status.text);
  }
  value_read(bytes.data, bytes.len, &view);
  value_to_json(&json, &view);
  lua_pushlstring(L, json.data, json.len);
  buf_deinit(&bytes);
  buf_deinit(&json);
  return 1;
}

static int steady(lua_State *L) {
  lua_pushinteger(L, clock_steady_ms());
  return 1;
}

// host.terminal(fd): whether a person looks at it.
static int terminal(lua_State *L) {
  lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
  return 1;
}

// host.ask(path): what the daemon says, as a table; or nil and the exit code, when the
// reason is on stderr already.
static int ask(lua_State *L) {
  struct cli *cli = lua_touserdata(L, lua_upvalueindex(1));
  struct cli_answer answer = {0};
  struct status status = {0};
  int code = cli_ask(cli, "GET", luaL_checkstring(L, 1), NULL, &answer);
  if (code || values_push(L, &answer.value, &status)) lua_pushnil(L);
  lua_pushinteger(L, code ? code : CLI_FAILED);
  cli_answer_deinit(&answer);
  if (status.code) return luaL_error(L, "%s", status.text);
  return 2;
}

// host.escape(text): as a part of a path or query.
static int escape(lua_State *L) {
  struct buf out = {0};
  cli_put_escaped(&out, luaL_checkstring(L, 1));
  lua_pushlstring(L, buf_text(&out), out.len);
  buf_deinit(&out);
  return 1;
}

// host.department(name): an exit code, when the scripts folder has none of that name and
// the reason is on stderr.
static int department(lua_State *L) {
  struct cli *cli = lua_touserdata(L, lua_upvalueindex(1));
  int code = cli_scripts_has(cli, cli_scripts(cli), luaL_checkstring(L, 1));
  if (!code) return 0;
  lua_pushinteger(L, code);
  return 1;
}

static void push_host(lua_State *L, struct cli *cli) {
  static const luaL_Reg functions[] = {{"json", to_json},
                                       {"steady_ms", steady},
                                       {"terminal", terminal},
                                       {"escape", escape},
                                       {"cohort", sim_cohort_read},
                                       {"model", sim_model_new},
                                       {"console", sim_console_new},
                                       {"line", sim_line_read},
                                       {"tester", sim_tester_new},
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_pushlightuserdata(L, cli);
  lua_pushcclosure(L, ask, 1);
  lua_setfield(L, -2, "ask");
  lua_pushlightuserdata(L, cli);
  lua_pushcclosure(L, department, 1);
  lua_setfield(L, -2, "department");
}

static void push_options(lua_State *L, const struct cli *cli) {
  lua_newtable(L);
  lua_pushstring(L, cli_scripts(cli));
  lua_setfield(L, -2, "scripts");
  for (int i = 0; i < cli->given_count; i++) {
    if (cli->given[i].value)
      lua_pushstring(L, cli->given[i].value);
    else
      lua_pushboolean(L, 1);
    lua_setfield(L, -2, cli->given[i].option->name);
  }
}

static void push_words(lua_State *L, const struct cli *cli) {
  lua_createtable(L, cli->word_count, 0);
  for (int i = 0; i < cli->word_count; i++) {
    lua_pushstring(L, cli->words[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

// Under protection. Arguments: the command line and the file's name.
static int run(lua_State *L) {
  struct cli *cli = lua_touserdata(L, 1);
  luaL_openlibs(L);
  set_require(L);
  sim_model_register(L);
  sim_console_register(L);
  sim_tester_register(L);
  lua_getglobal(L, "require");
  lua_pushvalue(L, 2);
  lua_call(L, 1, 1);
  lua_createtable(L, 0, 3);
  push_words(L, cli);
  lua_setfield(L, -2, "words");
  push_options(L, cli);
  lua_setfield(L, -2, "options");
  push_host(L, cli);
  lua_setfield(L, -2, "host");
  lua_call(L, 1, 1);
  return 1;
}

// A table { usage = text } is the caller's mistake, a text with a place ours, or a
// script's.
static int explain(const struct cli *cli, lua_State *L) {
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "usage");
    if (lua_isstring(L, -1)) return cli_fail(cli, CLI_USAGE, "%s", lua_tostring(L, -1));
    lua_getfield(L, -2, "text");
  }
  return cli_fail(cli, CLI_FAILED, "%s", luaL_tolstring(L, -1, NULL));
}

int sim_program_run(struct cli *cli, const char *name) {
  lua_State *L = luaL_newstate();
  if (!L) return cli_fail(cli, CLI_FAILED, "there is not enough memory");
  lua_pushcfunction(L, run);
  lua_pushlightuserdata(L, cli);
  lua_pushstring(L, name);
  int code = lua_pcall(L, 2, 1, 0) ? explain(cli, L) : (int)lua_tointeger(L, -1);
  lua_close(L);
  return code;
}
