// One question of a form as HTML, and what is said when its answer doesn't fit.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "care/question.h"

enum { SCALE_MARKS = 21 };

static void put_name(const struct value *item, struct buf *out) {
  struct value id = value_field(item, "id");
  buf_puts(out, "a_");
  html_value(out, &id);
}

static void put_question(const struct page *page, const struct value *item,
                         struct buf *out) {
  struct value text = value_field(item, "text"), optional = value_field(item, "optional");
  struct value words = text_in(&text, page->english ? "en" : "zh");
  html_value(out, &words);
  if (value_true(&optional)) {
    buf_puts(out, " <span class=\"h\">");
    buf_puts(out, page_say(page, "（可不填）", "(if you like)"));
    buf_puts(out, "</span>");
  }
}

static void put_fault(const struct value *item, const struct page_fault *fault,
                      struct buf *out) {
  struct value id = value_field(item, "id");
  if (!value_is(&id, fault->item)) return;
  buf_puts(out, "<p class=\"w\" role=\"alert\" id=\"fault\">⚠ ");
  html_text(out, fault->text);
  buf_puts(out, "</p>");
}

// type "radio" or "checkbox"
static void put_mark(const struct value *item, const char *type, const char *value,
                     size_t len, bool chosen, struct buf *out) {
  buf_printf(out, "<label class=\"o\"><input type=\"%s\" name=\"", type);
  put_name(item, out);
  buf_puts(out, "\" value=\"");
  html_text_len(out, value, len);
  buf_printf(out, "\"%s> <span>", chosen ? " checked" : "");
}

static bool is_text(const struct value *value, const char *text, size_t len) {
  return value->kind == VALUE_TEXT && value->text.len == len &&
         !memcmp(value->text.data, text, len);
}

static bool is_given(const struct value *given, const char *text, size_t len) {
  struct value one;
  struct value_iter iter = value_iterate(given);
  if (is_text(given, text, len)) return true;
  while (value_next(&iter, NULL, &one))
    if (is_text(&one, text, len)) return true;
  return false;
}

static void put_choice(const struct page *page, const struct value *item,
                       const struct value *given, struct buf *out) {
  struct value offered, many = value_field(item, "many"), option;
  value_read(buf_text(&page->offered), page->offered.len, &offered);
  struct value options = form_options(item, &offered);
  struct value_iter iter = value_iterate(&options);
  while (value_next(&iter, NULL, &option)) {
    struct value mark = value_field(&option, "value"),
                 text = value_field(&option, "text");
    if (text.kind == VALUE_NIL) text = option;  // offered this time: {value, zh, en}
    struct value words = text_in(&text, page->english ? "en" : "zh");
    struct buf plain = {0};
    if (mark.kind == VALUE_TEXT)
      buf_put(&plain, mark.text.data, mark.text.len);
    else
      value_to_json(&plain, &mark);
    put_mark(item, value_true(&many) ? "checkbox" : "radio", buf_text(&plain), plain.len,
             is_given(given, buf_text(&plain), plain.len), out);
    html_value(out, &words);
    buf_puts(out, "</span></label>");
    buf_deinit(&plain);
  }
}

static void put_yesno(const struct page *page, const struct value *item,
                      const struct value *given, struct buf *out) {
  bool yes = value_is(given, "yes") || (given->kind == VALUE_BOOL && given->boolean);
  bool no = value_is(given, "no") || (given->kind == VALUE_BOOL && !given->boolean);
  put_mark(item, "radio", "yes", 3, yes, out);
  buf_printf(out, "%s</span></label>", page_say(page, "是", "Yes"));
  put_mark(item, "radio", "no", 2, no, out);
  buf_printf(out, "%s</span></label>", page_say(page, "否", "No"));
}

static bool same_number(const struct value *given, double number) {
  char text[32];
  snprintf(text, sizeof text, "%g", number);
  if (given->kind == VALUE_INT || given->kind == VALUE_REAL)
    return value_real_or(given, 0) == number;
  return is_text(given, text, strlen(text));
}

static void put_input(const struct page *page, const struct value *item,
                      const struct value *given, const char *attributes,
                      struct buf *out) {
  buf_puts(out, "<input name=\"");
  put_name(item, out);
  buf_puts(out, "\" aria-label=\"");
  struct value text = value_field(item, "text");
  struct value words = text_in(&text, page->english ? "en" : "zh");
  html_value(out, &words);
  buf_printf(out, "\" %s value=\"", attributes);
  html_value(out, given);
  buf_puts(out, "\">");
}

