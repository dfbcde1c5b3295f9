#include "script/reads.h"

#include <stdio.h>
#include <string.h>

#include "script/check.h"
#include "script/ops.h"
#include "script/sandbox.h"
#include "script/values.h"

enum { READ_MOST = 32 };  // values that a script may read at once

void reads_read(lua_State *L, struct context *context, const struct call *call) {
  const struct facts *facts = context->facts;
  struct value list;
  check_arguments(L, context, call);
  if (facts->read(facts->self, context->label, &context->given[1], &context->made,
                  &context->status) != 0)
    context_misuse(L, context, "%s", context->status.text);
  value_read_front(context->made.data, context->made.len, &list);
  if (value_count(&list) > READ_MOST)
    context_misuse(L, context,
                   "%s has %u values and a script may read %d: use a rule, or last",
                   context->label, value_count(&list), READ_MOST);
}

// Everything after the id is handed on.
void reads_rule(lua_State *L, struct context *context, const struct call *call) {
  const struct facts *facts = context->facts;
  struct value arguments;
  struct buf *given = &context->arguments;
  check_arguments(L, context, call);
  buf_clear(given);
  size_t begun = value_begin_list(given);
  for (int i = 3; i <= context->count; i++)
    if (values_encode(L, i, NULL, given, &context->status) != 0)
      context_misuse(L, context, "argument %d: %s", i - 1, context->status.text);
  value_end(given, begun, context->count > 2 ? (uint32_t)context->count - 2 : 0);
  value_read_front(given->data, given->len, &arguments);
  int code = facts->rule(facts->self, context->label, &arguments, &context->made,
                         &context->version, &context->status);
  sandbox_rethrow(L);
  if (code != 0) context_misuse(L, context, "%s", context->status.text);
}

// What this turn has set is not in the store yet.
static bool find_set(const struct context *context, struct value *out) {
  struct journal journal;
  bool found = false;
  if (!context->out) return false;
  for (journal_start(&journal, context->out->records.data, context->out->records.len);
       journal.more; journal_step(&journal)) {
    const struct value *label = &journal.next.label;
    if (journal.next.kind != RECORD_COMMAND || !value_is(&journal.next.op, "set"))
      continue;
    if (label->kind != VALUE_TEXT || label->text.len != context->label_len ||
        memcmp(label->text.data, context->label, context->label_len) != 0)
      continue;
    found = true;
    *out = value_field(&journal.next.value, "value");
  }
  return found;
}

void reads_get(lua_State *L, struct context *context, const struct call *call) {
  struct value value;
  check_arguments(L, context, call);
  if (context->out) sandbox_charge(L, context->out->count * 16);
  if (find_set(context, &value))
    value_put(&context->made, &value);
  else
    context->facts->get(context->facts->self, context->label, &context->made);
}

int64_t reads_reopened(const struct context *context) {
  struct journal journal;
  int64_t level = 0;
  if (!context->out) return 0;
  for (journal_start(&journal, context->out->records.data, context->out->records.len);
       journal.more; journal_step(&journal)) {
    struct value to = value_field(&journal.next.value, "level");
    if (journal.next.kind == RECORD_COMMAND && value_is(&journal.next.op, "reopen") &&
        to.kind == VALUE_INT)
      level = to.integer;
  }
  return level;
}

void reads_due(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  if (!context->facts->in_case(context->facts->self))
    context_misuse(L, context, "only a case has clocks");
  context->facts->clock(context->facts->self, context->label, reads_reopened(context) > 0,
                        &context->made);
}

void reads_silences(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  context->facts->silences(context->facts->self, context->label, &context->made);
}

void reads_time(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  int64_t base = value_int_or(&context->given[1], 0);
  value_put_int(&context->made,
                ops_moment(L, context, &context->given[0], base, "argument 1"));
}

void reads_now(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  value_put_int(&context->made, context->facts->now(context->facts->self));
}

// A span in the time grammar, so that it can be given wherever a span is wanted.
static void put_span(struct buf *out, int64_t ms) {
  char text[40];
  int64_t seconds = ms <= 0 ? 0 : (ms - 1) / 1000 + 1;
  if (seconds % 60 != 0)
    snprintf(text, sizeof text, "%llds", (long long)seconds);
  else if (seconds % 3600 != 0 || seconds == 0)
    snprintf(text, sizeof text, "%lldm", (long long)(seconds / 60));
  else
    snprintf(text, sizeof text, "%lldh", (long long)(seconds / 3600));
  value_put_text(out, text);
}

void reads_estimate(lua_State *L, struct context *context, const struct call *call) {
  struct buf *raw = &context->shown;
  struct value value;
  check_arguments(L, context, call);
  buf_clear(raw);
  context->facts->estimate(context->facts->self, context->label, raw);
  value_read_front(raw->data, raw->len, &value);
  if (value.kind == VALUE_INT || value.kind == VALUE_REAL)
    put_span(&context->made, value_int_or(&value, 0));
  else
    value_put_text(&context->made, value_is(&value, "closed") ? "closed" : "unknown");
}

void reads_changed(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  value_put_bool(&context->made,
                 context->facts->changed(context->facts->self, context->label));
}
