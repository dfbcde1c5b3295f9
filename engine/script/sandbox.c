#define _GNU_SOURCE
#include "script/sandbox.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "script/sandbox_internal.h"

enum {
  CALLS = 16000,     // calls within calls
  COUNT = 100,       // instructions between two looks: one can take a millisecond in C
  WORK = 64 * 1024,  // units of C work between two looks
  ALLOCATED = 1024 * 1024  // bytes allocated that bring the next look forward
};
static const int64_t ns_of_ms = 1000000;

static int64_t ns_now(clockid_t id) {
  struct timespec now;
  clock_gettime(id, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void meet_line(lua_State *L, lua_Debug *event) {
  const struct line_watch *lines = sandbox_of(L)->lines;
  lua_getinfo(L, "S", event);
  if (event->source[0] == '=')
    lines->met(lines->ctx, event->source + 1, event->currentline);
}

// Lua's own limit, a million slots, is met only after most of the memory is gone.
static void on_hook(lua_State *L, lua_Debug *event) {
  struct sandbox *sb = sandbox_of(L);
  if (event->event == LUA_HOOKLINE) {
    meet_line(L, event);
    return;
  }
  sandbox_check(L);
  lua_Debug at;
  if (sb->ended != SANDBOX_DONE || ++sb->looks % 16 != 0) return;
  if (lua_getstack(L, CALLS, &at))
    sandbox_error(L, "stack overflow: more than %d calls within calls", CALLS);
}

static void hook(const struct sandbox *sb, lua_State *L, int count) {
  lua_sethook(L, on_hook, LUA_MASKCOUNT | (sb->lines ? LUA_MASKLINE : 0), count);
}

static void hurry(struct sandbox *sb) {
  if (sb->hurried || !sb->running) return;
  sb->hurried = true;
  hook(sb, sb->running, 1);
}

void sandbox_mark_ended(struct sandbox *sb, enum sandbox_result how, const char *why) {
  if (sb->ended != SANDBOX_DONE) return;
  sb->ended = how;
  snprintf(sb->why, sizeof sb->why, "%s", why);
}

// Lua 5.4.4 is not safe when an allocation fails, so none does, but for one kind that is:
// a text too long to be made, which `..` asks for in one instruction.
static void *allocate(void *context, void *memory, size_t kind_or_size, size_t size) {
  struct sandbox *sb = context;
  size_t before = memory ? kind_or_size : 0;
  if (size == 0) {
    sb->used -= before;
    slabs_resize(&sb->slabs, memory, before, 0);
    return NULL;
  }
  bool text = !memory && kind_or_size == LUA_TSTRING;
  if (text && sb->running && size > SANDBOX_TEXT + 256) {
    sandbox_mark_ended(sb, SANDBOX_OVER_MEMORY, "a text would be longer than 1 MB");
    return NULL;
  }
  memory = slabs_resize(&sb->slabs, memory, before, size);
  sb->used += size - before;
  if (size > before) {
    sb->work += size - before;
    if (sb->used > sb->cap || sb->work > ALLOCATED) hurry(sb);
  }
  return memory;
}

static bool time_is_up(const struct sandbox *sb) {
  int64_t wall = ns_now(CLOCK_MONOTONIC);
  if (wall < sb->wall_soft) return false;
  return wall >= sb->wall_hard || ns_now(CLOCK_THREAD_CPUTIME_ID) >= sb->cpu_until;
}

static void mark_breach(lua_State *L, enum sandbox_result how, const char *what) {
  struct sandbox *sb = sandbox_of(L);
  char why[sizeof sb->why];
  lua_Debug at;
  if (sandbox_where(L, &at))
    snprintf(why, sizeof why, "%s:%d: %s", at.short_src, at.currentline, what);
  else
    snprintf(why, sizeof why, "%s", what);
  sandbox_mark_ended(sb, how, why);
}

static void look_for_breach(lua_State *L) {
  struct sandbox *sb = sandbox_of(L);
  if (sb->used > sb->cap) lua_gc(L, LUA_GCCOLLECT);
  if (sb->used > sb->cap)
    mark_breach(L, SANDBOX_OVER_MEMORY, "the memory of the department is used up");
  else if (time_is_up(sb))
    mark_breach(L, SANDBOX_OVER_TIME, "the time for one turn is used up");
}

void sandbox_check(lua_State *L) {
  struct sandbox *sb = sandbox_of(L);
  sb->work = 0;
  if (sb->ended == SANDBOX_DONE) look_for_breach(L);
  bool over = sb->ended != SANDBOX_DONE;
  if (sb->running && (sb->hurried || over))  // once over, closers die at their first step
    hook(sb, sb->running, over ? 1 : COUNT);
  sb->hurried = false;
  if (over) sandbox_rethrow(L);
}

void sandbox_charge(lua_State *L, size_t work) {
  struct sandbox *sb = sandbox_of(L);
  sb->work += work;
  if (sb->running && (sb->work > WORK || sb->ended != SANDBOX_DONE)) sandbox_check(L);
}

lua_State *sandbox_enter(struct sandbox *sb, lua_State *L) {
  lua_State *before = sb->running;
  sb->running = L;
  if (before == L) return before;
  sb->hurried = false;
  hook(sb, L, COUNT);
  return before;
}

void sandbox_leave(struct sandbox *sb, lua_State *L, lua_State *before) {
  sb->running = before;
  if (before == L) return;
  lua_sethook(L, NULL, 0, 0);
  sb->hurried = false;
  if (before)
    hurry(sb);
  else if (sb->ended == SANDBOX_OVER_MEMORY)
    lua_gc(sb->main, LUA_GCCOLLECT);
}

void sandbox_turn(struct sandbox *sb, int ms, uint64_t seed) {
  int64_t wall = ns_now(CLOCK_MONOTONIC), span = (ms > 0 ? ms : sb->turn_ms) * ns_of_ms;
  sb->ended = SANDBOX_DONE;
  sb->why[0] = '\0';
  sb->work = 0;
  sb->wall_soft = wall + span;
  sb->wall_hard = wall + 3 * span;
  sb->cpu_until = ns_now(CLOCK_THREAD_CPUTIME_ID) + span;
  sandbox_seed(sb, seed);
}

static int open_libraries(lua_State *L) {
  static void (*const push[])(lua_State *) = {sandbox_push_string, sandbox_push_table,
                                              sandbox_push_math, sandbox_push_utf8};
  static const char *const names[] = {"string", "table", "math", "utf8"};
  lua_newtable(L);
  for (int i = 0; i < 4; i++) {
    push[i](L);
    sandbox_freeze_all(L, -1, names[i], 0);
    lua_setfield(L, -2, names[i]);
  }
  lua_setfield(L, LUA_REGISTRYINDEX, "sandbox.libraries");
  luaL_getsubtable(L, LUA_REGISTRYINDEX, "sandbox.metatables");
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  return 0;
}

struct sandbox *sandbox_open(const struct sandbox_limits *limits) {
  struct sandbox *sb = mem_alloc(sizeof *sb);
  sb->cap = limits && limits->memory ? limits->memory : SANDBOX_MEMORY;
  sb->turn_ms = limits && limits->turn_ms ? limits->turn_ms : SANDBOX_TURN_MS;
  sb->lines = limits ? limits->lines : NULL;
  sb->main = lua_newstate(allocate, sb);
  *(struct sandbox **)lua_getextraspace(sb->main) = sb;
  lua_gc(sb->main, LUA_GCINC, 0, 0, 0);
  sandbox_turn(sb, 0, 0);
  lua_pushcfunction(sb->main, open_libraries);
  lua_call(sb->main, 0, 0);
  return sb;
}

void sandbox_close(struct sandbox *sb) {
  if (!sb) return;
  lua_close(sb->main);
  slabs_deinit(&sb->slabs);
  mem_free(sb);
}

lua_State *sandbox_state(struct sandbox *sb) { return sb->main; }

struct sandbox *sandbox_of(lua_State *L) {
  return *(struct sandbox **)lua_getextraspace(L);
}

size_t sandbox_memory_used(const struct sandbox *sb) { return sb->used; }
