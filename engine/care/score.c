// What answers are worth: the points that a form gives to options and to a yes.
#include "care/score.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

static bool same_text(const struct value *a, const struct value *b) {
  return a->kind == VALUE_TEXT && b->kind == VALUE_TEXT && a->text.len == b->text.len &&
         memcmp(a->text.data, b->text.data, a->text.len) == 0;
}

static struct value option_points(const struct value *item, const struct value *given) {
  struct value options = value_field(item, "options"), option;
  struct value_iter iter = value_iterate(&options);
  while (value_next(&iter, NULL, &option)) {
    struct value mark = value_field(&option, "value");
    if (same_text(&mark, given)) return value_field(&option, "score");
  }
  return (struct value){0};
}

struct value score_points(const struct value *item, const struct value *given) {
  if (given->kind == VALUE_TEXT) return option_points(item, given);
  if (given->kind == VALUE_BOOL && value_true(given)) return value_field(item, "score");
  return (struct value){0};
}

static double item_points(const struct value *item, const struct value *given) {
  struct value points = score_points(item, given), one;
  double sum = value_real_or(&points, 0);
  if (given->kind != VALUE_LIST) return sum;
  struct value_iter iter = value_iterate(given);
  while (value_next(&iter, NULL, &one)) {
    points = option_points(item, &one);
    sum += value_real_or(&points, 0);
  }
  return sum;
}

static bool gives_points(const struct value *item) {
  struct value options = value_field(item, "options"), score = value_field(item, "score"),
               option;
  if (score.kind != VALUE_NIL) return true;
  struct value_iter iter = value_iterate(&options);
  while (value_next(&iter, NULL, &option)) {
    score = value_field(&option, "score");
    if (score.kind != VALUE_NIL) return true;
  }
  return false;
}

bool score_put(const struct value *form, const struct value *values, struct buf *out) {
  struct value items = value_field(form, "items"), item;
  struct value_iter iter = value_iterate(&items);
  bool any = false;
  double sum = 0;
  while (value_next(&iter, NULL, &item)) {
    struct value id = value_field(&item, "id");
    char *name = value_copy_text(&id);
    struct value given = name ? value_field(values, name) : (struct value){0};
    any = any || gives_points(&item);
    sum += item_points(&item, &given);
    mem_free(name);
  }
  if (!any) return false;
  if (floor(sum) == sum && fabs(sum) < 1e9)
    value_put_int(out, (int64_t)sum);
  else
    value_put_real(out, sum);
  return true;
}

// Of one option the best, of many all that give anything.
static double most_points(const struct value *item) {
  struct value options = value_field(item, "options"), many = value_field(item, "many"),
               yes = value_field(item, "score"), option;
  struct value_iter iter = value_iterate(&options);
  double most = value_real_or(&yes, 0);
  while (value_next(&iter, NULL, &option)) {
    struct value score = value_field(&option, "score");
    double points = value_real_or(&score, 0);
    if (value_true(&many))
      most += points > 0 ? points : 0;
    else if (points > most)
      most = points;
  }
  return most;
}

double score_most(const struct value *form) {
  struct value items = value_field(form, "items"), item;
  struct value_iter iter = value_iterate(&items);
  double sum = 0;
  while (value_next(&iter, NULL, &item)) sum += most_points(&item);
  return sum;
}