// A row of marks; a scale of more marks than fit becomes a number.
static void put_scale(const struct page *page, const struct value *item,
                      const struct value *given, struct buf *out) {
  struct value min = value_field(item, "min"), max = value_field(item, "max"),
               step_field = value_field(item, "step");
  double from = value_real_or(&min, 0), to = value_real_or(&max, 10),
         step = value_real_or(&step_field, 1);
  char text[32];
  if (step <= 0 || (to - from) / step >= SCALE_MARKS) {
    put_input(page, item, given, "inputmode=\"decimal\" autocomplete=\"off\"", out);
    return;
  }
  buf_puts(out, "<div class=\"s\">");
  for (int i = 0; from + i * step <= to + 1e-9; i++) {
    int len = snprintf(text, sizeof text, "%g", from + i * step);
    put_mark(item, "radio", text, (size_t)len, same_number(given, from + i * step), out);
    buf_printf(out, "%s</span></label>", text);
  }
  buf_puts(out, "</div>");
}

static void put_number(const struct page *page, const struct value *item,
                       const struct value *given, struct buf *out) {
  struct value unit = value_field(item, "unit");
  put_input(page, item, given,
            "inputmode=\"decimal\" maxlength=\"20\" autocomplete=\"off\"", out);
  if (unit.kind != VALUE_TEXT) return;
  buf_printf(out, "<p class=\"h\">%s", page_say(page, "单位：", "Unit: "));
  if (value_is(&unit, "Cel"))
    buf_puts(out, "℃");
  else
    html_value(out, &unit);
  buf_puts(out, "</p>");
}

static void put_long_text(const struct page *page, const struct value *item,
                          const struct value *given, struct buf *out) {
  buf_puts(out, "<textarea rows=\"4\" maxlength=\"1000\" aria-label=\"");
  struct value text = value_field(item, "text");
  struct value words = text_in(&text, page->english ? "en" : "zh");
  html_value(out, &words);
  buf_puts(out, "\" name=\"");
  put_name(item, out);
  buf_puts(out, "\">");
  html_value(out, given);
  buf_puts(out, "</textarea>");
}

static void put_control(const struct page *page, const struct value *item,
                        const struct value *given, struct buf *out) {
  struct value kind = value_field(item, "kind");
  if (value_is(&kind, "choice"))
    put_choice(page, item, given, out);
  else if (value_is(&kind, "yesno"))
    put_yesno(page, item, given, out);
  else if (value_is(&kind, "scale"))
    put_scale(page, item, given, out);
  else if (value_is(&kind, "number"))
    put_number(page, item, given, out);
  else if (value_is(&kind, "date"))
    put_input(page, item, given, "type=\"date\"", out);
  else if (value_is(&kind, "photo"))
    page_photo(page, item, out);
  else
    put_long_text(page, item, given, out);
}

void page_item(const struct page *page, const struct value *item,
               const struct value *given, const struct page_fault *fault,
               struct buf *out) {
  buf_puts(out, "<fieldset><legend>");
  put_question(page, item, out);
  buf_puts(out, "</legend>");
  put_fault(item, fault, out);
  put_control(page, item, given, out);
  buf_puts(out, "</fieldset>");
}

static void number_words(const struct page *page, const struct value *item,
                         struct page_fault *fault) {
  struct value min = value_field(item, "min"), max = value_field(item, "max"),
               kind = value_field(item, "kind");
  if (min.kind == VALUE_NIL || max.kind == VALUE_NIL)
    snprintf(
        fault->text, sizeof fault->text, "%s",
        page_say(page, "请填数字，例如 36.8。", "Please type a number, such as 36.8."));
  else if (value_is(&kind, "scale"))
    snprintf(fault->text, sizeof fault->text,
             page_say(page, "请选 %g 到 %g 之间的一个整数。",
                      "Please choose a whole number from %g to %g."),
             value_real_or(&min, 0), value_real_or(&max, 0));
  else  // no example: a number in the middle would be copied, and may be a fever
    snprintf(fault->text, sizeof fault->text,
             page_say(page, "请填 %g 到 %g 之间的数字。",
                      "Please type a number from %g to %g."),
             value_real_or(&min, 0), value_real_or(&max, 0));
}

void page_fault_words(const struct page *page, const struct value *item, bool empty,
                      struct page_fault *fault) {
  struct value kind = value_field(item, "kind"), id = value_field(item, "id");
  const char *words = page_say(page, "这里的内容太长或有看不懂的字，请改短一点。",
                               "This is too long or can't be read. Please shorten it.");
  snprintf(fault->item, sizeof fault->item, "%.*s", (int)id.text.len, id.text.data);
  if (value_is(&kind, "choice") || value_is(&kind, "yesno"))
    words = page_say(page, "请选一项。", "Please choose one.");
  else if (empty)
    words = page_say(page, "请回答这一题。", "Please answer this question.");
  else if (value_is(&kind, "date"))
    words = page_say(page, "请填日期，例如 2026-03-01,不要填以后的日子。",
                     "Please give a date such as 2026-03-01, not in the future.");
  else if (value_is(&kind, "number") || value_is(&kind, "scale")) {
    number_words(page, item, fault);
    return;
  }
  snprintf(fault->text, sizeof fault->text, "%s", words);
}
