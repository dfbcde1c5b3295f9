#include "care/inbox_field.h"

#include <stdlib.h>
#include <string.h>

#include "base/iso.h"
#include "base/mem.h"
#include "base/span.h"

int field_text(const struct value *body, const char *name, size_t most, char **out,
               struct status *status) {
  struct value field = value_field(body, name);
  *out = NULL;
  if (field.kind == VALUE_NIL) return OK;
  if (field.kind != VALUE_TEXT)
    return status_fail(status, ERR_INVALID, "field \"%s\" must be a text", name);
  if (field.text.len > most || memchr(field.text.data, '\0', field.text.len))
    return status_fail(status, ERR_INVALID,
                       "field \"%s\" must be a text of at most %zu bytes", name, most);
  *out = value_copy_text(&field);
  return OK;
}

int field_staff(const struct value *body, char out[STAFF_SIZE], struct status *status) {
  char *text;
  int code = field_text(body, "staff", STAFF_SIZE - 1, &text, status);
  if (!code && (!text || !*text))
    code = status_fail(status, ERR_INVALID,
                       "field \"staff\" is missing; give the login of who does it");
  if (!code) memcpy(out, text, strlen(text) + 1);
  mem_free(text);
  return code;
}

int field_id(const struct value *body, const char *name, int64_t *out,
             struct status *status) {
  struct value field = value_field(body, name);
  *out = value_int_or(&field, 0);
  if (*out > 0) return OK;
  return status_fail(status, ERR_INVALID, "field \"%s\" must be the number of the %s",
                     name, name);
}

int field_moment(struct care *care, const struct value *body, const char *name,
                 const struct zone *zone, int64_t *out, struct status *status) {
  struct value field = value_field(body, name);
  struct span span;
  char *text;
  if (field.kind == VALUE_INT) return *out = field.integer, OK;
  if (field_text(body, name, 64, &text, status)) return status->code;
  int code = text ? iso_parse(text, zone, out, status)
                  : status_fail(status, ERR_INVALID,
                                "field \"%s\" is missing; give a time such as "
                                "\"2026-03-02 15:00\"",
                                name);
  if (text && code && span_parse(text, &span, &(struct status){0}) == OK) {
    *status = (struct status){0};
    code = span_add(kernel_now(care->kernel), &span, zone, NULL, out, status);
  }
  mem_free(text);
  return code;
}
