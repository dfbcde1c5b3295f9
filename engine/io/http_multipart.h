// A multipart/form-data body, as browsers send files, taken apart where it lies. Stricter
// than RFC 7578: nothing before the first part, one Content-Disposition a part.
#pragma once

#include "io/http_form.h"

enum { HTTP_FILES_MAX = 16 };

struct http_file {
  const char *name;   // of the form's field
  const char *file;   // its own name, as it came; for media_name alone
  const char *bytes;  // within the body
  size_t len;         // 0: the field was left empty
};
struct http_files {
  struct http_file items[HTTP_FILES_MAX];  // in the order they came
  size_t count;
};

// Whether a Content-Type (NULL: none) announces such a body.
bool http_multipart_is(const char *type);
// form gets the fields that are text, files those that are files; their names live in
// form, their bytes in body. ERR_INVALID when it is no such body, ERR_LIMIT when there is
// too much of anything; both are then empty. Free with http_form_deinit.
int http_multipart_parse(struct http_form *form, struct http_files *files,
                         const char *type, const char *body, size_t len,
                         struct status *status);
