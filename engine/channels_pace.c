// How fast a channel may send, as its settings say.
#include <math.h>

#include "channels_parts.h"

static int read_number(const struct value *settings, const char *key, double least,
                       bool whole, double *out, struct status *status) {
  struct value field = value_field(settings, key);
  double number = value_real_or(&field, (double)value_int_or(&field, -1));
  *out = 0;
  if (field.kind == VALUE_NIL) return OK;
  bool good = number >= least && number <= 1e9 && (!whole || number == floor(number));
  if (good) *out = number;
  return good ? OK
              : status_fail(status, ERR_INVALID, "%s must be a %s of %g or more", key,
                            whole ? "whole number" : "number", least);
}

int channels_read_pace(const struct value *settings, struct channel_pace *pace,
                       struct status *status) {
  double per_second, burst, per_day;
  if (read_number(settings, "per_second", 0.001, false, &per_second, status) ||
      read_number(settings, "burst", 1, true, &burst, status) ||
      read_number(settings, "per_day", 1, true, &per_day, status))
    return status->code;
  if (burst > 0 && per_second <= 0)
    return status_fail(status, ERR_INVALID,
                       "burst says how many of per_second may go at once: set both");
  pace->per_second = per_second;
  pace->burst = burst > 0 ? (int)burst : per_second > 1 ? (int)per_second : 1;
  pace->per_day = (int64_t)per_day;
  return OK;
}
