#include "api/birth.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"

// The digit at the front, or -1; took gets its bytes.
static int digit(const char *at, size_t *took) {
  const unsigned char *byte = (const unsigned char *)at;
  *took = 1;
  if (isdigit(byte[0])) return byte[0] - '0';
  if (byte[0] != 0xEF || byte[1] != 0xBC || byte[2] < 0x90 || byte[2] > 0x99) return -1;
  *took = 3;
  return byte[2] - 0x90;  // U+FF10 …
}

void birth_digits(const char *text, struct buf *out) {
  for (size_t took; *text; text += took) {
    int number = digit(text, &took);
    if (number >= 0) buf_putc(out, (char)('0' + number));
  }
}

// Numbers apart from each other; more than three, or too long ones, are none.
static int read_parts(const char *text, long parts[3], int lengths[3]) {
  int count = 0;
  bool inside = false;
  for (size_t took; *text; text += took) {
    int number = digit(text, &took);
    if (number < 0) {
      inside = false;
      continue;
    }
    if (!inside && count++ == 3) return 0;
    if (!inside) parts[count - 1] = lengths[count - 1] = 0;
    inside = true;
    if (++lengths[count - 1] > 8) return 0;
    parts[count - 1] = parts[count - 1] * 10 + number;
  }
  return count;
}

bool birth_read(const char *text, char out[BIRTH_SIZE]) {
  long parts[3] = {0};
  int lengths[3] = {0};
  int count = read_parts(text, parts, lengths);
  int64_t days;
  if (count == 1 && lengths[0] == 8) {
    parts[2] = parts[0] % 100;
    parts[1] = parts[0] / 100 % 100;
    parts[0] /= 10000;
  } else if (count != 3 || lengths[0] != 4) {
    return false;
  }
  if (parts[1] > 99 || parts[2] > 99) return false;
  snprintf(out, BIRTH_SIZE, "%04d-%02d-%02d", (int)(parts[0] % 10000), (int)parts[1],
           (int)parts[2]);
  return civil_parse_date(out, strlen(out), &days);
}
