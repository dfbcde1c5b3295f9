#include "care/low_score.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/case.h"
#include "care/feedback_said.h"
#include "care/mapping.h"
#include "care/score.h"

enum { STARS = 5, TEXT_MOST = 7000 };

struct low {  // the first mark that is low
  double mark, most;
  bool found;
};

static bool mark_of(const struct value *item, const struct value *given, double *mark) {
  struct value points = score_points(item, given);
  if (points.kind == VALUE_NIL) points = *given;
  if (points.kind != VALUE_INT && points.kind != VALUE_REAL) return false;
  *mark = value_real_or(&points, 0);
  return true;
}

static double most_of(const struct value *item) {
  struct value max = value_field(item, "max"), options = value_field(item, "options"),
               option;
  struct value_iter iter = value_iterate(&options);
  double most = value_real_or(&max, 0);
  while (value_next(&iter, NULL, &option)) {
    struct value score = value_field(&option, "score");
    if (value_real_or(&score, 0) > most) most = value_real_or(&score, 0);
  }
  return most;
}

static void look_at(const struct value *item, const struct value *given,
                    struct low *low) {
  struct value limit = value_field(item, "low");
  double mark;
  if (low->found || limit.kind == VALUE_NIL || !mark_of(item, given, &mark)) return;
  if (mark >= value_real_or(&limit, 0)) return;
  *low = (struct low){.mark = mark, .most = most_of(item), .found = true};
}

static void put_words(const struct value *item, const struct value *given,
                      struct buf *out) {
  struct value kind = value_field(item, "kind");
  if (!value_is(&kind, "text") || given->kind != VALUE_TEXT || !given->text.len) return;
  if (out->len + given->text.len > TEXT_MOST) return;
  if (out->len) buf_putc(out, '\n');
  buf_put(out, given->text.data, given->text.len);
}

static void read_answer(const struct value *form, const struct answer_given *given,
                        struct low *low, struct buf *text) {
  struct value items = value_field(form, "items"), item;
  struct value_iter iter = value_iterate(&items);
  while (value_next(&iter, NULL, &item)) {
    struct value id = value_field(&item, "id");
    char *name = value_copy_text(&id);
    struct value answer = value_field(given->values, name ? name : "");
    look_at(&item, &answer, low);
    put_words(&item, &answer, text);
    mem_free(name);
  }
}

// Who gave it: the patient, or the relative who is known by number.
static int64_t sender_of(struct care *care, const struct answer_given *given) {
  int64_t person = !strcmp(given->by_kind, "family") && given->by_who
                       ? strtoll(given->by_who, NULL, 10)
                       : 0;
  if (!person ||
      !store_int(care->store, 0, "SELECT 1 FROM contact WHERE patient=?1 AND person=?2",
                 "ii", given->patient, person))
    return given->patient;
  feedback_addressable(care, person);
  return person;
}

static int64_t stay_of(struct care *care, const struct answer_given *given) {
  return store_int(care->store, 0,
                   "SELECT event.encounter FROM enrollment JOIN event ON"
                   " event.id=enrollment.event WHERE enrollment.id=?1",
                   "i", given->enrollment);
}

static void put_mark(struct merge *merge, const struct low *low) {
  struct buf number = {0};
  value_put_real(&number, low->mark);
  if (low->mark == (double)(int64_t)low->mark)
    merge_int(merge, low->most == STARS ? "stars" : "score", (int64_t)low->mark);
  else
    merge_encoded(merge, "score", &number);
  buf_deinit(&number);
}

// Of a nurse who wrote down what she was told, it is hers until it is solved (WARD 22).
static void put_receiver(struct merge *merge, const struct answer_given *given) {
  struct buf receiver = {0};
  if (strcmp(given->by_kind, "staff") || !given->by_who || !*given->by_who) return;
  buf_printf(&receiver, "staff:%s", given->by_who);
  merge_text(merge, "receiver", receiver.data);
  buf_deinit(&receiver);
}

static void record(struct care *care, const struct answer_given *given,
                   const struct low *low, const struct buf *text) {
  struct merge merge = {0};
  int64_t stay = stay_of(care, given);
  char *ward =
      store_text(care->store, "SELECT ward FROM encounter WHERE id=?1", "i", stay);
  merge_text(&merge, "form", given->form);
  merge_text(&merge, "ward", ward);
  put_mark(&merge, low);
  put_receiver(&merge, given);
  feedback_said(care, &(struct feedback_said){.sender = sender_of(care, given),
                                              .about = given->patient,
                                              .at = kernel_now(care->kernel),
                                              .encounter = stay,
                                              .channel = "survey",
                                              .sure = "form",
                                              .stay_sure = "form",
                                              .text = buf_text(text),
                                              .more = &merge});
  mem_free(ward);
}

void low_score(struct care *care, const struct answer_given *given) {
  struct value form = catalog_find(care->catalog, given->department, "form", given->form);
  struct low low = {0};
  struct buf text = {0};
  if (given->enrollment && case_is(care, given->enrollment)) return;
  read_answer(&form, given, &low, &text);
  if (low.found) record(care, given, &low, &text);
  buf_deinit(&text);
}
