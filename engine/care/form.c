// Checking answers against their form's items, and having the form's rule judge them.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "care/attachment.h"
#include "care/mapping.h"
#include "care/question.h"
#include "care/score.h"

enum { TEXT_MOST = 4000 };

struct check {  // one form being checked
  int64_t question;
  struct care *care;
  const char *department, *form;
  const struct value *values;
  struct value offered;  // item → choices of this question
  struct merge clean;
  struct buf so_far;  // clean answers as an encoded map, for `when`
  struct status *status;
};

static char *field_text(const struct value *item, const char *key) {
  struct value field = value_field(item, key);
  return value_copy_text(&field);
}

static int refuse(struct check *check, const char *id, const char *what) {
  return status_fail(check->status, ERR_INVALID, "%s.%s: %s", check->form, id, what);
}

// Digits as people type them: full-width ones and a comma for the point.
static bool plain_number(const struct value *text, char *out, size_t size) {
  size_t used = 0;
  for (size_t i = 0; i < text->text.len; i++) {
    const unsigned char *at = (const unsigned char *)text->text.data + i;
    unsigned char byte = *at;
    if (i + 2 < text->text.len && at[0] == 0xEF && at[1] == 0xBC && at[2] >= 0x8D &&
        at[2] <= 0x99) {
      byte = (unsigned char)(at[2] - 0x8D + '-');  // U+FF0D … U+FF19
      i += 2;
    } else if (i + 2 < text->text.len && at[0] == 0xE3 && at[1] == 0x80 &&
               at[2] == 0x82) {
      byte = '.';  // 。
      i += 2;
    }
    if (byte == ' ') continue;
    if (used + 1 >= size) return false;
    out[used++] = byte == ',' ? '.' : (char)byte;
  }
  out[used] = 0;
  return used > 0;
}

static bool read_number(const struct value *given, double *out) {
  char text[32], *end;
  if (given->kind == VALUE_INT)
    *out = (double)given->integer;
  else if (given->kind == VALUE_REAL)
    *out = given->real;
  else {
    if (given->kind != VALUE_TEXT || !plain_number(given, text, sizeof text))
      return false;
    if (strspn(text, "+-.0123456789") != strlen(text)) return false;
    *out = strtod(text, &end);
    if (*end) return false;
  }
  return isfinite(*out);
}

static void put_number(struct buf *out, double number) {
  if (number == floor(number) && fabs(number) < 1e15)
    value_put_int(out, (int64_t)number);
  else
    value_put_real(out, number);
}

static int check_number(struct check *check, const char *id, const struct value *item,
                        const struct value *given, struct buf *out) {
  struct value min = value_field(item, "min"), max = value_field(item, "max"),
               kind = value_field(item, "kind");
  double number;
  char text[96];
  if (!read_number(given, &number))
    return refuse(check, id, "a number is needed, such as 36.8");
  if (value_is(&kind, "scale") && number != floor(number))
    return refuse(check, id, "a whole number is needed");
  if (number < value_real_or(&min, -INFINITY) || number > value_real_or(&max, INFINITY)) {
    snprintf(text, sizeof text, "must be between %g and %g",
             value_real_or(&min, -INFINITY), value_real_or(&max, INFINITY));
    return refuse(check, id, text);
  }
  put_number(out, number);
  return OK;
}

struct value form_options(const struct value *item, const struct value *offered) {
  struct value id = value_field(item, "id"), found = {0};
  char *name = value_copy_text(&id);
  if (name) found = value_field(offered, name);
  mem_free(name);
  return value_count(&found) ? found : value_field(item, "options");
}

static bool is_option(const struct check *check, const struct value *item,
                      const struct value *given) {
  struct value options = form_options(item, &check->offered), option;
  struct value_iter iter = value_iterate(&options);
  while (value_next(&iter, NULL, &option)) {
    struct value word = value_field(&option, "value");
    if (word.kind == VALUE_NIL) word = value_at(&option, 0);
    if (word.kind == VALUE_TEXT && given->kind == VALUE_TEXT &&
        word.text.len == given->text.len &&
        !memcmp(word.text.data, given->text.data, word.text.len))
      return true;
  }
  return false;
}

static int check_choice(struct check *check, const char *id, const struct value *item,
                        const struct value *given, struct buf *out) {
  struct value many = value_field(item, "many"), one;
  if (!value_true(&many)) {
    if (!is_option(check, item, given))
      return refuse(check, id, "is none of the choices");
    value_put(out, given);
    return OK;
  }
  if (given->kind == VALUE_TEXT &&
      is_option(check, item, given)) {  // one box ticked on a page
    size_t list = value_begin_list(out);
    value_put(out, given);
    value_end(out, list, 1);
    return OK;
  }
  struct value_iter iter = value_iterate(given);
  while (value_next(&iter, NULL, &one))
    if (!is_option(check, item, &one))
      return refuse(check, id, "holds something that is none of the choices");
  if (given->kind != VALUE_LIST) return refuse(check, id, "a list of choices is needed");
  value_put(out, given);
  return OK;
}

