// p and f as scripts see them: calls and fields behind one user value.
#include <lauxlib.h>
#include <string.h>

#include "base/nearest.h"
#include "script/context.h"
#include "script/event.h"
#include "script/ops.h"
#include "script/reads.h"
#include "script/replay.h"
#include "script/sandbox.h"

static const char *const type_name = "afterward.context";
// User values of p: fields read since the last wait, the run's own tasks.
enum { SEEN = 1, TASKS = OWN_TASKS };

// The context behind self; it is over for what closes after the end.
static struct context *context_at(lua_State *L, const char *op) {
  struct context **handle = luaL_testudata(L, 1, type_name);
  struct context *context = handle ? *handle : NULL;
  if (!handle) sandbox_error(L, "%s: write p:%s(…), with a colon", op, op);
  if (!context || context->over) {
    sandbox_rethrow(L);
    sandbox_error(L, "%s: the run has ended", op);
  }
  return context;
}

static void remember(lua_State *L, int slot, const char *name, int value) {
  if (lua_getiuservalue(L, 1, slot) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, slot);
  }
  lua_pushvalue(L, value);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

static void forget_fields(lua_State *L) {
  lua_pushnil(L);
  lua_setiuservalue(L, 1, SEEN);
}

static int wait_now(lua_State *L, struct context *context) {
  context->over = true;
  context->out->end = TURN_WAITING;
  return lua_yield(L, 0);
}

// The new level, nil when none was left; what was read of the case before is old.
static int reopened(lua_State *L, struct context *context, bool replayed) {
  struct value value, level;
  if (replayed)
    value = context->passed;
  else
    value_read_front(context->made.data, context->made.len, &value);
  level = value_field(&value, "level");
  forget_fields(L);
  context_push_value(L, context, &level);
  return 1;
}

static int finish_command(lua_State *L, struct context *context, const struct call *call,
                          bool replayed) {
  if (call->waits) {
    if (!replayed || !replay_goes_on(context)) return wait_now(L, context);
    forget_fields(L);
    return replay_outcome(L, context);
  }
  if (strcmp(call->name, "reopen") == 0) return reopened(L, context, replayed);
  if (strcmp(call->name, "stop") == 0 || strcmp(call->name, "close") == 0)
    return context_end(L, context, TURN_FINISHED, "%s", "");
  if (strcmp(call->name, "task") != 0) return 0;
  lua_pushlstring(L, context->label, context->label_len);
  lua_pushboolean(L, true);
  remember(L, TASKS, context->label, lua_gettop(L));
  lua_pop(L, 1);
  return 1;
}

static int finish_read(lua_State *L, struct context *context, const struct value *value) {
  bool no_estimate = value_is(value, "closed") || value_is(value, "unknown");
  if (strcmp(context->op, "estimate") == 0 && no_estimate) lua_pushnil(L);
  context_push_value(L, context, value);
  return strcmp(context->op, "estimate") == 0 && no_estimate ? 2 : 1;
}

// What was made: arguments of a command, nil when there are none, or what was read.
static struct value made_value(lua_State *L, struct context *context) {
  struct value value;
  if (context->made.len > RECORD_MOST)
    context_misuse(L, context, "more than %d KB: keep series inside rules",
                   RECORD_MOST / 1024);
  value_read_front(context->made.data, context->made.len, &value);
  return value;
}

static int live(lua_State *L, struct context *context, const struct call *call) {
  bool reads = call->op->kind == RECORD_READ;
  context_stop_replay(L, context);
  sandbox_charge(L, 256);
  if (call->waits && !lua_isyieldable(L))
    context_misuse(L, context,
                   "cannot wait inside a function that sort, gsub or a "
                   "metamethod calls");
  call->op->make(L, context, call);
  struct value value = made_value(L, context);
  context_record(L, context, call->op->kind, call->name, &value);
  return reads ? finish_read(L, context, &value)
               : finish_command(L, context, call, false);
}

// `changed` is false for a run that was here before the change: nothing is recorded then.
static bool passes_unchanged(lua_State *L, const struct context *context) {
  return strcmp(context->op, "changed") == 0 &&
         !value_is(&context->journal.next.op, "error") &&
         !replay_matches(L, context, RECORD_READ);
}

// Leaves the label on the stack.
static void take_label(lua_State *L, struct context *context, const struct call *call) {
  const char *label = NULL;
  size_t len = 0;
  if (call->label_at > 0) {
    int at = call->label_at + 1;
    if (!call->label_key)
      lua_pushvalue(L, at);
    else if (lua_istable(L, at))
      lua_getfield(L, at, call->label_key);
    else
      lua_pushnil(L);
    label = lua_tolstring(L, -1, &len);
  }
  context->op = call->name;
  context->label = label;
  context->label_len = len;
}

