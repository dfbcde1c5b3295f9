#include "script/context.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <string.h>

#include "script/event.h"
#include "script/nearest.h"
#include "script/ops.h"
#include "script/sandbox.h"
#include "script/values.h"

static const char *const type_name = "afterward.context";
enum {
  SEEN = 1,
  TASKS = 2
};  // user values of p: fields read since the last wait, own tasks

// "ortho/hip.lua:12" of the nearest Lua function.
static void put_where(lua_State *L, struct buf *out) {
  lua_Debug at;
  for (int level = 1; lua_getstack(L, level, &at); level++) {
    lua_getinfo(L, "Sl", &at);
    if (at.currentline <= 0) continue;
    buf_printf(out, "%s:%d", at.short_src, at.currentline);
    return;
  }
}

int context_end(lua_State *L, struct context *context, enum turn_end end,
                const char *format, ...) {
  va_list args;
  context->over = true;
  context->out->end = end;
  if (end == TURN_STUCK) {
    va_start(args, format);
    buf_clear(&context->out->cause);
    buf_vprintf(&context->out->cause, format, args);
    va_end(args);
    buf_puts(&context->out->cause, " (");
    put_where(L, &context->out->cause);
    buf_putc(&context->out->cause, ')');
  }
  return sandbox_end(L, "the run has ended");
}

static void record(lua_State *L, struct context *context, enum record_kind kind,
                   const char *op, const struct value *value) {
  struct turn_output *out = context->out;
  if (!out) return;
  if (out->replayed + out->count >= JOURNAL_LIMIT)
    context_end(L, context, TURN_STUCK,
                "a run may leave %d records: let `every` repeat, not a loop",
                JOURNAL_LIMIT);
  record_put(&out->records, kind, op, context->label, context->label_len, value);
  out->count++;
}

int context_misuse(lua_State *L, struct context *context, const char *format, ...) {
  struct buf *text = &context->text;
  va_list args;
  buf_clear(text);
  put_where(L, text);
  if (text->len > 0) buf_puts(text, ": ");
  buf_printf(text, "%s: ", context->op);
  va_start(args, format);
  buf_vprintf(text, format, args);
  va_end(args);
  buf_clear(&context->shown);
  size_t begun = value_begin_list(&context->shown);
  value_put_text(&context->shown, context->op);
  value_put_bytes(&context->shown, text->data, text->len);
  value_end(&context->shown, begun, 2);
  struct value error;
  value_read_front(context->shown.data, context->shown.len, &error);
  record(L, context, RECORD_READ, "error", &error);
  lua_pushlstring(L, text->data, text->len);
  return lua_error(L);
}

void context_push_value(lua_State *L, struct context *context,
                        const struct value *value) {
  if (values_push(L, value, &context->status) == 0) return;
  if (context->out) context_end(L, context, TURN_STUCK, "%s", context->status.text);
  sandbox_error(L, "%s", context->status.text);
}

// The context behind self; it is over for what closes after the end.
static struct context *context_at(lua_State *L, const char *op) {
  struct context **handle = luaL_testudata(L, 1, type_name);
  if (!handle) sandbox_error(L, "%s: write p:%s(…), with a colon", op, op);
  struct context *context = *handle;
  if (!context || context->over) {
    sandbox_rethrow(L);
    sandbox_error(L, "%s: the run has ended", op);
  }
  return context;
}

static bool same_text(const struct value *value, const char *text, size_t len) {
  if (!text) return value->kind == VALUE_NIL;
  return value->kind == VALUE_TEXT && value->text.len == len &&
         memcmp(value->text.data, text, len) == 0;
}

static int mismatch(lua_State *L, struct context *context) {
  struct buf *text = &context->text;
  size_t did;
  buf_clear(text);
  if (context->journal.damaged) {
    return context_end(L, context, TURN_STUCK, "the journal is damaged at %u",
                       context->journal.position);
  }
  struct value label = {.kind = context->label ? VALUE_TEXT : VALUE_NIL,
                        .text = {context->label, context->label_len}};
  struct record done = {RECORD_COMMAND,
                        {.kind = VALUE_TEXT, .text = {context->op, strlen(context->op)}},
                        label};
  record_describe(text, &context->journal.next);
  buf_putc(text, '\0');
  did = text->len;
  record_describe(text, &done);
  return context_end(L, context, TURN_STUCK, "recorded %s at %u, the script did %s",
                     text->data, context->journal.position, text->data + did);
}