static int check_yesno(struct check *check, const char *id, const struct value *given,
                       struct buf *out) {
  if (given->kind == VALUE_BOOL)
    value_put(out, given);
  else if (value_is(given, "yes") || value_is(given, "true") || value_is(given, "是"))
    value_put_bool(out, true);
  else if (value_is(given, "no") || value_is(given, "false") || value_is(given, "否"))
    value_put_bool(out, false);
  else
    return refuse(check, id, "yes or no is needed");
  return OK;
}

static int check_text(struct check *check, const char *id, const struct value *item,
                      const struct value *given, struct buf *out) {
  struct value max = value_field(item, "max");
  if (given->kind != VALUE_TEXT || !utf8_valid(given->text.data, given->text.len))
    return refuse(check, id, "text is needed");
  if (given->text.len > TEXT_MOST ||
      (max.kind == VALUE_INT && given->text.len > (size_t)max.integer * 4))
    return refuse(check, id, "is too long");
  value_put(out, given);
  return OK;
}

static int check_date(struct check *check, const char *id, const struct value *item,
                      const struct value *given, struct buf *out) {
  struct value past = value_field(item, "past");
  int64_t days;
  if (given->kind != VALUE_TEXT ||
      !civil_parse_date(given->text.data, given->text.len, &days))
    return refuse(check, id, "a date is needed, such as 2026-03-01");
  if (value_true(&past) &&
      days * CIVIL_DAY_MS > kernel_now(check->care->kernel) + CIVIL_DAY_MS)
    return refuse(check, id, "must not be in the future");
  value_put(out, given);
  return OK;
}

// A photo is named by its id; its bytes came before.
static int check_photo(struct check *check, const char *id, const struct value *given,
                       struct buf *out) {
  char *name = value_copy_text(given);
  bool known = name && attachment_belongs(check->care, name, check->question, id);
  mem_free(name);
  if (!known) return refuse(check, id, "is no photo that was given to this question");
  value_put(out, given);
  return OK;
}

static int check_given(struct check *check, const char *id, const struct value *item,
                       const struct value *given, struct buf *out) {
  struct value kind = value_field(item, "kind");
  if (value_is(&kind, "number") || value_is(&kind, "scale"))
    return check_number(check, id, item, given, out);
  if (value_is(&kind, "choice")) return check_choice(check, id, item, given, out);
  if (value_is(&kind, "yesno")) return check_yesno(check, id, given, out);
  if (value_is(&kind, "date")) return check_date(check, id, item, given, out);
  if (value_is(&kind, "photo")) return check_photo(check, id, given, out);
  return check_text(check, id, item, given, out);
}

bool form_item_shown(struct care *care, const char *department, const char *form,
                     const struct value *item, const struct value *answers) {
  struct value when = value_field(item, "when");
  bool shown = true;
  if (!value_true(&when) || !care->scripts.shown) return true;
  char *id = field_text(item, "id");
  if (care->scripts.shown(care->scripts.self, department, form, id, answers, &shown))
    shown = true;
  mem_free(id);
  return shown;
}

static bool is_empty(const struct value *given) {
  return given->kind == VALUE_NIL || (given->kind == VALUE_TEXT && !given->text.len) ||
         (given->kind == VALUE_LIST && !value_count(given));
}

static int missing(struct check *check, const char *id, const struct value *item) {
  struct value optional = value_field(item, "optional"), kind = value_field(item, "kind");
  if (value_true(&optional) || value_is(&kind, "photo")) return OK;
  return refuse(check, id, "an answer is needed");
}

// The answers so far are given to `when` after each item, so that a later item may depend
// on an earlier one.
static void keep(struct check *check, const char *id, const struct buf *out) {
  struct merge copy = {0};
  struct buf all = {0};
  merge_encoded(&check->clean, id, out);
  merge_bytes(&copy, check->so_far.data, check->so_far.len);
  merge_encoded(&copy, id, out);
  merge_end(&copy, &all);
  buf_deinit(&check->so_far);
  check->so_far = all;
}