// Upvalue: the call.
static int run_call(lua_State *L) {
  const struct call *call = lua_touserdata(L, lua_upvalueindex(1));
  struct context *context = context_at(L, call->name);
  if (context->input && strcmp(context->input->kind, "job") == 0 && !call->in_jobs)
    return sandbox_error(L, "a job has no patient and doesn't wait: %s can't be called",
                         call->name);
  context->count = lua_gettop(L);
  if (context->count < call->count + 1) lua_settop(L, call->count + 1);
  take_label(L, context, call);
  if (!replay_goes_on(context)) return live(L, context, call);
  if (passes_unchanged(L, context)) {
    lua_pushboolean(L, false);
    return 1;
  }
  struct value value = replay_next(L, context, call->op->kind);
  if (call->op->kind == RECORD_READ) return finish_read(L, context, &value);
  context->passed = value;
  return finish_command(L, context, call, true);
}

static void refuse_name(lua_State *L, struct context *context, const char *name) {
  const struct calls *calls = context->calls;
  struct nearest nearest;
  buf_clear(&context->made);
  nearest_start(&nearest, name, strlen(name));
  int from = context->out ? 0 : calls->fields_end;
  int to = context->out ? calls->fields_end : calls->facts_end;
  for (int i = from; i < to; i++)
    nearest_offer(&nearest, calls->words[i], strlen(calls->words[i]));
  for (int i = 0; i < calls->count; i++)
    if (context->out || calls->list[i].in_facts)
      nearest_offer(&nearest, calls->list[i].name, strlen(calls->list[i].name));
  nearest_put(&nearest, &context->made);
  context_misuse(L, context, "there is no %s.%s%s", context->out ? "p" : "f", name,
                 buf_text(&context->made));
}

static struct value read_field(lua_State *L, struct context *context, const char *name) {
  struct value value;
  context_stop_replay(L, context);
  buf_clear(&context->made);
  int64_t level = strcmp(name, "level") == 0 ? reads_reopened(context) : 0;
  if (level)
    value_put_int(&context->made, level);
  else
    context->facts->field(context->facts->self, name, &context->made);
  value_read_front(context->made.data, context->made.len, &value);
  if (value.kind == VALUE_NIL && !calls_has_field(context->calls, !context->out, name))
    refuse_name(L, context, name);
  context_record(L, context, RECORD_READ, "field", &value);
  return value;
}

static int push_field(lua_State *L, struct context *context, const char *name,
                      size_t len) {
  if (context->input && strcmp(name, "flag") == 0) {
    context_push_value(L, context, &context->input->flag);
    return 1;
  }
  context->op = "field";
  context->label = name;
  context->label_len = len;
  struct value value = replay_goes_on(context) ? replay_next(L, context, RECORD_READ)
                                               : read_field(L, context, name);
  context_push_value(L, context, &value);
  if (lua_istable(L, -1) && strcmp(name, "event") == 0) event_add_methods(L);
  if (!lua_isnil(L, -1)) remember(L, SEEN, name, lua_gettop(L));
  return 1;
}

static const struct call *call_named(const struct context *context, const char *name) {
  return calls_find(context->calls, name);
}

// Upvalue: the calls by name. A field is read once between two waits.
static int get_member(lua_State *L) {
  struct context *context = context_at(L, "field");
  if (lua_type(L, 2) != LUA_TSTRING)
    return sandbox_error(L, "p has names, not a %s", luaL_typename(L, 2));
  size_t len;
  const char *name = lua_tolstring(L, 2, &len);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
    if (context->out || call_named(context, name)->in_facts) return 1;
    return sandbox_error(L,
                         call_named(context, name)->waits
                             ? "%s cannot wait here: f has only facts"
                             : "%s cannot be called here: f has only facts",
                         name);
  }
  if (lua_getiuservalue(L, 1, SEEN) == LUA_TTABLE) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) != LUA_TNIL) return 1;
  }
  return push_field(L, context, name, len);
}

static int set_member(lua_State *L) {
  return sandbox_error(L, "p and f are read-only: keep state with p:set");
}

static void push_metatable(lua_State *L, const struct calls *calls) {
  if (!luaL_newmetatable(L, type_name)) return;
  lua_createtable(L, 0, calls->count);
  for (int i = 0; i < calls->count; i++) {
    lua_pushlightuserdata(L, (void *)&calls->list[i]);
    lua_pushcclosure(L, run_call, 1);
    lua_setfield(L, -2, calls->list[i].name);
  }
  lua_pushcclosure(L, get_member, 1);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, set_member);
  lua_setfield(L, -2, "__newindex");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
}

void context_push(lua_State *L, struct context *context, struct context ***handle) {
  *handle = lua_newuserdatauv(L, sizeof **handle, 2);
  **handle = context;
  push_metatable(L, context->calls);
  lua_setmetatable(L, -2);
}
