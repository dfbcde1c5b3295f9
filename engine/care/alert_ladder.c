// The rungs of an alert's escalation: the definition of its department's active bundle,
// else the site's own ladder, which stands behind all.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/span.h"
#include "care/alert_row.h"
#include "care/case.h"

enum {
  REPEATS = 3,  // of the last rung, before the site's ladder is paged as well
  VIA_SIZE = 256,
  ACT_MS = CIVIL_DAY_MS,  // to act, where the escalation doesn't say
};

struct ladder {
  struct value body, levels;
  int64_t count;  // 0: the site's
};

struct rung {
  struct value roles;  // text or list
  char via[VIA_SIZE];
  int64_t until;  // unacknowledged by then: the next one
};

static struct ladder ladder_of(struct care *care, const struct alert *alert) {
  struct ladder ladder = {.body = catalog_find(care->catalog, alert->department,
                                               "escalation", alert->escalation)};
  ladder.levels = value_field(&ladder.body, "levels");
  ladder.count = value_count(&ladder.levels);
  return ladder;
}

static void copy_text(const struct value *text, char *out, size_t size) {
  out[0] = '\0';
  if (text->kind == VALUE_TEXT)
    snprintf(out, size, "%.*s", (int)text->text.len, text->text.data);
}

static bool read_hours(const struct value *map, struct window *window) {
  char text[256];
  struct status status = {0};
  struct value hours = value_field(map, "hours");
  copy_text(&hours, text, sizeof text);
  if (!text[0]) return false;
  if (window_parse(text, window, &status) == OK) return true;
  log_line(LOG_LEVEL_ERROR, "alert.hours", "error=\"%s\"", status.text);
  return false;  // a page too many rather than none
}

// Outside the escalation's hours nobody is paged; opens gets the moment at which that
// ends.
static bool is_asleep(struct care *care, const struct alert *alert,
                      const struct ladder *ladder, int64_t *opens) {
  struct window window;
  const struct zone *zone = care_zone(care, alert->department);
  int64_t now = kernel_now(care->kernel);
  return read_hours(&ladder->body, &window) && !window_inside(&window, zone, now) &&
         window_next_inside(&window, zone, now, opens);
}

// Passes over rungs outside their hours, never the last.
static int64_t next_rung(struct care *care, const struct alert *alert,
                         const struct ladder *ladder) {
  int64_t rung = alert->rung < ladder->count ? alert->rung + 1 : ladder->count;
  const struct zone *zone = care_zone(care, alert->department);
  for (; rung < ladder->count; rung++) {
    struct window window;
    struct value level = value_at(&ladder->levels, (uint32_t)rung - 1);
    if (!read_hours(&level, &window) ||
        window_inside(&window, zone, kernel_now(care->kernel)))
      break;
  }
  return rung;
}

static void first_role(const struct value *roles, char *out, size_t size) {
  struct value first = roles->kind == VALUE_LIST ? value_at(roles, 0) : *roles;
  copy_text(&first, out, size);
}

// A span from now, in the working time of a post; otherwise that many ms.
static int64_t span_from_now(struct care *care, const struct alert *alert,
                             const char *role, const struct value *text,
                             int64_t otherwise) {
  char copy[64];
  struct span span;
  struct status status = {0};
  int64_t now = kernel_now(care->kernel), at = 0;
  copy_text(text, copy, sizeof copy);
  if (!copy[0]) return now + otherwise;
  if (span_parse(copy, &span, &status) ||
      span_add(now, &span, care_zone(care, alert->department),
               catalog_role_calendar(care->catalog, alert->department, role), &at,
               &status)) {
    log_line(LOG_LEVEL_ERROR, "alert.span", "alert=%lld error=\"%s\"",
             (long long)alert->id, status.text);
    return now + otherwise;
  }
  return at >= now + CIVIL_MINUTE_MS ? at : now + CIVIL_MINUTE_MS;
}

static void join_via(const struct value *via, char *out, size_t size) {
  struct value item;
  struct value_iter iter = value_iterate(via);
  size_t used = 0;
  copy_text(via, out, size);
  while (value_next(&iter, NULL, &item)) {
    if (item.kind != VALUE_TEXT || used + item.text.len + 2 > size) continue;
    used += (size_t)snprintf(out + used, size - used, "%s%.*s", used ? "," : "",
                             (int)item.text.len, item.text.data);
  }
}

static struct rung rung_at(struct care *care, const struct alert *alert,
                           const struct ladder *ladder, int64_t number) {
  char role[ALERT_ROLE_SIZE];
  struct rung rung = {0};
  struct value level = value_at(&ladder->levels, (uint32_t)number - 1);
  struct value via = value_field(&level, "via"),
               within = value_field(&level, "ack_within");
  rung.roles = value_field(&level, "page");
  join_via(&via, rung.via, sizeof rung.via);
  first_role(&rung.roles, role, sizeof role);
  rung.until = span_from_now(care, alert, role, &within, ALERT_SITE_MS);
  return rung;
}

static bool names_role(const struct value *roles, const char *role) {
  struct value item;
  struct value_iter iter = value_iterate(roles);
  if (value_is(roles, role)) return true;
  while (value_next(&iter, NULL, &item))
    if (value_is(&item, role)) return true;
  return false;
}