static void step(struct context *context) {
  journal_step(&context->journal);
  context->out->replayed++;
}

// A time is an argument: the recorded one wins over a changed one.
static bool same_time(lua_State *L, const struct context *context,
                      const struct record *next) {
  struct value kind = value_field(&next->value, "kind");
  if (strcmp(context->op, "wait") != 0 || !value_is(&kind, "time")) return false;
  return lua_type(L, 2) == LUA_TNUMBER ||
         (context->label_len > 0 && context->label[0] >= '0' && context->label[0] <= '9');
}

static bool matches(lua_State *L, const struct context *context, enum record_kind kind) {
  const struct record *next = &context->journal.next;
  if (!context->journal.more || next->kind != kind) return false;
  if (!same_text(&next->op, context->op, strlen(context->op))) return false;
  return same_text(&next->label, context->label, context->label_len) ||
         (kind == RECORD_COMMAND && same_time(L, context, next));
}

// A recorded misuse, which the script caught, is raised again.
static void replay_error(lua_State *L, struct context *context) {
  const struct record *next = &context->journal.next;
  if (next->kind != RECORD_READ || !value_is(&next->op, "error")) return;
  if (!same_text(&next->label, context->label, context->label_len)) return;
  struct value op = value_at(&next->value, 0), text = value_at(&next->value, 1);
  if (!value_is(&op, context->op) || text.kind != VALUE_TEXT) return;
  lua_pushlstring(L, text.text.data, text.text.len);
  step(context);
  lua_error(L);
}

static bool replays(const struct context *context) {
  return context->out && (context->journal.more || context->journal.damaged);
}

// Past the next record, which the call must agree with.
static struct value replay(lua_State *L, struct context *context, enum record_kind kind) {
  if (context->journal.more) replay_error(L, context);
  if (!matches(L, context, kind)) mismatch(L, context);
  struct value value = context->journal.next.value;
  step(context);
  return value;
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

static int replay_wait(lua_State *L, struct context *context) {
  if (!context->journal.more && !context->journal.damaged) return wait_now(L, context);
  if (!context->journal.more || context->journal.next.kind != RECORD_OUTCOME)
    return mismatch(L, context);
  struct value value = context->journal.next.value, why = context->journal.next.label;
  context_push_value(L, context, &value);
  context_push_value(L, context, &why);
  step(context);
  forget_fields(L);
  return why.kind == VALUE_NIL ? 1 : 2;
}

static int finish_command(lua_State *L, struct context *context, const struct call *call,
                          bool replayed) {
  if (call->waits) return replayed ? replay_wait(L, context) : wait_now(L, context);
  if (strcmp(call->name, "stop") == 0)
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
  sandbox_charge(L, 256);
  if (call->waits && !lua_isyieldable(L))
    context_misuse(L, context,
                   "cannot wait inside a function that sort, gsub or a "
                   "metamethod calls");
  call->op->make(L, context, call);
  struct value value = made_value(L, context);
  record(L, context, call->op->kind, call->name, &value);
  return reads ? finish_read(L, context, &value)
               : finish_command(L, context, call, false);
}

// `changed` is false for a run that was here before the change: nothing is recorded then.
static bool passes_unchanged(lua_State *L, const struct context *context) {
  return strcmp(context->op, "changed") == 0 && !matches(L, context, RECORD_READ);
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
  context->count = lua_gettop(L);
  if (context->count < call->count + 1) lua_settop(L, call->count + 1);
  take_label(L, context, call);
  if (!replays(context)) return live(L, context, call);
  if (passes_unchanged(L, context)) {
    lua_pushboolean(L, false);
    return 1;
  }
  struct value value = replay(L, context, call->op->kind);
  if (call->op->kind == RECORD_READ) return finish_read(L, context, &value);
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
  buf_clear(&context->made);
  context->facts->field(context->facts->self, name, &context->made);
  value_read_front(context->made.data, context->made.len, &value);
  if (value.kind == VALUE_NIL && !calls_has_field(context->calls, !context->out, name))
    refuse_name(L, context, name);
  record(L, context, RECORD_READ, "field", &value);
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
  struct value value =
      replays(context) ? replay(L, context, RECORD_READ) : read_field(L, context, name);
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

void context_deinit(struct context *context, struct context **handle) {
  *handle = NULL;
  buf_deinit(&context->arguments);
  buf_deinit(&context->made);
  buf_deinit(&context->shown);
  buf_deinit(&context->text);
}
