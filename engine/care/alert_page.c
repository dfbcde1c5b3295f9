// One page: a row of who was called, and the message.
#include <stdio.h>

#include "care/alert_row.h"
#include "care/mapping.h"
#include "care/message.h"

static int64_t plan_message(struct care *care, const struct alert *alert,
                            const char *audience, const char *via, int64_t until) {
  struct buf fields = {0};
  struct value view;
  struct mapping map = mapping_begin(&fields);
  mapping_int(&map, "alert", alert->id);
  mapping_text(&map, "department", alert->department);
  mapping_text(&map, "level", alert->level);
  mapping_text(&map, "name", alert->name);
  if (alert->patient) mapping_int(&map, "patient", alert->patient);
  mapping_text(&map, "reason", alert->reason);
  mapping_end(&map);
  value_read(buf_text(&fields), fields.len, &view);
  int64_t id = message_plan(care, &(struct message_spec){.patient = alert->patient,
                                                         .alert = alert->id,
                                                         .department = alert->department,
                                                         .kind = "page",
                                                         .class_ = "staff",
                                                         .name = alert->name,
                                                         .audience = audience,
                                                         .via = via,
                                                         .fields = &view,
                                                         .valid_until = until});
  buf_deinit(&fields);
  return id;
}

void alert_page(struct care *care, const struct alert *alert, const char *role,
                const char *via, int64_t until) {
  char staff[ALERT_ROLE_SIZE], audience[ALERT_ROLE_SIZE + 8];
  duty_find(care, alert->department, role, staff, sizeof staff);
  snprintf(audience, sizeof audience, "%s:%s", staff[0] ? "staff" : "role",
           staff[0] ? staff : role);
  int64_t message =
      plan_message(care, alert, audience, via && via[0] ? via : NULL, until);
  store_exec(care->store,
             "INSERT INTO page (alert, rung, round, role, staff, via, at, message)"
             " VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
             "iiitttii", alert->id, alert->rung, alert->round, role,
             staff[0] ? staff : NULL, via && via[0] ? via : NULL,
             kernel_now(care->kernel), message);
}
