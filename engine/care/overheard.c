#include "care/overheard.h"

#include <string.h>

#include "care/feedback_said.h"

bool overheard_is(const char *channel) {
  return channel && (strcmp(channel, "robot") == 0 || strcmp(channel, "reply") == 0);
}

void overheard(struct care *care, const struct overheard *words) {
  feedback_said(care, &(struct feedback_said){.sender = words->patient,
                                              .about = words->patient,
                                              .at = words->at,
                                              .channel = words->channel,
                                              .sure = "phone",
                                              .text = words->text});
}
