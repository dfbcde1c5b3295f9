#include "care/expect_road.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/ladder.h"
#include "care/ladder_steps.h"
#include "care/message_about.h"
#include "care/message_gate.h"

// The channels that are tried; of rungs the first one's, and whom that is for.
static char *channels(struct care *care, const struct sending *sending,
                      struct road *road) {
  struct value via = value_field(sending->args, "via"), channel;
  int64_t places[LADDER_RUNGS];
  if (!ladder_wanted(&via)) return sending_via(sending);
  if (!ladder_order(care, sending, places)) return NULL;
  struct value rung = value_at(&via, (uint32_t)places[0] - 1);
  channel = rung.kind == VALUE_TEXT ? rung : value_field(&rung, "channel");
  char *to = value_copy_field(&rung, "to");
  if (to) mem_free(road->to), road->to = to;
  return value_copy_text(&channel);
}

static char *relation(struct care *care, int64_t patient, int64_t person) {
  if (patient == person) return NULL;
  return store_text(care->store,
                    "SELECT relation FROM contact WHERE patient=?1 AND person=?2", "ii",
                    patient, person);
}

static void reach(struct care *care, const struct sending *sending, const char *via,
                  struct road *road) {
  struct message_about about = {0};
  struct gate gate = {0};
  struct message message = {.patient = sending->run->patient,
                            .enrollment = sending->run->enrollment,
                            .department = sending->run->department,
                            .kind = (char *)sending->kind,
                            .class_ = road->class_,
                            .name = (char *)sending->name,
                            .audience = road->to,
                            .via = (char *)via,
                            .about = &about};
  if (gate_first_road(care, &message, &gate)) {
    snprintf(road->channel, sizeof road->channel, "%s", gate.channel);
    road->person = relation(care, message.patient, gate.person);
  } else {
    road->reason = gate.reason;
  }
}

// A call is work for a person, who has the numbers.
void road_find(struct care *care, const struct sending *sending, struct road *out) {
  *out = (struct road){.class_ = sending_class(care, sending),
                       .to = value_copy_field(sending->args, "to")};
  if (!out->to) out->to = mem_copy_text("patient");
  char *via = channels(care, sending, out);
  if (via && !strcmp(via, "call"))
    snprintf(out->channel, sizeof out->channel, "call");
  else
    reach(care, sending, via, out);
  mem_free(via);
}

void road_deinit(struct road *road) {
  mem_free(road->class_);
  mem_free(road->to);
  mem_free(road->person);
}
