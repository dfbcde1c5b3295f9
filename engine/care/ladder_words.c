#include "care/ladder_words.h"

#include <stddef.h>
#include <string.h>

#include "care/task.h"

const char *ladder_word_zh(const char *word) {
  static const char *const words[][2] = {{"wechat", "微信"},
                                         {"sms", "短信"},
                                         {"email", "邮件"},
                                         {"call", "电话"},
                                         {"app", "手机应用"},
                                         {"unread", "未打开"},
                                         {"unanswered", "看过未答"},
                                         {"no-receipt", "无回执"},
                                         {"unreachable", "送不到"},
                                         {"no-contact", "没有号码"},
                                         {"unavailable", "停用中"},
                                         {"no-consent", "本人不同意"},
                                         {"in-doubt", "是否送到不明"},
                                         {"not-called", "未拨打"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(words[i][0], word) == 0) return words[i][1];
  const struct result_code *code = result_code_find(word);
  return code ? code->zh : word;
}
