#include "care/event_agrees.h"

#include <string.h>

#include "base/mem.h"
#include "care/observation.h"

static int unit_agrees(const struct value *clean, const struct measures *measures,
                       struct status *status) {
  struct value observation = value_field(clean, "observation"),
               code = value_field(&observation, "code"),
               unit = value_field(&observation, "unit"),
               value = value_field(&observation, "value");
  if (observation.kind == VALUE_NIL) return OK;
  if (observation_check(&observation, status)) return status->code;
  if (!measures || value.kind == VALUE_NIL) return OK;
  char *code_text = value_copy_text(&code), *unit_text = value_copy_text(&unit);
  struct measured measured;
  int result = measure_read(measures, code_text, unit_text, value_real_or(&value, 0),
                            &measured, status);
  mem_free(code_text);
  mem_free(unit_text);
  return result;
}

static int merge_agrees(const struct value *clean, struct status *status) {
  struct value merge = value_field(clean, "merge"),
               from = value_field(&merge, "from_mrn"),
               into = value_field(&merge, "into_mrn");
  if (from.kind != VALUE_TEXT || from.text.len != into.text.len ||
      memcmp(from.text.data, into.text.data, from.text.len) != 0)
    return OK;
  return status_fail(status, ERR_INVALID,
                     "field \"merge.into_mrn\": is the same as merge.from_mrn; name two "
                     "patients");
}

static int delay_agrees(const struct value *clean, struct status *status) {
  struct value booking = value_field(clean, "appointment"),
               state = value_field(&booking, "status"),
               minutes = value_field(&booking, "minutes");
  if (!value_is(&state, "delayed") || minutes.kind != VALUE_NIL) return OK;
  return status_fail(status, ERR_INVALID,
                     "field \"appointment.minutes\": is missing; say how many minutes "
                     "later it will be");
}

int event_agrees(const struct value *clean, const struct measures *measures,
                 struct status *status) {
  int code = unit_agrees(clean, measures, status);
  if (!code) code = merge_agrees(clean, status);
  return code ? code : delay_agrees(clean, status);
}
