// Text files as hospitals write them: UTF-8 with or without a mark, or GB18030; found out
// by reading, and brought to UTF-8.
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"

enum charset_kind { CHARSET_UTF8, CHARSET_GB18030 };

struct charset_probe {  // reads a file's pieces and finds out; zeros are a fresh one
  bool begun;
  bool not_utf8;
  bool marked;   // begins with UTF-8's mark of three bytes
  char foreign;  // what it is instead of text: 'U' UTF-16, 'Z' a spreadsheet
  char tail[4];  // a character that the last piece cut
  size_t tail_len;
};
void charset_probe(struct charset_probe *probe, const char *piece, size_t len);
// After the last piece. ERR_INVALID with a remedy when it is no text in either.
int charset_found(const struct charset_probe *probe, enum charset_kind *kind,
                  struct status *status);
const char *charset_name(enum charset_kind kind);
// "utf-8", "UTF8", "gbk", "GB2312", "gb18030"; false when unknown.
bool charset_parse(const char *name, enum charset_kind *kind);

// Appends a text of either kind as UTF-8; what is neither as it is.
void charset_put_utf8(struct buf *out, const char *text, size_t len);

struct charset;  // a converter, in one direction
// to_utf8 false: from UTF-8 into kind.
struct charset *charset_new(enum charset_kind kind, bool to_utf8);
void charset_free(struct charset *charset);
// Appends one whole text. ERR_INVALID when it holds bytes that are no character of the
// encoding; out is then as before.
int charset_convert(struct charset *charset, const char *text, size_t len,
                    struct buf *out, struct status *status);
