#include "care/qualify.h"

#include <string.h>

#include "base/coded.h"

static bool item_matches(const struct value *item, const struct value *words) {
  struct value code = value_field(item, "code"), name = value_field(item, "name"), word;
  struct value_iter iter = value_iterate(words);
  bool coded = code.kind == VALUE_TEXT, named = name.kind == VALUE_TEXT;
  while (value_next(&iter, NULL, &word))
    if (coded_matches(coded ? code.text.data : "", coded ? code.text.len : 0,
                      named ? name.text.data : "", named ? name.text.len : 0,
                      word.text.data, word.text.len))
      return true;
  return false;
}

static bool any_matches(const struct value *items, const struct value *words) {
  struct value_iter iter = value_iterate(items);
  struct value item;
  while (value_next(&iter, NULL, &item))
    if (item_matches(&item, words)) return true;
  return false;
}

static bool is_one_of(const struct value *text, const struct value *words) {
  struct value_iter iter = value_iterate(words);
  struct value word;
  while (value_next(&iter, NULL, &word))
    if (text->kind == VALUE_TEXT && text->text.len == word.text.len &&
        !memcmp(text->text.data, word.text.data, word.text.len))
      return true;
  return false;
}

bool qualifies(const struct value *enroll, const struct value *event) {
  static const char *const lists[][2] = {
      {"procedure", "procedures"}, {"diagnosis", "diagnoses"}, {"drug", "drugs"}};
  struct value wanted = value_field(enroll, "department"),
               department = value_field(event, "department");
  if (wanted.kind != VALUE_NIL && !is_one_of(&department, &wanted)) return false;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    struct value words = value_field(enroll, lists[i][0]),
                 items = value_field(event, lists[i][1]);
    if (words.kind != VALUE_NIL && !any_matches(&items, &words)) return false;
  }
  return true;
}
