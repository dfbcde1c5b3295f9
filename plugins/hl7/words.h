// What a field's text becomes in an event: times, dates, numbers of phones, names.
#pragma once

#include "message.h"

// What stands behind the bar in a path: "EVN-2|time".
enum words_kind {
  WORDS_TEXT,
  WORDS_TIME,
  WORDS_DATE,
  WORDS_PHONE,
  WORDS_NAME,
  WORDS_SAID,
  WORDS_SHORT,
  WORDS_DELETED,
  WORDS_NUMBER,  // this and the next are numbers in JSON, too
  WORDS_LOW,
  WORDS_HIGH
};
bool words_kind(const char *name, enum words_kind *out);  // false: it is a table's name

// Appends what a repetition of a field says, empty when it says nothing that fits:
//   time    20260302151530.25+0800 -> 2026-03-02T15:15:30+08:00; missing parts are the
//   first date    at least eight digits -> 2026-03-02 phone   XTN.12, .6 and .7, or .1:
//   what has seven digits or more and no @ name    XPN or XCN: family and given name,
//   without a blank between Chinese ones number  digits as JSON has them
//   said    SN: the components in one, <^5 -> <5
//   short   a text of one line, at most 2000 bytes long
//   deleted Y when it is "", which takes away what was known
//   low, high  the ends of a reference range: 3.9-6.1, 3.9~6.1, <5, >=40
void words_put(const struct message *message, struct slice repeat, enum words_kind kind,
               struct text *out);
