// One page: a row of who was called, and the message.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/alert_row.h"
#include "care/case_receiver.h"
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

// "receiver" is whoever is responsible for the case (WARD 22); the post itself without
// one. Whom the case complains of is passed over; in the end the site's own post is
// paged.
static void find_staff(struct care *care, const struct alert *alert,
                       char role[ALERT_ROLE_SIZE], char staff[ALERT_ROLE_SIZE]) {
  char found[STAFF_SIZE] = "";
  int64_t enrollment = store_int(
      care->store, 0, "SELECT enrollment FROM alert WHERE id=?1", "i", alert->id);
  if (!strcmp(role, "receiver")) case_receiver(care, enrollment, found);
  if (found[0]) snprintf(role, ALERT_ROLE_SIZE, "%s", found);
  duty_find(care, alert->department, role, staff, ALERT_ROLE_SIZE);
  if (!case_accuses(care, enrollment, staff[0] ? staff : role)) return;
  snprintf(found, sizeof found, "%s", staff[0] ? staff : role);
  duty_find_but(care, alert->department, role, found, staff, ALERT_ROLE_SIZE);
  if (!staff[0]) snprintf(role, ALERT_ROLE_SIZE, "%s", care->site->overdue_role);
}

// Two posts of one rung may be one person's.
static bool is_paged(struct care *care, const struct alert *alert, const char *role,
                     const char *staff) {
  return store_int(
             care->store, 0,
             "SELECT 1 FROM page WHERE alert=?1 AND round=?2 AND rung=?3 AND at=?4"
             " AND coalesce(staff, replace(role, 'staff:', ''))=replace(?5, 'staff:', '')"
             " LIMIT 1",
             "iiiit", alert->id, alert->round, alert->rung, kernel_now(care->kernel),
             staff[0] ? staff : role) != 0;
}

bool alert_page(struct care *care, const struct alert *alert, const char *post,
                const char *via, int64_t until) {
  char role[ALERT_ROLE_SIZE], staff[ALERT_ROLE_SIZE], audience[ALERT_ROLE_SIZE + 8];
  snprintf(role, sizeof role, "%s", post);
  find_staff(care, alert, role, staff);
  if (is_paged(care, alert, role, staff)) return staff[0] != '\0';
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
  return staff[0] != '\0';
}

bool alert_page_post(struct care *care, const struct alert *alert, const char *post,
                     const char *via, int64_t until) {
  struct case_posts posts = {0};
  bool reached = false;
  if (strcmp(post, "handler") != 0) return alert_page(care, alert, post, via, until);
  case_at_work(care,
               store_int(care->store, 0, "SELECT enrollment FROM alert WHERE id=?1", "i",
                         alert->id),
               &posts);
  for (int i = 0; i < posts.count; i++)
    reached = alert_page(care, alert, posts.names[i], via, until) || reached;
  return reached;
}
