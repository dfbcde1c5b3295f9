// What a version does to live runs, with the ids that the world knows them by.
#include "api/bundles.h"

static void put_field(struct json *json, const struct value *map, const char *name) {
  struct value field = value_field(map, name);
  json_key(json, name);
  json_value(json, &field);
}

static void put_run(struct call *call, struct json *json, const struct value *entry) {
  static const char *const names[] = {"pathway", "kind",     "name",
                                      "day",     "position", "cause"};
  struct value run = value_field(entry, "run"), patient = value_field(entry, "patient");
  json_open(json, '{');
  call_put_id(call, json, "run", 'r', value_int_or(&run, 0));
  call_put_id(call, json, "patient", 'p', value_int_or(&patient, 0));
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    put_field(json, entry, names[i]);
  json_close(json, '}');
}

void bundle_report_json(struct call *call, struct json *json,
                        const struct value *report) {
  static const char *const names[] = {"runs", "agree", "diverge", "steps"};
  struct value list = value_field(report, "list"), entry;
  struct value_iter iter = value_iterate(&list);
  if (report->kind != VALUE_MAP) {
    json_null(json);
    return;
  }
  json_open(json, '{');
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    put_field(json, report, names[i]);
  json_key(json, "list");
  json_open(json, '[');
  while (value_next(&iter, NULL, &entry)) put_run(call, json, &entry);
  json_close(json, ']');
  json_close(json, '}');
}
