#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/schedule_check.h"

enum { TEXT_LIMIT = 120, COUNT_LIMIT = 100000, TIER_LIMIT = 20 };

struct parser {  // the step being read
  struct value map;
  struct schedule_step *step;
  char name[TEXT_LIMIT + 16];  // "step \"pain\"" or "step 3"
  struct status *status;
};

static int fail(struct parser *parser, const char *key, const char *text) {
  return status_fail(parser->status, ERR_INVALID, "%s: %s %s", parser->name, key, text);
}

// The same with the value that was given: "step "pain": at = 3 is not a time; …".
static int fail_value(struct parser *parser, const char *key, const struct value *value,
                      const char *text) {
  struct buf json = {0};
  value_to_json(&json, value);
  int code = status_fail(parser->status, ERR_INVALID, "%s: %s = %.60s %s", parser->name,
                         key, buf_text(&json), text);
  buf_deinit(&json);
  return code;
}

// Copies a short text; false for other values.
static bool read_text(const struct value *value, char out[TEXT_LIMIT + 1]) {
  if (value->kind != VALUE_TEXT || value->text.len > TEXT_LIMIT || value->text.len == 0 ||
      memchr(value->text.data, 0, value->text.len))
    return false;
  memcpy(out, value->text.data, value->text.len);
  out[value->text.len] = 0;
  return true;
}

typedef int span_reader(const char *text, struct span *span, struct status *status);

static int parse_span(struct parser *parser, const char *key, const struct value *value,
                      span_reader *read, struct span *out) {
  char text[TEXT_LIMIT + 1];
  if (!read_text(value, text))
    return fail_value(parser, key, value,
                      "is not a time; write a text, for example \"7d 09:00\"");
  int code = read(text, out, parser->status);
  return code ? status_prefix(parser->status, "%s: %s", parser->name, key) : OK;
}

static int parse_moment(struct parser *parser, const struct value *value) {
  struct schedule_moment *at = &parser->step->at[parser->step->at_count++];
  at->enroll = value_is(value, "enroll");
  return at->enroll ? OK : parse_span(parser, "at", value, span_parse_offset, &at->span);
}

static int parse_at(struct parser *parser, const struct value *value) {
  struct schedule_step *step = parser->step;
  uint32_t count = value->kind == VALUE_LIST ? value->items.count : 1;
  if (count == 0 || count > SCHEDULE_MOMENTS)
    return fail(parser, "at",
                "lists no time, or over 400; write for example "
                "{ \"3d 10:00\", \"5d 10:00\" }, or use every");
  step->at = mem_alloc(count * sizeof *step->at);
  if (value->kind != VALUE_LIST) return parse_moment(parser, value);
  struct value_iter iter = value_iterate(value);
  for (struct value item; value_next(&iter, NULL, &item);) {
    int code = parse_moment(parser, &item);
    if (code) return code;
  }
  return OK;
}

static int parse_tiers(struct parser *parser, const struct value *map) {
  struct schedule_step *step = parser->step;
  struct value_iter iter = value_iterate(map);
  for (struct value key, item; value_next(&iter, &key, &item);) {
    char name[TEXT_LIMIT + 1], label[TEXT_LIMIT + 16] = "every.";
    if (!read_text(&key, name))
      return fail(parser, "every", "has a tier without a name; write { high = \"2d\" }");
    memcpy(label + 6, name, strlen(name) + 1);
    struct schedule_tier *tier = &step->tiers[step->tier_count++];
    tier->tier = mem_copy_text(name);
    int code = parse_span(parser, label, &item, span_parse_recurrence, &tier->every);
    if (code) return code;
  }
  return OK;
}

static int parse_every(struct parser *parser, const struct value *value) {
  struct schedule_step *step = parser->step;
  uint32_t count = value->kind == VALUE_MAP ? value->items.count : 1;
  if (value->kind == VALUE_LIST || count == 0 || count > TIER_LIMIT)
    return fail_value(parser, "every", value,
                      "is not a time, or 1 to 20 times by tier; write \"2d\" "
                      "or { high = \"2d\", standard = \"7d\" }");
  step->tiers = mem_alloc(count * sizeof *step->tiers);
  if (value->kind == VALUE_MAP) return parse_tiers(parser, value);
  step->tier_count = 1;
  return parse_span(parser, "every", value, span_parse_recurrence, &step->tiers[0].every);
}

