// All that decides when something is due, as one digest.
#include "base/digest.h"
#include "care/replan.h"

static void put_fields(struct buf *out, const struct value *body,
                       const char *const *names) {
  for (; *names; names++) {
    struct value field = value_field(body, *names);
    value_put(out, &field);
  }
}

static void put_pathway(struct buf *out, const struct value *body) {
  static const char *const step_fields[] = {"id", "at",    "every", "from",
                                            "to", "count", NULL};
  struct value ends = value_field(body, "ends"), steps = value_field(body, "steps"), step;
  struct value_iter iter = value_iterate(&steps);
  value_put(out, &ends);
  while (value_next(&iter, NULL, &step)) put_fields(out, &step, step_fields);
}

static void put_kind(struct buf *out, const struct value *definitions, const char *kind,
                     void (*put)(struct buf *out, const struct value *body)) {
  struct value all = value_field(definitions, kind), id, body;
  struct value_iter iter = value_iterate(&all);
  buf_puts(out, kind);
  while (value_next(&iter, &id, &body)) {
    value_put(out, &id);
    put(out, &body);
  }
}

static void put_calendar(struct buf *out, const struct value *body) {
  static const char *const fields[] = {"hours", "holidays", "days", NULL};
  put_fields(out, body, fields);
}

void replan_digest(const struct value *definitions, const char *department,
                   char out[33]) {
  static const char *const fields[] = {"zone", "calendar", "contact_windows", NULL};
  struct buf bytes = {0};
  struct value departments = value_field(definitions, "department"),
               own = value_field(&departments, department);
  put_fields(&bytes, &own, fields);
  put_kind(&bytes, definitions, "pathway", put_pathway);
  put_kind(&bytes, definitions, "calendar", put_calendar);
  digest_hex(bytes.data, bytes.len, out);
  buf_deinit(&bytes);
}
