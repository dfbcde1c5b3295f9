// Percent-encoding, paths, queries and web forms: text from outside, taken apart without
// believing it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

enum { HTTP_FORM_FIELDS_MAX = 1000 };

struct http_field {
  const char *name;   // decoded bytes without NUL; not checked to be UTF-8
  const char *value;  // "" when the field has no '='
};

struct http_form {
  struct http_field *fields;  // in the order they came
  size_t count;
  char *text;  // what the fields point into
};

// Takes a query or an application/x-www-form-urlencoded body apart. ERR_INVALID on a
// broken %XX or a NUL, ERR_LIMIT on too many fields; the form is then empty. Free with
// http_form_deinit.
int http_form_parse(struct http_form *form, const char *text, size_t len,
                    struct status *status);
const char *http_form_get(const struct http_form *form,
                          const char *name);  // the first one; NULL when none
void http_form_deinit(struct http_form *form);

void http_percent_encode(struct buf *out, const char *bytes, size_t len);
// The path of a request target ("/a%20b?x" gives "/a b"). False, for a 400, on a broken
// %XX, control bytes, text that is not UTF-8, an encoded slash or a "." or ".." segment.
bool http_path_decode(struct buf *out, const char *target, size_t len);
