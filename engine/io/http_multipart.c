#define _GNU_SOURCE
#include "io/http_multipart.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

enum { BOUNDARY_MOST = 70, HEAD_MOST = 4096, NAME_MOST = 200, TEXT_MOST = 128 * 1024 };
static const char media_type[] = "multipart/form-data";

struct parse {
  struct http_form *form;
  struct http_files *files;
  const char *at, *end;          // of what is left of the body
  size_t room;                   // for fields
  size_t used, size;             // of form->text
  char mark[BOUNDARY_MOST + 5];  // "\r\n--boundary"
  size_t mark_len;
  struct status *status;
};

struct part {
  const char *name, *bytes, *own;  // own: the file's name
  size_t name_len, len, own_len;
  bool file;
};

bool http_multipart_is(const char *type) {
  size_t len = sizeof media_type - 1;
  return type && !strncasecmp(type, media_type, len) &&
         (!type[len] || strchr("; \t", type[len]));
}

static int broken(struct parse *parse, const char *what) {
  return status_fail(parse->status, ERR_INVALID,
                     "form: %s; send it as a browser sends multipart/form-data", what);
}

static bool is_boundary(const char *text, size_t len) {
  if (!len || len > BOUNDARY_MOST) return false;
  for (size_t i = 0; i < len; i++)
    if (!text[i] || !strchr("0123456789abcdefghijklmnopqrstuvwxyz"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=?",
                            text[i]))
      return false;
  return true;
}

static int read_boundary(struct parse *parse, const char *type) {
  const char *at = http_multipart_is(type) ? type + sizeof media_type - 1 : "";
  while (*at && strncasecmp(at, "boundary=", 9)) at++;
  if (*at) at += 9;
  bool quoted = *at == '"';
  at += quoted;
  size_t len = strcspn(at, quoted ? "\"" : "; \t");
  if (!is_boundary(at, len)) return broken(parse, "its Content-Type names no boundary");
  memcpy(parse->mark, "\r\n--", 4);
  memcpy(parse->mark + 4, at, len);
  parse->mark_len = len + 4;
  return OK;
}

// A quoted text ends where another parameter or the line does: browsers have sent
// quotes and backslashes within a file's name.
static const char *quoted_end(const char *from, const char *end) {
  for (const char *at = from; at < end; at++)
    if (*at == '"' && (at + 1 == end || at[1] == ';')) return at;
  return NULL;
}

// Too long a name is cut: nobody needs the end of it.
static void take_own_name(struct part *part, const char *value, size_t len) {
  if (part->own || memchr(value, '\0', len)) return;
  part->own = value;
  part->own_len = len > NAME_MOST ? NAME_MOST : len;
}

static int take_parameter(struct parse *parse, struct part *part, const char *name,
                          size_t len, const char *value, size_t value_len) {
  bool is_name = len == 4 && !strncasecmp(name, "name", 4);
  if (len >= 8 && !strncasecmp(name, "filename", 8)) {
    part->file = true;
    take_own_name(part, value, value_len);
  }
  if (!is_name) return OK;
  if (part->name) return broken(parse, "a part has two names");
  if (!value_len || value_len > NAME_MOST || memchr(value, '\0', value_len))
    return broken(parse, "a part's name is empty or too long");
  part->name = value;
  part->name_len = value_len;
  return OK;
}

// "; name=\"a\"; filename=\"b\"" up to the line's end
static int read_parameters(struct parse *parse, struct part *part, const char *at,
                           const char *end) {
  int code = OK;
  while (!code && at < end) {
    while (at < end && strchr("; \t", *at)) at++;
    const char *equals = memchr(at, '=', (size_t)(end - at));
    if (at == end) break;
    if (!equals) return broken(parse, "a part's Content-Disposition can't be read");
    const char *value = equals + 1, *stop;
    if (value < end && *value == '"')
      stop = quoted_end(++value, end);
    else
      for (stop = value; stop < end && *stop != ';';) stop++;
    if (!stop) return broken(parse, "a quoted text has no end");
    code = take_parameter(parse, part, at, (size_t)(equals - at), value,
                          (size_t)(stop - value));
    at = stop < end && *stop == '"' ? stop + 1 : stop;
  }
  return code;
}

static int read_line(struct parse *parse, struct part *part, const char *line,
                     const char *end, bool *known) {
  static const char header[] = "content-disposition:", value[] = "form-data";
  size_t len = sizeof header - 1, value_len = sizeof value - 1;
  if ((size_t)(end - line) < len || strncasecmp(line, header, len)) return OK;
  if (*known) return broken(parse, "a part has two Content-Dispositions");
  *known = true;
  for (line += len; line < end && (*line == ' ' || *line == '\t');) line++;
  if ((size_t)(end - line) < value_len || strncasecmp(line, value, value_len))
    return broken(parse, "a part is no form-data");
  return read_parameters(parse, part, line + value_len, end);
}

