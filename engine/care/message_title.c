// How people are addressed: 王先生, 欧阳女士, Mr Smith.
#include <string.h>

#include "base/utf8.h"
#include "care/message_word.h"

// Family names of two characters that are common enough to be met.
static const char *const long_names[] = {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫",
                                         "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯",
                                         "端木", "南宫", "长孙", "宇文", "独孤", "轩辕"};

static bool is_hanzi(const char *name) {
  unsigned char first = (unsigned char)name[0];
  return first >= 0xE3 && first <= 0xE9 && utf8_char(name, strlen(name)) == 3;
}

static size_t family_name(const char *name) {
  for (size_t i = 0; i < sizeof long_names / sizeof *long_names; i++)
    if (strncmp(name, long_names[i], 6) == 0 && name[6]) return 6;
  return 3;
}

void words_title(const char *name, const char *sex, const char *language,
                 struct buf *out) {
  bool man = sex && strcmp(sex, "male") == 0, woman = sex && strcmp(sex, "female") == 0;
  bool english = strcmp(language, "en") == 0;
  if (!man && !woman) {
    buf_puts(out, name);
  } else if (english) {
    const char *last = strrchr(name, ' ');
    buf_printf(out, "%s %s", man ? "Mr" : "Ms", last && last[1] ? last + 1 : name);
  } else {
    buf_put(out, name, is_hanzi(name) ? family_name(name) : strlen(name));
    buf_puts(out, man ? "先生" : "女士");
  }
}
