#include "script/context.h"

#include <lauxlib.h>
#include <stdarg.h>

#include "script/sandbox.h"
#include "script/values.h"

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

void context_record(lua_State *L, struct context *context, enum record_kind kind,
                    const char *op, const struct value *value) {
  struct turn_output *out = context->out;
  if (!out) return;
  if (out->replayed + out->count >= JOURNAL_LIMIT)
    context_end(L, context, TURN_STUCK,
                "a run may leave %d records: let `every` repeat, not a loop",
                JOURNAL_LIMIT);
  record_put(&out->records, kind, op, context->label, context->label_len, value,
             context->version);
  context->version = 0;
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
  context_record(L, context, RECORD_READ, "error", &error);
  lua_pushlstring(L, text->data, text->len);
  return lua_error(L);
}

void context_stop_replay(lua_State *L, struct context *context) {
  if (context->input && context->input->replay_only)
    context_end(L, context, TURN_WAITING, "%s", "");
}

void context_trace(lua_State *L, struct context *context) {
  const struct turn_input *input = context->input;
  if (!input || !input->trace) return;
  buf_clear(&context->text);
  put_where(L, &context->text);
  input->trace(input->trace_self, context->out->replayed, buf_text(&context->text));
}

void context_push_value(lua_State *L, struct context *context,
                        const struct value *value) {
  if (values_push(L, value, &context->status) == 0) return;
  if (context->out) context_end(L, context, TURN_STUCK, "%s", context->status.text);
  sandbox_error(L, "%s", context->status.text);
}

void context_deinit(struct context *context, struct context **handle) {
  *handle = NULL;
  buf_deinit(&context->arguments);
  buf_deinit(&context->made);
  buf_deinit(&context->shown);
  buf_deinit(&context->text);
}
