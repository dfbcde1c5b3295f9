#include "care/reply_number.h"

#include <string.h>

struct cursor {
  const char *at, *end;
};

static bool eat(struct cursor *cursor, const char *word) {
  size_t len = strlen(word);
  if ((size_t)(cursor->end - cursor->at) < len || memcmp(cursor->at, word, len))
    return false;
  cursor->at += len;
  return true;
}

static bool eat_one(struct cursor *cursor, const char *const *words) {
  for (; *words; words++)
    if (eat(cursor, *words)) return true;
  return false;
}

// Words around a number that leave its meaning alone; longer ones first. Units that would
// need converting (斤, f, mg) are not among them.
static void eat_around(struct cursor *cursor) {
  static const char *const words[] = {
      "摄氏度", "毫米汞柱", "千克", "公斤", "厘米", "差不多", "大概", "大约", "左右",
      "体温",   "疼痛",     "今天", "今早", "早上", "晚上",   "现在", "血糖", "体重",
      "血压",   "心率",     "脉搏", "评分", "我",   "的",     "是",   "约",   "度",
      "℃",      "°c",       "分",   "级",   "次",   "痛",     "疼",   "了",   "mmol/l",
      "mmol",   "kg",       "cm",   "c",    NULL};
  while (eat_one(cursor, words)) continue;
}

static bool eat_digit(struct cursor *cursor, int *out) {
  static const char *const digits[] = {"零", "一", "二", "三", "四",
                                       "五", "六", "七", "八", "九"};
  for (int i = 0; i < 10; i++)
    if (eat(cursor, digits[i])) {
      *out = i;
      return true;
    }
  if (!eat(cursor, "两")) return false;
  *out = 2;
  return true;
}

// 十, 十二, 三十, 三十八, 一百二十: below 1,000, and only in full.
static bool eat_chinese(struct cursor *cursor, int *out) {
  int digit = 0, total = 0;
  bool found = eat_digit(cursor, &digit);
  if (found && eat(cursor, "百")) {
    total = digit * 100;
    (void)eat(cursor, "零");
    digit = 0;
    (void)eat_digit(cursor, &digit);
  }
  if (eat(cursor, "十")) {
    total += (found && digit ? digit : 1) * 10;
    found = true;
    digit = 0;
    (void)eat_digit(cursor, &digit);
  }
  *out = total + digit;
  return found;
}

static bool eat_arabic(struct cursor *cursor, double *out, int *count) {
  *out = 0;
  for (*count = 0; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
       ++*count)
    *out = *out * 10 + (*cursor->at++ - '0');
  return *count > 0 && *count <= 9;
}

static bool eat_whole(struct cursor *cursor, double *out, int *count) {
  int small;
  if (eat_arabic(cursor, out, count)) return true;
  if (*count > 0 || !eat_chinese(cursor, &small)) return false;
  *count = small < 10 ? 1 : 2;
  *out = small;
  return true;
}

// Behind a point, or a unit that people put there: 38度2.
static void eat_fraction(struct cursor *cursor, double *out) {
  static const char *const points[] = {".", "点", "度", NULL};
  struct cursor start = *cursor;
  double digits;
  int count;
  if (!eat_one(cursor, points) || !eat_whole(cursor, &digits, &count) || count > 3) {
    *cursor = start;
    return;
  }
  for (; count > 0; count--) digits /= 10;
  *out += digits;
}

bool reply_number(const char *text, size_t len, double *out) {
  struct cursor cursor = {text, text + len};
  int count;
  eat_around(&cursor);
  if (!eat_whole(&cursor, out, &count)) return false;
  eat_fraction(&cursor, out);
  eat_around(&cursor);
  return cursor.at == cursor.end;
}
