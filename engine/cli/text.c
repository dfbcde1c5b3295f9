#include "cli/text.h"

#include <stdbool.h>

#include "base/utf8.h"

struct range {
  uint32_t first, last;
};

// Unicode's East_Asian_Width W and F; emoji blocks taken whole.
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x18DFF}, {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};

// Marks that join the character before them.
static const struct range narrowless[] = {
    {0x0300, 0x036F},  {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
    {0x064B, 0x065F},  {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
    {0x202A, 0x202E},  {0x2060, 0x206F}, {0x20D0, 0x20FF}, {0x302A, 0x302D},
    {0x3099, 0x309A},  {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF},
    {0xE0000, 0xE01EF}};

static bool within(const struct range *ranges, size_t count, uint32_t code) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (code > ranges[middle].last)
      low = middle + 1;
    else
      high = middle;
  }
  return low < count && code >= ranges[low].first;
}

// Bytes of the character at the front; what is not UTF-8 is one byte and U+FFFD.
static size_t next(const char *text, size_t len, uint32_t *code) {
  const unsigned char *at = (const unsigned char *)text;
  size_t count = utf8_char(text, len);
  if (count == 0) {
    *code = 0xFFFD;
    return 1;
  }
  *code = count == 1 ? at[0] : at[0] & (0xFFu >> (count + 1));
  for (size_t i = 1; i < count; i++) *code = *code << 6 | (at[i] & 0x3Fu);
  return count;
}

static size_t width_of(uint32_t code) {
  if (code < 0x300) return 1;
  if (within(narrowless, sizeof narrowless / sizeof *narrowless, code)) return 0;
  return within(wide, sizeof wide / sizeof *wide, code) ? 2 : 1;
}

size_t cli_width(const char *text, size_t len) {
  size_t width = 0;
  for (size_t at = 0; at < len;) {
    uint32_t code;
    at += next(text + at, len - at, &code);
    width += width_of(code);
  }
  return width;
}

size_t cli_fit(const char *text, size_t len, size_t width) {
  size_t at = 0, used = 0;
  while (at < len) {
    uint32_t code;
    size_t count = next(text + at, len - at, &code);
    used += width_of(code);
    if (used > width) break;
    at += count;
  }
  return at;
}

static bool turns_direction(uint32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0x200E || code == 0x200F || code == 0x061C;
}

void cli_put_clean(struct buf *out, const char *text, size_t len) {
  for (size_t at = 0; at < len;) {
    uint32_t code;
    size_t count = next(text + at, len - at, &code);
    if (code < 0x20 || (code >= 0x7F && code < 0xA0))
      buf_putc(out, ' ');
    else if (code == 0xFFFD)
      buf_puts(out, "\xEF\xBF\xBD");
    else if (!turns_direction(code))
      buf_put(out, text + at, count);
    at += count;
  }
}
