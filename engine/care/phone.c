#include "care/phone.h"

#include <string.h>

// Full-width forms and what people put between digits.
static size_t take(const char *at, size_t len, char *byte) {
  unsigned char first = (unsigned char)*at;
  *byte = 0;
  if (first < 0x80) {
    if (strchr("0123456789+", *at)) *byte = *at;
    return *byte || strchr(" -.()\t", *at) ? 1 : 0;
  }
  if (len < 3) return 0;
  if (memcmp(at, "\xE3\x80\x80", 3) == 0) return 3;  // full-width space
  if (memcmp(at, "\xE2\x80", 2) == 0 && (unsigned char)at[2] >= 0x90 &&
      (unsigned char)at[2] <= 0x95)
    return 3;  // dashes
  if (memcmp(at, "\xEF\xBC", 2) != 0) return 0;
  unsigned char wide = (unsigned char)at[2];
  if (wide >= 0x90 && wide <= 0x99) *byte = (char)('0' + wide - 0x90);
  if (wide == 0x8B) *byte = '+';
  bool between = wide == 0x8D || wide == 0x88 || wide == 0x89;  // － （ ）
  return *byte || between ? 3 : 0;
}

static bool is_mobile(const char *phone) {
  return strlen(phone) == 11 && phone[0] == '1' && phone[1] >= '3';
}

// "+86", "0086" and a bare "86" before a number of this country; "0" before a mobile of
// another town, as exchanges show it.
static void drop_country(char *phone) {
  static const char *const codes[] = {"+86", "0086", "86", "0"};
  for (size_t i = 0; i < 4; i++) {
    size_t len = strlen(codes[i]);
    if (strncmp(phone, codes[i], len)) continue;
    if (i < 2 ? strlen(phone) > len : is_mobile(phone + len))
      memmove(phone, phone + len, strlen(phone + len) + 1);
    return;
  }
}

bool phone_normalize(const char *text, size_t len, char out[PHONE_SIZE]) {
  size_t used = 0;
  while (len) {
    char byte;
    size_t took = take(text, len, &byte);
    if (!took || (byte == '+' && used) || used == PHONE_SIZE - 1) return false;
    if (byte) out[used++] = byte;
    text += took;
    len -= took;
  }
  out[used] = 0;
  if (!used || !strcmp(out, "+")) return false;
  drop_country(out);
  return true;
}

static bool runs(const char *digits, int by) {
  for (; digits[1]; digits++)
    if (digits[1] - digits[0] != by) return false;
  return true;
}

// Numbers typed to get past the form: one digit over and over, counting up or down.
static bool is_placeholder(const char *phone) {
  static const char *const known[] = {"13800000000", "13800138000", "13900000000",
                                      "13912345678", "13812345678", "18888888888"};
  if (runs(phone, 0) || runs(phone, 1) || runs(phone, -1)) return true;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcmp(known[i], phone)) return true;
  return is_mobile(phone) && runs(phone + 3, 0);
}

const char *phone_flag(const char *phone) {
  size_t len = strlen(phone);
  if (phone[0] == '+') return len >= 8 && len <= 16 ? NULL : "void";
  if (len >= 7 && is_placeholder(phone)) return "placeholder";
  if (is_mobile(phone)) return NULL;
  bool area = phone[0] == '0' && len >= 10 && len <= 12;
  bool local = phone[0] >= '2' && (len == 7 || len == 8);
  return area || local ? "landline" : "void";
}

const char *phone_flag_words(const char *flag) {
  static const char *const words[][2] = {
      {"void", "no such number can be, or it was said to be somebody else's; correct it"},
      {"placeholder", "this looks like nobody's number; ask for the right one"},
      {"shared", "more than three patients have this number; ask each for their own"},
      {"landline", "takes no texts; ask for a mobile number too"}};
  for (size_t i = 0; flag && i < sizeof words / sizeof *words; i++)
    if (!strcmp(words[i][0], flag)) return words[i][1];
  return NULL;
}
