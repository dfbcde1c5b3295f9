#include "script/replay.h"

#include <lauxlib.h>
#include <string.h>

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

static void step(lua_State *L, struct context *context) {
  journal_step(&context->journal);
  context->out->replayed++;
  context_trace(L, context);
}

// A time is an argument: the recorded one wins over a changed one.
static bool same_time(lua_State *L, const struct context *context,
                      const struct record *next) {
  struct value kind = value_field(&next->value, "kind");
  if (strcmp(context->op, "wait") != 0 || !value_is(&kind, "time")) return false;
  return lua_type(L, 2) == LUA_TNUMBER ||
         (context->label_len > 0 && context->label[0] >= '0' && context->label[0] <= '9');
}

bool replay_matches(lua_State *L, const struct context *context, enum record_kind kind) {
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
  step(L, context);
  lua_error(L);
}

bool replay_goes_on(const struct context *context) {
  return context->out && (context->journal.more || context->journal.damaged);
}

// Past the next record, which the call must agree with.
struct value replay_next(lua_State *L, struct context *context, enum record_kind kind) {
  if (context->journal.more) replay_error(L, context);
  if (!replay_matches(L, context, kind)) mismatch(L, context);
  struct value value = context->journal.next.value;
  step(L, context);
  return value;
}

int replay_outcome(lua_State *L, struct context *context) {
  if (!context->journal.more || context->journal.next.kind != RECORD_OUTCOME)
    return mismatch(L, context);
  struct value value = context->journal.next.value, why = context->journal.next.label;
  context_push_value(L, context, &value);
  if (why.kind != VALUE_NIL) context_push_value(L, context, &why);
  step(L, context);
  return why.kind == VALUE_NIL ? 1 : 2;
}
