// The plugin's verdict on an answer, as a channel's result.
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "link/channel_http.h"

enum { LONGEST_S = 30 * 24 * 3600, DIGITS = 6 };

// Details are kept and shown: what looks like a number of a person is starred out.
static void copy_detail(char *out, size_t size, const struct value *text) {
  size_t used = 0, digits = 0;
  const char *from = text->kind == VALUE_TEXT ? text->text.data : "";
  size_t len = text->kind == VALUE_TEXT ? text->text.len : 0;
  for (size_t at = 0; at < len;) {
    size_t step = utf8_char(from + at, len - at);
    bool digit = step == 1 && from[at] >= '0' && from[at] <= '9';
    if (used + (step ? step : 1) >= size) break;
    if (step) memcpy(out + used, from + at, step);
    if (!step || (step == 1 && (unsigned char)from[at] < ' ')) out[used] = '?';
    used += step ? step : 1;
    at += step ? step : 1;
    digits = digit ? digits + 1 : 0;
    if (digits > DIGITS) memset(out + used - digits, '*', digits);
  }
  out[used] = '\0';
}

static int64_t until(const struct value *seconds, int64_t now) {
  double wait = value_real_or(seconds, 0);
  if (wait <= 0) return 0;
  return now + (int64_t)((wait < LONGEST_S ? wait : LONGEST_S) * 1000);
}

static void read_accepted(const struct value *id, const char *key,
                          struct channel_result *result) {
  size_t size = sizeof result->provider_id;
  if (id->kind == VALUE_TEXT)
    snprintf(result->provider_id, size, "%.*s", (int)id->text.len, id->text.data);
  else if (id->kind == VALUE_INT)
    snprintf(result->provider_id, size, "%lld", (long long)id->integer);
  else
    snprintf(result->provider_id, size, "%s", key);
}

void channel_http_read(const struct value *answer, int64_t now, const char *key,
                       struct channel_result *result) {
  static const char *const words[] = {"accepted",  "retry",  "delayed",
                                      "permanent", "config", "ambiguous"};
  memset(result, 0, sizeof *result);
  for (int i = 0; i < 6; i++) {
    struct value said = value_field(answer, words[i]);
    if (!value_true(&said)) continue;
    result->kind = (enum result_kind)i;
    if (result->kind == RESULT_ACCEPTED) read_accepted(&said, key, result);
    if (result->kind == RESULT_RETRY || result->kind == RESULT_DELAYED)
      result->until_ms = until(&said, now);
    if (said.kind == VALUE_TEXT && result->kind != RESULT_ACCEPTED)
      copy_detail(result->detail, sizeof result->detail, &said);
    struct value detail = value_field(answer, "detail");
    if (detail.kind == VALUE_TEXT)
      copy_detail(result->detail, sizeof result->detail, &detail);
    return;
  }
  result->kind = RESULT_AMBIGUOUS;
  snprintf(result->detail, sizeof result->detail, "the plugin's result says nothing");
}
