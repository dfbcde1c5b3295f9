#include "care/improvement.h"

#include <string.h>

#include "base/mem.h"
#include "care/case.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/task.h"

enum { TITLE_MOST = 300, WORD_MOST = 60, FIELDS = 7 };

// --- the cases that it is for

static int link_one(struct care *care, int64_t improvement, const struct value *number,
                    const char *staff, struct status *status) {
  char *text = value_copy_text(number);
  int64_t id = store_int(care->store, 0,
                         "SELECT enrollment FROM case_file c JOIN improvement i ON"
                         " i.department=c.department AND i.id=?2 WHERE number=?1",
                         "ti", text ? text : "", improvement);
  if (id) {
    store_exec(care->store,
               "INSERT INTO improvement_case (improvement, enrollment) VALUES (?1,?2) ON"
               " CONFLICT DO NOTHING",
               "ii", improvement, id);
    if (store_changes(care->store)) case_step(care, id, "improvement", staff, NULL);
  } else {
    status_fail(status, ERR_NOT_FOUND,
                "field \"cases\": that department has no case of the number '%.40s'",
                text ? text : "?");
  }
  mem_free(text);
  return status->code;
}

static int link_all(struct care *care, int64_t improvement, const struct value *body,
                    const char *staff, struct status *status) {
  struct value list = value_field(body, "cases"), number;
  if (list.kind == VALUE_TEXT) return link_one(care, improvement, &list, staff, status);
  struct value_iter iter = value_iterate(&list);
  while (!status->code && value_next(&iter, NULL, &number))
    link_one(care, improvement, &number, staff, status);
  return status->code;
}

// --- a new one

struct proposed {
  char staff[STAFF_SIZE];
  union {
    struct {
      char *department, *title, *owner, *lead, *stage, *type, *ward;
    };
    char *all[FIELDS];  // owned
  };
  int64_t due_at;
};

static int read_proposed(struct care *care, const struct value *body,
                         struct proposed *out, struct status *status) {
  static const char *const names[FIELDS] = {"department", "title", "owner", "lead",
                                            "stage",      "type",  "ward"};
  *out = (struct proposed){0};
  int code = field_staff(body, out->staff, status);
  for (int i = 0; !code && i < FIELDS; i++)
    code =
        field_text(body, names[i], i == 1 ? TITLE_MOST : WORD_MOST, &out->all[i], status);
  for (int i = 0; !code && i < 3; i++)
    if (!out->all[i] || !*out->all[i])
      code = status_fail(status, ERR_INVALID, "field \"%s\" is missing", names[i]);
  if (code) return code;
  code = field_moment(care, body, "due", care_zone(care, out->department), &out->due_at,
                      status);
  if (!code && out->due_at <= kernel_now(care->kernel))
    code = status_fail(status, ERR_INVALID, "field \"due\" lies in the past");
  return code;
}

static int64_t open_task(struct care *care, const struct proposed *proposed) {
  return task_open(care, &(struct task_spec){.department = proposed->department,
                                             .name = "improvement",
                                             .role = proposed->owner,
                                             .note = proposed->title,
                                             .due_at = proposed->due_at});
}

static int64_t insert(struct care *care, const struct proposed *proposed, int64_t task) {
  store_exec(care->store,
             "INSERT INTO improvement (department, title, lead, stage, type, ward, task,"
             " opened_at, opened_by) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
             "ttttttiit", proposed->department, proposed->title, proposed->lead,
             proposed->stage, proposed->type, proposed->ward, task,
             kernel_now(care->kernel), proposed->staff);
  return store_last_id(care->store);
}

static void tell(struct inbox_row *row, int64_t improvement, int64_t task) {
  struct mapping map = mapping_begin(&row->result);
  mapping_int(&map, "improvement", improvement);
  mapping_int(&map, "status", 200);
  if (task) mapping_int(&map, "task", task);
  mapping_end(&map);
}

static int apply_new(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct proposed proposed;
  int code = read_proposed(care, &row->body, &proposed, status);
  if (!code) {
    int64_t task = open_task(care, &proposed), id = insert(care, &proposed, task);
    code = link_all(care, id, &row->body, proposed.staff, status);
    if (!code) tell(row, id, task);
  }
  for (int i = 0; i < FIELDS; i++) mem_free(proposed.all[i]);
  return code;
}

static int apply_link(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  char staff[STAFF_SIZE];
  int64_t id = 0;
  if (field_staff(&row->body, staff, status) ||
      field_id(&row->body, "improvement", &id, status) ||
      link_all(care, id, &row->body, staff, status))
    return status->code;
  tell(row, id, 0);
  return OK;
}

void improvement_handlers(struct care *care) {
  static const struct inbox_handler handlers[] = {
      {.kind = "improvement.new", .apply = apply_new},
      {.kind = "improvement.link", .apply = apply_link}};
  for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
    kernel_handle_inbox(care->kernel, &handlers[i], care);
}
