// What a reply in words says: of one item of a form, or whatever was asked. Nothing is
// guessed: what isn't plainly an answer is for a person to read.
#pragma once

#include "base/value.h"

// Appends the value of this item that the text gives, as form_check takes it, and returns
// true. options are those of the item, or those offered instead.
//   yesno    是 有 对 需要 yes y 1; 否 没有 不用 no n 2
//   scale, number    one number, in digits or Chinese (38.2度, 三十八度五), alone or
//   among
//                    words such as 大概, 体温, 左右 and a unit that needs no converting
//   choice   the place of the option in the list, its letter, or its words; several, when
//            many may be chosen, apart by spaces or commas
//   text     all of it
bool reply_read_item(const struct value *item, const struct value *options,
                     const char *text, size_t len, struct buf *out);

enum reply_word {
  REPLY_OTHER,
  REPLY_STOP,
  REPLY_STOP_ALL,
  REPLY_WRONG_NUMBER,
  REPLY_FEEDBACK
};
// 退订, TD, T, N, R, STOP …; 全部退订; 打错了, 不是本人 …: only when the text is nothing
// else. 投诉, 表扬, 我要投诉 … are feedback when the text begins with them; 意见, 建议,
// 反馈 only alone or apart from what follows.
enum reply_word reply_word(const char *text, size_t len);
// Of feedback: the keyword, and not a word of what it is about.
bool reply_is_keyword(const char *text, size_t len);
