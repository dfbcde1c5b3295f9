#include "script/check.h"

#include <string.h>

#include "base/nearest.h"
#include "script/types.h"
#include "script/values.h"

static void put_shown(struct buf *out, const struct value *value) {
  if (value->kind == VALUE_MAP || value->kind == VALUE_LIST) {
    buf_puts(out, "a table");
  } else if (value->kind == VALUE_TEXT && value->text.len > 60) {
    buf_puts(out, "this text");
  } else {
    value_to_json(out, value);
  }
}

// The reason is in context->made.
static void refuse(lua_State *L, struct context *context, int number,
                   const struct call_key *key, bool nested, const struct value *value) {
  if (value->kind == VALUE_NIL)
    context_misuse(L, context, "argument %d: needs %s: %s", number, key->name, key->doc);
  buf_clear(&context->shown);
  put_shown(&context->shown, value);
  context_misuse(L, context, "argument %d%s%s: %s, not %s", number, nested ? ", " : "",
                 nested ? key->name : "", buf_text(&context->made),
                 buf_text(&context->shown));
}

static void refuse_key(lua_State *L, struct context *context, int number,
                       const struct call_key *param, const struct value *name) {
  struct nearest nearest;
  struct buf *out = &context->made;
  nearest_start(&nearest, name->text.data, name->text.len);
  for (int i = 0; i < param->count; i++) {
    const char *known = context->calls->keys[param->first + i].name;
    nearest_offer(&nearest, known, strlen(known));
  }
  buf_clear(out);
  value_to_json(out, name);
  nearest_put(&nearest, out);
  context_misuse(L, context, "argument %d: there is no key %s", number, buf_text(out));
}

static void check_keys(lua_State *L, struct context *context, int number,
                       const struct call_key *param, const struct value *table) {
  struct value_iter iter = value_iterate(table);
  struct value name, item;
  uint32_t known = 0;
  if (table->kind != VALUE_MAP)
    context_misuse(L, context, "argument %d: must be a table with keys", number);
  for (int i = 0; i < param->count; i++) {
    const struct call_key *key = &context->calls->keys[param->first + i];
    item = value_field(table, key->name);
    known += item.kind != VALUE_NIL;
    buf_clear(&context->made);
    if (item.kind == VALUE_NIL ? key->required
                               : !type_fits(context, key->type, &item, &context->made))
      refuse(L, context, number, key, true, &item);
  }
  while (known < value_count(table) && value_next(&iter, &name, &item)) {
    bool found = false;
    for (int i = 0; i < param->count; i++)
      found = found || value_is(&name, context->calls->keys[param->first + i].name);
    if (!found) refuse_key(L, context, number, param, &name);
  }
}

static void check_param(lua_State *L, struct context *context, const struct call *call,
                        int at) {
  const struct call_key *param = &context->calls->keys[call->first + at];
  const struct value *value = &context->given[at];
  buf_clear(&context->made);
  if (value->kind == VALUE_NIL) {
    if (param->required) refuse(L, context, at + 1, param, false, value);
  } else if (!type_fits(context, param->type, value, &context->made)) {
    refuse(L, context, at + 1, param, false, value);
  } else if (param->count > 0) {
    check_keys(L, context, at + 1, param, value);
  }
}

static void encode(lua_State *L, struct context *context, const struct call *call) {
  size_t begun[CALL_PARAMS];
  struct buf *out = &context->arguments;
  buf_clear(out);
  for (int i = 0; i < call->count; i++) {
    begun[i] = out->len;
    if (values_encode(L, i + 2, NULL, out, &context->status) != 0)
      context_misuse(L, context, "argument %d: %s", i + 1, context->status.text);
  }
  for (int i = 0; i < call->count; i++)
    value_read_front(out->data + begun[i], out->len - begun[i], &context->given[i]);
}

void check_arguments(lua_State *L, struct context *context, const struct call *call) {
  encode(L, context, call);
  for (int i = 0; i < call->count; i++) check_param(L, context, call, i);
  buf_clear(&context->made);
}
