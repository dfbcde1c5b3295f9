#include "base/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { CHUNK = 4096 };

struct charset {
  enum charset_kind kind;
  bool to_utf8;
  iconv_t iconv;  // unused between UTF-8 and UTF-8
};

// Looks at the first piece for what is no text at all.
static void look_at_start(struct charset_probe *probe, const char *piece, size_t len) {
  probe->begun = true;
  if (len >= 3 && memcmp(piece, "\xEF\xBB\xBF", 3) == 0) probe->marked = true;
  if (len >= 2 &&
      (memcmp(piece, "\xFF\xFE", 2) == 0 || memcmp(piece, "\xFE\xFF", 2) == 0))
    probe->foreign = 'U';
  if (len >= 4 &&
      (memcmp(piece, "PK\3\4", 4) == 0 || memcmp(piece, "\xD0\xCF\x11\xE0", 4) == 0))
    probe->foreign = 'Z';
}

// How many bytes at the front are whole characters.
static size_t whole_characters(const char *bytes, size_t len) {
  size_t at = 0;
  while (at < len) {
    size_t took = (unsigned char)bytes[at] < 0x80 ? 1 : utf8_char(bytes + at, len - at);
    if (!took) break;
    at += took;
  }
  return at;
}

// A character over the border between two pieces is put together in the tail.
static size_t join_tail(struct charset_probe *probe, const char *piece, size_t len) {
  size_t used = 0;
  while (probe->tail_len && used < len && !probe->not_utf8) {
    probe->tail[probe->tail_len++] = piece[used++];
    if (utf8_char(probe->tail, probe->tail_len))
      probe->tail_len = 0;
    else if (probe->tail_len == sizeof probe->tail)
      probe->not_utf8 = true;
  }
  return used;
}

void charset_probe(struct charset_probe *probe, const char *piece, size_t len) {
  if (!probe->begun && len) look_at_start(probe, piece, len);
  size_t used = join_tail(probe, piece, len);
  if (probe->not_utf8 || used == len) return;
  used += whole_characters(piece + used, len - used);
  if (len - used >= sizeof probe->tail) {
    probe->not_utf8 = true;
  } else {
    memcpy(probe->tail, piece + used, len - used);
    probe->tail_len = len - used;
  }
}

int charset_found(const struct charset_probe *probe, enum charset_kind *kind,
                  struct status *status) {
  *kind = probe->not_utf8 || probe->tail_len ? CHARSET_GB18030 : CHARSET_UTF8;
  if (probe->foreign == 'Z')
    return status_fail(status, ERR_INVALID,
                       "this is a spreadsheet file; save it as CSV and import that");
  if (probe->foreign == 'U')
    return status_fail(status, ERR_INVALID,
                       "this is UTF-16 text; save it as CSV in UTF-8 or GB18030");
  return OK;
}

const char *charset_name(enum charset_kind kind) {
  return kind == CHARSET_UTF8 ? "UTF-8" : "GB18030";
}

bool charset_parse(const char *name, enum charset_kind *kind) {
  static const struct {
    const char *name;
    enum charset_kind kind;
  } names[] = {{"utf-8", CHARSET_UTF8},
               {"utf8", CHARSET_UTF8},
               {"gb18030", CHARSET_GB18030},
               {"gbk", CHARSET_GB18030},
               {"gb2312", CHARSET_GB18030}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcasecmp(name, names[i].name) == 0) return *kind = names[i].kind, true;
  return false;
}

struct charset *charset_new(enum charset_kind kind, bool to_utf8) {
  struct charset *charset = mem_alloc(sizeof *charset);
  *charset = (struct charset){.kind = kind, .to_utf8 = to_utf8};
  if (kind == CHARSET_UTF8) return charset;
  charset->iconv =
      iconv_open(to_utf8 ? "UTF-8" : "GB18030", to_utf8 ? "GB18030" : "UTF-8");
  if (charset->iconv == (iconv_t)-1) abort();  // libc always has these two
  return charset;
}

void charset_free(struct charset *charset) {
  if (!charset) return;
  if (charset->kind != CHARSET_UTF8) iconv_close(charset->iconv);
  mem_free(charset);
}

static int refuse(const struct charset *charset, struct status *status) {
  return status_fail(status, ERR_INVALID,
                     "holds bytes that are no %s text; save the file in one encoding",
                     charset->to_utf8 ? charset_name(charset->kind) : "UTF-8");
}

static int convert(struct charset *charset, const char *text, size_t len,
                   struct buf *out) {
  char *in = (char *)text, chunk[CHUNK];
  iconv(charset->iconv, NULL, NULL, NULL, NULL);
  for (;;) {
    char *at = chunk;
    size_t room = sizeof chunk;
    size_t code = iconv(charset->iconv, len ? &in : NULL, len ? &len : NULL, &at, &room);
    bool full = code == (size_t)-1 && errno == E2BIG;
    buf_put(out, chunk, sizeof chunk - room);
    if (code == (size_t)-1 && !full) return ERR_INVALID;
    if (!full && !len) return OK;
  }
}

int charset_convert(struct charset *charset, const char *text, size_t len,
                    struct buf *out, struct status *status) {
  size_t before = out->len;
  if (charset->kind == CHARSET_UTF8) {
    if (!utf8_valid(text, len)) return refuse(charset, status);
    buf_put(out, text, len);
    return OK;
  }
  if (!len || convert(charset, text, len, out) == OK) return OK;
  out->len = before;
  if (out->data) out->data[before] = '\0';
  return refuse(charset, status);
}

void charset_put_utf8(struct buf *out, const char *text, size_t len) {
  struct charset_probe probe = {0};
  enum charset_kind kind = CHARSET_UTF8;
  struct status status = {0};
  charset_probe(&probe, text, len);
  bool foreign = !charset_found(&probe, &kind, &status) && kind != CHARSET_UTF8;
  struct charset *charset = foreign ? charset_new(kind, true) : NULL;
  if (!foreign || charset_convert(charset, text, len, out, &status))
    buf_put(out, text, len);
  charset_free(charset);
}