// The lines before a part's bytes; at stands behind the empty one afterwards.
static int read_head(struct parse *parse, struct part *part) {
  bool known = false;
  const char *from = parse->at;
  for (;;) {
    size_t left = (size_t)(parse->end - parse->at);
    const char *end = memmem(parse->at, left, "\r\n", 2);
    if (!end || end - from > HEAD_MOST)
      return broken(parse, "a part's headers have no end");
    const char *line = parse->at;
    parse->at = end + 2;
    if (line == end) break;
    if (read_line(parse, part, line, end, &known)) return parse->status->code;
  }
  return part->name ? OK : broken(parse, "a part has no name");
}

// Stands behind the next boundary afterwards.
static int read_bytes(struct parse *parse, struct part *part) {
  size_t left = (size_t)(parse->end - parse->at);
  const char *end = memmem(parse->at, left, parse->mark, parse->mark_len);
  if (!end) return broken(parse, "it is cut off");
  part->bytes = parse->at;
  part->len = (size_t)(end - parse->at);
  parse->at = end + parse->mark_len;
  return OK;
}

static const char *keep_text(struct parse *parse, const char *bytes, size_t len) {
  char *to = parse->form->text + parse->used;
  memcpy(to, bytes, len);
  to[len] = '\0';
  parse->used += len + 1;
  return to;
}

static int add_field(struct parse *parse, const struct part *part, const char *name) {
  struct http_form *form = parse->form;
  if (memchr(part->bytes, '\0', part->len))
    return broken(parse, "a text holds a zero byte");
  if (form->count == parse->room) {
    parse->room = parse->room ? parse->room * 2 : 16;
    form->fields = mem_resize(form->fields, parse->room * sizeof *form->fields);
  }
  form->fields[form->count++] =
      (struct http_field){name, keep_text(parse, part->bytes, part->len)};
  return OK;
}

static int add_part(struct parse *parse, const struct part *part) {
  assert(part->name && part->bytes);
  size_t needed = part->name_len + 1 + (part->file ? part->own_len : part->len) + 1;
  if (parse->form->count == HTTP_FORM_FIELDS_MAX ||
      parse->files->count == HTTP_FILES_MAX || parse->used + needed > parse->size)
    return status_fail(parse->status, ERR_LIMIT,
                       "form: more than %d fields, %d files or %d bytes of text",
                       HTTP_FORM_FIELDS_MAX, HTTP_FILES_MAX, TEXT_MOST);
  const char *name = keep_text(parse, part->name, part->name_len);
  if (!part->file) return add_field(parse, part, name);
  const char *own = keep_text(parse, part->own ? part->own : "", part->own_len);
  parse->files->items[parse->files->count++] =
      (struct http_file){name, own, part->bytes, part->len};
  return OK;
}

// Behind a boundary: "\r\n" and another part, or "--" and the end.
static bool ends(struct parse *parse, bool *last) {
  size_t left = (size_t)(parse->end - parse->at);
  *last = left >= 2 && !memcmp(parse->at, "--", 2);
  bool more = left >= 2 && !memcmp(parse->at, "\r\n", 2);
  if (*last || more) parse->at += 2;
  if (!*last) return more;
  left -= 2;
  return !left || (left == 2 && !memcmp(parse->at, "\r\n", 2));
}

static int read_parts(struct parse *parse) {
  size_t first = parse->mark_len - 2;
  bool last = false;
  if ((size_t)(parse->end - parse->at) < first ||
      memcmp(parse->at, parse->mark + 2, first))
    return broken(parse, "it does not begin with its boundary");
  parse->at += first;
  while (ends(parse, &last)) {
    struct part part = {0};
    if (last) return OK;
    if (read_head(parse, &part) || read_bytes(parse, &part) || add_part(parse, &part))
      return parse->status->code;
  }
  return broken(parse, "something stands behind a boundary");
}

int http_multipart_parse(struct http_form *form, struct http_files *files,
                         const char *type, const char *body, size_t len,
                         struct status *status) {
  struct parse parse = {.form = form,
                        .files = files,
                        .at = body,
                        .end = body + len,
                        .size = len < TEXT_MOST ? len : TEXT_MOST,
                        .status = status};
  *form = (struct http_form){0};
  *files = (struct http_files){0};
  form->text = mem_alloc(parse.size + 1);
  if (!read_boundary(&parse, type) && !read_parts(&parse)) return OK;
  http_form_deinit(form);
  *files = (struct http_files){0};
  return status->code;
}