// This rung was paged already, and what is not urgent has called the post within the
// hour: the one page speaks for all of it.
static bool is_spoken_for(struct care *care, const struct alert *alert,
                          const char *role) {
  if (alert_is_urgent(alert)) return false;
  return store_int(care->store, 0,
                   "SELECT 1 FROM page WHERE alert=?1 AND round=?2 AND rung=?3 AND "
                   "role=?4 LIMIT 1",
                   "iiit", alert->id, alert->round, alert->rung, role) &&
         store_int(
             care->store, 0,
             "SELECT 1 FROM page JOIN alert a ON a.id=page.alert WHERE role=?1 AND "
             "page.at>?2 AND a.department=?3 AND " ALERT_NOT_URGENT("a.level") " LIMIT 1",
             "tit", role, kernel_now(care->kernel) - CIVIL_HOUR_MS, alert->department);
}

// Whether it reaches a person, by this page or by one that speaks for it.
static bool page_post(struct care *care, const struct alert *alert,
                      const struct rung *rung, const char *role) {
  if (!*role) return false;
  if (is_spoken_for(care, alert, role)) return true;
  return alert_page_post(care, alert, role, rung->via, rung->until);
}

static bool page_rung(struct care *care, const struct alert *alert,
                      const struct rung *rung) {
  char role[ALERT_ROLE_SIZE];
  struct value item;
  struct value_iter iter = value_iterate(&rung->roles);
  copy_text(&rung->roles, role, sizeof role);
  bool reached = page_post(care, alert, rung, role);
  while (value_next(&iter, NULL, &item)) {
    copy_text(&item, role, sizeof role);
    reached = page_post(care, alert, rung, role) || reached;
  }
  return reached;
}

static const char *site_role(const struct care *care) {
  const char *role = care->site->overdue_role;
  return role && *role ? role : "head-nurse";
}

static bool is_tired(struct care *care, const struct alert *alert) {
  return store_int(care->store, 0,
                   "SELECT count(*) FROM (SELECT DISTINCT at FROM page WHERE alert=?1 AND"
                   " round=?2 AND rung=?3 LIMIT ?4)",
                   "iiii", alert->id, alert->round, alert->rung,
                   (int64_t)REPEATS) == REPEATS;
}

// The site's own post stands behind a last rung that has been paged again and again, and
// behind posts that nobody holds now.
static bool is_site_called(struct care *care, const struct alert *alert, bool reached,
                           bool tired) {
  char staff[ALERT_ROLE_SIZE];
  if (tired || reached) return tired;
  duty_find(care, alert->department, site_role(care), staff, sizeof staff);
  return staff[0] != '\0';
}

// What a case's ledger says of its ladder: each level above the handler's, once.
static void tell_ledger(struct care *care, const struct alert *alert, int64_t was,
                        const struct rung *rung) {
  int64_t id = store_int(care->store, 0, "SELECT enrollment FROM alert WHERE id=?1", "i",
                         alert->id);
  char role[ALERT_ROLE_SIZE];
  struct buf detail = {0};
  if (alert->rung < 2 || alert->rung == was || !case_is(care, id)) return;
  first_role(&rung->roles, role, sizeof role);
  buf_printf(&detail, "%s level %d: %s", alert->name, (int)alert->rung, role);
  case_step(care, id, "escalated", "clock", detail.data);
  buf_deinit(&detail);
}

static void climb_department(struct care *care, struct alert *alert,
                             const struct ladder *ladder) {
  int64_t was = alert->rung;
  alert->rung = next_rung(care, alert, ladder);
  struct rung rung = rung_at(care, alert, ladder, alert->rung);
  bool tired = alert->rung == ladder->count && is_tired(care, alert);
  bool reached = page_rung(care, alert, &rung);
  tell_ledger(care, alert, was, &rung);
  if (is_site_called(care, alert, reached, tired) &&
      !names_role(&rung.roles, site_role(care))) {
    rung.via[0] = '\0';
    page_post(care, alert, &rung, site_role(care));
  }
  alert_schedule(care, alert, rung.until);
}

static void climb_site(struct care *care, struct alert *alert) {
  int64_t until = kernel_now(care->kernel) + ALERT_SITE_MS;
  alert->rung = 1;
  page_post(care, alert, &(struct rung){.until = until}, site_role(care));
  alert_schedule(care, alert, until);
}

void alert_climb(struct care *care, struct alert *alert) {
  struct ladder ladder = ladder_of(care, alert);
  int64_t opens;
  if (is_asleep(care, alert, &ladder, &opens))
    alert_schedule(care, alert, opens);
  else if (ladder.count)
    climb_department(care, alert, &ladder);
  else
    climb_site(care, alert);
  store_exec(care->store, "UPDATE alert SET rung=?2, round=?3 WHERE id=?1", "iii",
             alert->id, alert->rung, alert->round);
}

void alert_restart(struct care *care, struct alert *alert, int64_t rung) {
  store_exec(care->store, "UPDATE alert SET status='open' WHERE id=?1", "i", alert->id);
  alert->rung = rung;
  alert->round++;
  alert_climb(care, alert);
}

void alert_page_again(struct care *care, struct alert *alert, const char *role) {
  struct ladder ladder = ladder_of(care, alert);
  struct rung rung = {0};
  if (ladder.count && alert->rung <= ladder.count)
    rung = rung_at(care, alert, &ladder, alert->rung);
  alert_page(care, alert, role, rung.via, alert->next_at);
}

int64_t alert_act_until(struct care *care, const struct alert *alert) {
  char role[ALERT_ROLE_SIZE] = "";
  struct ladder ladder = ladder_of(care, alert);
  struct value within = value_field(&ladder.body, "act_within");
  if (ladder.count && alert->rung) {
    int64_t rung = alert->rung < ladder.count ? alert->rung : ladder.count;
    struct value level = value_at(&ladder.levels, (uint32_t)rung - 1);
    struct value roles = value_field(&level, "page");
    first_role(&roles, role, sizeof role);
  }
  return span_from_now(care, alert, role, &within, ACT_MS);
}
