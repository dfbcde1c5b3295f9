#include "base/sms.h"

#include <string.h>

#include "base/utf8.h"

// Each character of a table as UTF-8, one after another.
static const char plain[] =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static const char twice[] = "^{}\\[~]|€";

static bool holds(const char *table, const char *character, size_t len) {
  for (const char *at = table; *at; at += utf8_char(at, strlen(at)))
    if (utf8_char(at, strlen(at)) == len && !memcmp(at, character, len)) return true;
  return false;
}

static struct sms_size fit(int units, int one, int each, bool gsm) {
  struct sms_size size = {.units = units, .parts = 1, .each = one, .gsm = gsm};
  if (units <= one) return size;
  size.parts = (units + each - 1) / each;
  size.each = each;
  return size;
}

struct sms_size sms_size_of(const char *text, size_t len) {
  int gsm = 0, wide = 0;
  bool all = true;
  for (size_t at = 0, size; at < len; at += size) {
    size = utf8_char(text + at, len - at);
    if (!size) size = 1;  // no UTF-8: a gateway would put a character in its place
    bool doubled = holds(twice, text + at, size);
    all = all && (doubled || holds(plain, text + at, size));
    gsm += doubled ? 2 : 1;
    wide += size == 4 ? 2 : 1;
  }
  return all ? fit(gsm, 160, 153, true) : fit(wide, 70, 67, false);
}
