// In which order a patient's rungs are climbed: those to the same person that follow each
// other go as that person wants; the family stays behind the patient.
#include <string.h>

#include "base/mem.h"
#include "care/ladder_steps.h"
#include "care/prefer.h"

struct entry {
  int64_t place;
  int rank;
  char *audience;
};

static char *audience_of(const struct sending *sending, const struct value *item) {
  char *own = value_copy_field(item, "to");
  if (!own) own = value_copy_field(sending->args, "to");
  return own ? own : mem_copy_text("patient");
}

static int rank_of(const struct preference *preference, const struct value *item) {
  struct value channel = item->kind == VALUE_TEXT ? *item : value_field(item, "channel");
  if (channel.kind != VALUE_TEXT) return 0;
  return preference_rank(preference, channel.text.data, channel.text.len);
}

// Behind those before it of the same audience that rank no higher.
static void settle_in(struct entry *list, int at) {
  struct entry entry = list[at];
  for (; at > 0 && list[at - 1].rank > entry.rank &&
         strcmp(list[at - 1].audience, entry.audience) == 0;
       at--)
    list[at] = list[at - 1];
  list[at] = entry;
}

int ladder_order(struct care *care, const struct sending *sending,
                 int64_t places[LADDER_RUNGS]) {
  const struct run *run = sending->run;
  struct value via = value_field(sending->args, "via"), item;
  struct value_iter iter = value_iterate(&via);
  struct entry list[LADDER_RUNGS];
  struct preference preference;
  int count = 0;
  for (; count < LADDER_RUNGS && value_next(&iter, NULL, &item); count++) {
    struct entry entry = {.place = count + 1, .audience = audience_of(sending, &item)};
    if (!count || strcmp(list[count - 1].audience, entry.audience) != 0)
      preference_find(&preference, care, run->department, run->patient, entry.audience);
    entry.rank = rank_of(&preference, &item);
    list[count] = entry;
    settle_in(list, count);
  }
  for (int i = 0; i < count; i++) {
    places[i] = list[i].place;
    mem_free(list[i].audience);
  }
  return count;
}
