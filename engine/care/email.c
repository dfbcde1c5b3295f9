#include "care/email.h"

#include <string.h>

enum { LABEL_MOST = 63 };

static bool is_alnum(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

// Atoms with dots between them (RFC 5322, dot-atom).
static bool is_local(const char *text, size_t len) {
  if (!len || len > EMAIL_LOCAL_MOST || text[0] == '.' || text[len - 1] == '.')
    return false;
  for (size_t i = 0; i < len; i++) {
    if (!text[i] || (!is_alnum(text[i]) && !strchr("!#$%&'*+-/=?^_`{|}~.", text[i])))
      return false;
    if (text[i] == '.' && text[i - 1] == '.') return false;
  }
  return true;
}

static bool is_label(const char *text, size_t len) {
  if (!len || len > LABEL_MOST || text[0] == '-' || text[len - 1] == '-') return false;
  for (size_t i = 0; i < len; i++)
    if (!is_alnum(text[i]) && text[i] != '-') return false;
  return true;
}

static bool is_host(const char *text, size_t len) {
  int labels = 0;
  for (;;) {
    const char *dot = memchr(text, '.', len);
    size_t label = dot ? (size_t)(dot - text) : len;
    if (!is_label(text, label)) return false;
    labels++;
    if (!dot) return labels > 1;
    text += label + 1, len -= label + 1;
  }
}

bool email_is_plain(const char *text, size_t len) {
  const char *at = len && len <= EMAIL_MOST ? memchr(text, '@', len) : NULL;
  if (!at) return false;
  size_t local = (size_t)(at - text);
  return is_local(text, local) && is_host(at + 1, len - local - 1);
}
