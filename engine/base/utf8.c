#include "base/utf8.h"

static bool continues(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The second byte's range is what rules out overlong forms, surrogates and large values.
static bool second_fits(unsigned char lead, unsigned char second) {
  if (lead == 0xE0) return second >= 0xA0;
  if (lead == 0xED) return second < 0xA0;
  if (lead == 0xF0) return second >= 0x90;
  if (lead == 0xF4) return second < 0x90;
  return true;
}

static size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

size_t utf8_char(const char *bytes, size_t len) {
  const unsigned char *at = (const unsigned char *)bytes;
  if (len == 0) return 0;
  size_t need = length_of(at[0]);
  if (need > len) return 0;
  for (size_t i = 1; i < need; i++)
    if (!continues(at[i])) return 0;
  if (need > 1 && !second_fits(at[0], at[1])) return 0;
  return need;
}

uint32_t utf8_code(const char *bytes, size_t took) {
  const unsigned char *at = (const unsigned char *)bytes;
  if (took == 1) return at[0];
  uint32_t out = at[0] & (0xFFU >> (took + 1));
  for (size_t i = 1; i < took; i++) out = out << 6 | (at[i] & 0x3FU);
  return out;
}

bool utf8_valid(const char *bytes, size_t len) {
  while (len > 0) {
    size_t took = utf8_char(bytes, len);
    if (took == 0) return false;
    bytes += took;
    len -= took;
  }
  return true;
}

size_t utf8_count(const char *bytes, size_t len) {
  size_t count = 0;
  for (size_t i = 0; i < len; i++) count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
  return count;
}