static int parse_optional(struct parser *parser, const char *key, bool *has,
                          struct span *out) {
  struct value value = value_field(&parser->map, key);
  *has = value.kind != VALUE_NIL;
  return *has ? parse_span(parser, key, &value, span_parse, out) : OK;
}

static int parse_count(struct parser *parser) {
  struct value value = value_field(&parser->map, "count");
  if (value.kind == VALUE_NIL) return OK;
  if (value.kind != VALUE_INT || value.integer < 1 || value.integer > COUNT_LIMIT)
    return fail_value(parser, "count", &value,
                      "is not a whole number from 1 to 100000; write for "
                      "example 42");
  parser->step->count = value.integer;
  return OK;
}

static int parse_missed(struct parser *parser) {
  struct value value = value_field(&parser->map, "missed");
  char role[TEXT_LIMIT + 1];
  if (value.kind == VALUE_NIL) return OK;
  if (!read_text(&value, role))
    return fail_value(parser, "missed", &value,
                      "is not a role; write for example \"nurse\"");
  parser->step->missed = mem_copy_text(role);
  return OK;
}

static int parse_times(struct parser *parser) {
  struct value at = value_field(&parser->map, "at");
  struct value every = value_field(&parser->map, "every");
  if (at.kind != VALUE_NIL && every.kind != VALUE_NIL)
    return fail(parser, "at", "and every are both given; keep one of them");
  if (at.kind == VALUE_NIL && every.kind == VALUE_NIL)
    return fail(parser, "at",
                "and every are both missing; write for example "
                "at = \"24h\" or every = \"7d 09:00\"");
  return at.kind != VALUE_NIL ? parse_at(parser, &at) : parse_every(parser, &every);
}

static int parse_step(struct parser *parser) {
  struct schedule_step *step = parser->step;
  int code = parse_times(parser);
  if (!code) code = parse_optional(parser, "from", &step->has_from, &step->from);
  if (!code) code = parse_optional(parser, "to", &step->has_to, &step->to);
  if (!code)
    code = parse_optional(parser, "valid_for", &step->has_valid_for, &step->valid_for);
  if (!code) code = parse_count(parser);
  if (!code) code = parse_missed(parser);
  if (code) return code;
  const char *key, *wrong = schedule_step_wrong(step, &key);
  return wrong ? fail(parser, key, wrong) : OK;
}

static int add_step(struct schedule *schedule, const struct value *map,
                    struct status *status) {
  struct parser parser = {.map = *map, .status = status};
  char id[TEXT_LIMIT + 1];
  snprintf(parser.name, sizeof parser.name, "step %zu", schedule->count + 1);
  struct value given =
      map->kind == VALUE_MAP ? value_field(map, "id") : (struct value){0};
  if (!read_text(&given, id))
    return fail(&parser, "id",
                "is missing or is not a short text; write for example "
                "id = \"first-day\"");
  snprintf(parser.name, sizeof parser.name, "step \"%s\"", id);
  if (schedule_find(schedule, id) >= 0)
    return fail(&parser, "id", "is that of an earlier step; give each its own");
  parser.step = &schedule->steps[schedule->count++];
  parser.step->id = mem_copy_text(id);
  return parse_step(&parser);
}

static int add_steps(struct schedule *schedule, const struct value *steps,
                     struct status *status) {
  uint32_t count = value_count(steps);
  bool empty = steps->kind == VALUE_NIL || (steps->kind == VALUE_MAP && count == 0);
  if ((!empty && steps->kind != VALUE_LIST) || count > SCHEDULE_STEPS)
    return status_fail(status, ERR_INVALID,
                       "steps is not a list of up to 500 steps; write steps = { aw.step "
                       "{ id = \"first-day\", at = \"24h\" } }");
  schedule->steps = mem_alloc(count * sizeof *schedule->steps);
  struct value_iter iter = value_iterate(steps);
  for (struct value item; value_next(&iter, NULL, &item);) {
    int code = add_step(schedule, &item, status);
    if (code) return code;
  }
  return OK;
}

int schedule_parse(const struct value *steps, struct schedule **out,
                   struct status *status) {
  *out = mem_alloc(sizeof **out);
  int code = add_steps(*out, steps, status);
  if (code) {
    schedule_free(*out);
    *out = NULL;
  }
  return code;
}
