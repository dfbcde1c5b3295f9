#include "care/duty.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/alert.h"
#include "care/inbox_field.h"
#include "care/roster.h"

enum { POSTS = 16, FIELD = 128 };  // posts looked at, one backing up the other

static bool read_staff(struct stmt *row, char *staff, size_t size) {
  bool found = stmt_row(row);
  if (found) snprintf(staff, size, "%s", stmt_text(row, 0));
  stmt_done(row);
  return found;
}

static bool find_holder(struct care *care, const char *department, const char *role,
                        char *staff, size_t size) {
  return read_staff(
             store_query(care->store,
                         "SELECT staff FROM duty WHERE role=?1 AND since<=?2 AND"
                         " (until IS NULL OR until>?2) ORDER BY since DESC LIMIT 1",
                         "ti", role, kernel_now(care->kernel)),
             staff, size) ||
         roster_find(care, department, role, staff, size);
}

static bool find_person(struct care *care, const char *login, char *staff, size_t size) {
  return read_staff(
      store_query(care->store, "SELECT login FROM staff WHERE login=?1", "t", login),
      staff, size);
}

struct posts {
  char names[POSTS][FIELD];
  int count;
};

static void add_post(struct posts *posts, const struct value *role) {
  if (role->kind != VALUE_TEXT || role->text.len >= FIELD || posts->count == POSTS)
    return;
  for (int i = 0; i < posts->count; i++)
    if (value_is(role, posts->names[i])) return;
  memcpy(posts->names[posts->count], role->text.data, role->text.len);
  posts->names[posts->count++][role->text.len] = '\0';
}

static void add_backups(struct care *care, const char *department, const char *role,
                        struct posts *posts) {
  struct value roster = catalog_find(care->catalog, department, "roster", role), item;
  struct value backup = value_field(&roster, "backup");
  struct value_iter iter = value_iterate(&backup);
  add_post(posts, &backup);
  while (value_next(&iter, NULL, &item)) add_post(posts, &item);
}

void duty_find_but(struct care *care, const char *department, const char *role,
                   const char *but, char *staff, size_t size) {
  struct posts posts = {.count = 1};
  snprintf(posts.names[0], FIELD, "%s", role);
  for (int i = 0; i < posts.count; i++) {
    const char *name = posts.names[i];
    if ((find_holder(care, department, name, staff, size) ||
         find_person(care, name, staff, size)) &&
        strcmp(staff, but) != 0)
      return;
    add_backups(care, department, name, &posts);
  }
  staff[0] = '\0';
}

void duty_find(struct care *care, const char *department, const char *role, char *staff,
               size_t size) {
  duty_find_but(care, department, role, "", staff, size);
}

// --- who is off duty

struct posts_of {  // a person's
  struct care *care;
  const char *department, *person;
  char post[FIELD];  // one that they hold at other times
  bool on_duty;
};

static void look_at_roster(void *self, const char *role, const struct value *body) {
  struct posts_of *posts = self;
  char holder[FIELD];
  (void)body;
  if (posts->on_duty ||
      !roster_names(posts->care, posts->department, role, posts->person))
    return;
  posts->on_duty =
      find_holder(posts->care, posts->department, role, holder, sizeof holder) &&
      !strcmp(holder, posts->person);
  snprintf(posts->post, FIELD, "%s", role);
}

static void look_at_table(struct posts_of *posts) {
  int64_t now = kernel_now(posts->care->kernel);
  struct stmt *row = store_query(posts->care->store,
                                 "SELECT role, since<=?2 AND (until IS NULL OR until>?2)"
                                 " FROM duty WHERE staff=?1 ORDER BY 2, since",
                                 "ti", posts->person, now);
  while (stmt_row(row)) {
    snprintf(posts->post, FIELD, "%s", stmt_text(row, 0));
    posts->on_duty = posts->on_duty || stmt_int(row, 1);
  }
  stmt_done(row);
}

void duty_stand_in(struct care *care, const char *department, const char *person,
                   char *out, size_t size) {
  struct posts_of posts = {.care = care, .department = department, .person = person};
  catalog_each(care->catalog, department, "roster", look_at_roster, &posts);
  if (!posts.on_duty) look_at_table(&posts);
  if (posts.post[0] && !posts.on_duty) snprintf(out, size, "%s", posts.post);
}

bool duty_holds(struct care *care, const char *department, const char *role,
                const char *staff) {
  char holder[FIELD];
  return find_holder(care, department, role, holder, sizeof holder) &&
         strcmp(holder, staff) == 0;
}

struct shift {  // a request "duty.set", read
  char *role;
  char staff[STAFF_SIZE];
  int64_t since, until;  // until 0: until somebody else comes
};

static int read_shift(struct care *care, const struct value *body, struct shift *shift,
                      struct status *status) {
  struct value since = value_field(body, "since"), until = value_field(body, "until");
  const struct zone *zone = care_site_zone(care);
  shift->since = kernel_now(care->kernel);
  shift->until = 0;
  if (field_text(body, "role", FIELD - 1, &shift->role, status) ||
      field_staff(body, shift->staff, status) ||
      (since.kind && field_moment(care, body, "since", zone, &shift->since, status)) ||
      (until.kind && field_moment(care, body, "until", zone, &shift->until, status)))
    return status->code;
  if (!shift->role || !*shift->role)
    return status_fail(status, ERR_INVALID,
                       "field \"role\" is missing; give the duty post");
  if (shift->until && shift->until <= shift->since)
    return status_fail(status, ERR_INVALID,
                       "field \"until\" must be later than \"since\"");
  return OK;
}

static void put_shift(struct care *care, const struct shift *shift) {
  store_exec(care->store,
             "INSERT OR REPLACE INTO duty (role, since, until, staff) VALUES"
             " (?1,?2,?3,?4)",
             "tiIt", shift->role, shift->since, shift->until, shift->staff);
  care_audit(care, shift->staff, "duty.set", shift->role, "");
  int64_t now = kernel_now(care->kernel);
  if (shift->since <= now && (!shift->until || shift->until > now))
    alert_follow_duty(care, shift->role, shift->staff);
}

static int apply_duty(void *self, struct inbox_row *row, struct status *status) {
  struct shift shift = {0};
  int code = read_shift(self, &row->body, &shift, status);
  if (!code) put_shift(self, &shift);
  mem_free(shift.role);
  return code;
}

void duty_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "duty.set", .apply = apply_duty};
  kernel_handle_inbox(care->kernel, &handler, care);
}
