#include "care/case_team.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/case.h"
#include "care/duty.h"

enum { POST_SIZE = 128 };

const char *case_part_word(enum case_part part) {
  static const char *const words[] = {"outside", "helper", "receiver", "office"};
  return words[part];
}

bool case_is_anonymous(struct care *care, int64_t enrollment) {
  struct buf flag = {0};
  struct value view;
  case_field(care, enrollment, 0, "anonymous", &flag);
  value_read(flag.data, flag.len, &view);
  bool anonymous = value_true(&view);
  buf_deinit(&flag);
  return anonymous;
}

// A post, "staff:li", or a login.
static bool is_held(struct care *care, const char *department, const char *post,
                    const char *staff) {
  if (!post || !*post) return false;
  if (!strncmp(post, "staff:", 6)) post += 6;
  return strcmp(post, staff) == 0 || duty_holds(care, department, post, staff);
}

static bool is_held_value(struct care *care, const char *department,
                          const struct value *post, const char *staff) {
  char *text = value_copy_text(post);
  bool held = is_held(care, department, text, staff);
  mem_free(text);
  return held;
}

// The post's backups are its heads.
static bool is_office(struct care *care, const char *department, const char *triage,
                      const char *staff) {
  struct value pathway = catalog_find(care->catalog, department, "pathway", triage),
               receiver = value_field(&pathway, "receiver"), post;
  char *name = value_copy_text(&receiver);
  struct value roster =
      name ? catalog_find(care->catalog, department, "roster", name) : (struct value){0};
  struct value backup = value_field(&roster, "backup");
  struct value_iter iter = value_iterate(&backup);
  bool found = is_held(care, department, name, staff) ||
               is_held_value(care, department, &backup, staff);
  while (!found && value_next(&iter, NULL, &post))
    found = is_held_value(care, department, &post, staff);
  mem_free(name);
  return found;
}

// Work of the case that this person has, had, or may take; not what was withdrawn from
// their post before they began.
static bool has_work(struct care *care, int64_t enrollment, const char *department,
                     const char *staff) {
  bool found = false;
  struct stmt *rows =
      store_query(care->store,
                  "SELECT CASE WHEN status<>'withdrawn' THEN role END, claimed_by, "
                  "closed_by FROM task WHERE enrollment=?1 AND"
                  " patient=(SELECT sender FROM case_file WHERE enrollment=?1)",
                  "i", enrollment);
  while (!found && stmt_row(rows)) {
    const char *claimed = stmt_text(rows, 1), *closed = stmt_text(rows, 2);
    found = (claimed && !strcmp(claimed, staff)) || (closed && !strcmp(closed, staff)) ||
            is_held(care, department, stmt_text(rows, 0), staff);
  }
  stmt_done(rows);
  return found;
}

static bool is_named(struct care *care, int64_t enrollment, const char *department,
                     const char *staff) {
  struct buf lead = {0}, joint = {0};
  struct value view, post;
  case_field(care, enrollment, 0, "lead", &lead);
  case_field(care, enrollment, 0, "joint", &joint);
  value_read(lead.data, lead.len, &view);
  bool found = is_held_value(care, department, &view, staff);
  value_read(joint.data, joint.len, &view);
  struct value_iter iter = value_iterate(&view);
  while (!found && value_next(&iter, NULL, &post))
    found = is_held_value(care, department, &post, staff);
  buf_deinit(&lead);
  buf_deinit(&joint);
  return found;
}

enum case_part case_part_of(struct care *care, int64_t enrollment, const char *staff) {
  struct stmt *row =
      store_query(care->store,
                  "SELECT department, triage, coalesce(receiver, '') FROM case_file WHERE"
                  " enrollment=?1",
                  "i", enrollment);
  enum case_part part = CASE_OUTSIDE;
  if (!stmt_row(row)) {
    stmt_done(row);
    return part;
  }
  char *department = mem_copy_text(stmt_text(row, 0)),
       *triage = mem_copy_text(stmt_text(row, 1)),
       *receiver = mem_copy_text(stmt_text(row, 2));
  stmt_done(row);
  if (is_office(care, department, triage, staff))
    part = CASE_OFFICE;
  else if (is_held(care, department, receiver, staff))
    part = CASE_RECEIVER;
  else if (is_named(care, enrollment, department, staff) ||
           has_work(care, enrollment, department, staff))
    part = CASE_HELPER;
  mem_free(department);
  mem_free(triage);
  mem_free(receiver);
  return part;
}