static int check_item(struct check *check, const struct value *item) {
  char *id = field_text(item, "id");
  struct value given = value_field(check->values, id), so_far;
  struct buf out = {0};
  int code = OK;
  value_read(check->so_far.data, check->so_far.len, &so_far);
  if (form_item_shown(check->care, check->department, check->form, item, &so_far)) {
    if (is_empty(&given))
      code = missing(check, id, item);
    else
      code = check_given(check, id, item, &given, &out);
    if (!code && out.len) keep(check, id, &out);
  }
  buf_deinit(&out);
  mem_free(id);
  return code;
}

static bool is_item(const struct value *items, const struct value *key) {
  struct value item;
  struct value_iter iter = value_iterate(items);
  while (value_next(&iter, NULL, &item)) {
    struct value id = value_field(&item, "id");
    if (id.text.len == key->text.len &&
        !memcmp(id.text.data, key->text.data, id.text.len))
      return true;
  }
  return false;
}

static int check_known(struct check *check, const struct value *items) {
  struct value key, given;
  struct value_iter iter = value_iterate(check->values);
  while (value_next(&iter, &key, &given))
    if (!is_item(items, &key))
      return status_fail(check->status, ERR_INVALID,
                         "%s: there is no item '%.*s' in this form", check->form,
                         (int)(key.text.len > 60 ? 60 : key.text.len), key.text.data);
  return OK;
}

int form_check(struct care *care, const char *department, const char *form,
               int64_t question, const struct value *values, struct buf *clean,
               struct status *status) {
  struct value body = catalog_find(care->catalog, department, "form", form), item;
  if (body.kind != VALUE_MAP)
    return status_fail(status, ERR_NOT_FOUND, "department %s has no form '%s'",
                       department, form);
  if (values->kind != VALUE_MAP)
    return status_fail(status, ERR_INVALID, "%s: answers must be an object of item ids",
                       form);
  struct value items = value_field(&body, "items");
  struct check check = {.question = question,
                        .care = care,
                        .department = department,
                        .form = form,
                        .values = values,
                        .status = status};
  struct buf offered = {0};
  if (question) question_offered(care, question, &offered);
  value_read(buf_text(&offered), offered.len, &check.offered);
  value_end(&check.so_far, value_begin_map(&check.so_far), 0);
  struct value_iter iter = value_iterate(&items);
  int code = check_known(&check, &items);
  while (!code && value_next(&iter, NULL, &item)) code = check_item(&check, &item);
  if (!code) buf_put(clean, check.so_far.data, check.so_far.len);
  buf_deinit(&check.so_far);
  struct buf rest = {0};
  merge_end(&check.clean, &rest);
  buf_deinit(&rest);
  buf_deinit(&offered);
  return code;
}

static char *rule_of(struct care *care, const char *department, const char *form) {
  struct value body = catalog_find(care->catalog, department, "form", form);
  return field_text(&body, "abnormal");
}

static int run_rule(struct care *care, const char *department, const char *rule,
                    const struct value *values, struct buf *flag, struct status *status) {
  struct buf list = {0};
  struct value arguments;
  size_t begun = value_begin_list(&list);
  value_put(&list, values);
  value_end(&list, begun, 1);
  value_read(list.data, list.len, &arguments);
  int code =
      care->scripts.rule(care->scripts.self, department, rule, &arguments, flag, status);
  buf_deinit(&list);
  return code;
}

// The answer as its rule reads it: its fields, and score.
static struct value with_score(struct care *care, const char *department,
                               const char *form, const struct value *values,
                               struct buf *out) {
  struct value definition = catalog_find(care->catalog, department, "form", form), all;
  struct buf score = {0}, given = {0};
  if (!score_put(&definition, values, &score)) return *values;
  struct merge merge = {0};
  value_put(&given, values);
  merge_bytes(&merge, given.data, given.len);
  merge_encoded(&merge, "score", &score);
  merge_end(&merge, out);
  buf_deinit(&score);
  buf_deinit(&given);
  return value_read(out->data, out->len, &all) ? all : *values;
}

void form_judge(struct care *care, const char *department, const char *form,
                const struct value *values, int64_t patient, int64_t enrollment,
                struct buf *flag, bool *unjudged) {
  struct status status = {0};
  struct buf scored = {0};
  struct value judged = with_score(care, department, form, values, &scored);
  char *rule = rule_of(care, department, form);
  *unjudged = false;
  if (rule && run_rule(care, department, rule, &judged, flag, &status)) {
    log_line(LOG_LEVEL_ERROR, "rule.failed",
             "department=%s rule=%s patient=%lld enrollment=%lld reason=\"%s\"",
             department, rule, (long long)patient, (long long)enrollment, status.text);
    buf_clear(flag);
    *unjudged = true;
  }
  if (!flag->len) value_put_nil(flag);
  mem_free(rule);
  buf_deinit(&scored);
}
