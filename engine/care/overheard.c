#include "care/overheard.h"

#include <string.h>

#include "care/case.h"
#include "care/enrollment.h"
#include "care/mapping.h"

bool overheard_is(const char *channel) {
  return channel && (strcmp(channel, "robot") == 0 || strcmp(channel, "reply") == 0);
}

void overheard(struct care *care, const struct overheard *words) {
  char number[CASE_NUMBER_SIZE];
  struct buf body = {0};
  struct value view;
  case_new_number(care, number);
  struct mapping map = mapping_begin(&body);
  mapping_int(&map, "about", words->patient);
  mapping_text(&map, "channel", words->channel);
  mapping_text(&map, "number", number);
  mapping_text(&map, "sure", "phone");
  mapping_text(&map, "text", words->text);
  mapping_end(&map);
  value_read(body.data, body.len, &view);
  event_record(care, words->patient, "feedback", words->at, 0, 0, &view);
  buf_deinit(&body);
}
