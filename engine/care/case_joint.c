// Departments that a person puts beside the lead of a running case, and takes away again:
// "case.join" and "case.leave" { case, to, reason, staff }. What the triage's route says
// stays as it is; this stands over it, also when the case is looked at anew.
#include "base/mem.h"
#include "care/case_class.h"
#include "care/case_desk.h"
#include "care/mapping.h"
#include "care/task.h"

enum { POST_MOST = 60 };

struct change {
  struct case_deed deed;
  char *post;
  bool joins;
};

static bool is_beside(struct care *care, int64_t id, const char *post) {
  struct buf joint = {0};
  struct value view, item;
  bool found = false;
  case_field(care, id, 0, "joint", &joint);
  value_read(joint.data, joint.len, &view);
  struct value_iter iter = value_iterate(&view);
  while (!found && value_next(&iter, NULL, &item)) found = value_is(&item, post);
  buf_deinit(&joint);
  return found;
}

static bool is_lead(struct care *care, int64_t id, const char *post) {
  struct buf lead = {0};
  struct value view;
  case_field(care, id, 0, "lead", &lead);
  value_read(lead.data, lead.len, &view);
  bool is = value_is(&view, post);
  buf_deinit(&lead);
  return is;
}

static int refuse(struct care *care, const struct change *change, struct status *status) {
  int64_t id = change->deed.id;
  if (!change->post || !*change->post)
    return status_fail(status, ERR_INVALID,
                       "field \"to\" is missing; give the department's duty post");
  if (change->joins && is_lead(care, id, change->post))
    return status_fail(status, ERR_CONFLICT, "%s leads this case already", change->post);
  if (change->joins == is_beside(care, id, change->post))
    return status_fail(status, ERR_CONFLICT,
                       change->joins ? "%s handles this case already"
                                     : "%s is not beside the lead of this case",
                       change->post);
  return OK;
}

// --- the facts

static void put_list(struct buf *out, const struct value *joint,
                     const struct change *change) {
  struct value item;
  struct value_iter iter = value_iterate(joint);
  size_t begun = value_begin_list(out);
  uint32_t count = 0;
  while (value_next(&iter, NULL, &item)) {
    if (value_is(&item, change->post)) continue;
    value_put(out, &item);
    count++;
  }
  if (change->joins) {
    value_put_text(out, change->post);
    count++;
  }
  value_end(out, begun, count);
}

static void put_beside(struct buf *out, const struct value *beside,
                       const struct change *change) {
  struct merge merge = {0};
  struct value key, item, joins = {.kind = VALUE_BOOL, .boolean = change->joins};
  struct value_iter iter = value_iterate(beside);
  while (value_next(&iter, &key, &item)) {
    char *post = value_copy_text(&key);
    merge_value(&merge, post, &item);
    mem_free(post);
  }
  merge_value(&merge, change->post, &joins);
  merge_end(&merge, out);
}

static void merged(const char *bytes, size_t len, const struct change *change,
                   struct buf *out) {
  struct merge merge = {0};
  struct buf list = {0}, beside = {0};
  struct value facts = {0};
  value_read(bytes, len, &facts);
  struct value joint = value_field(&facts, "joint"), hand = value_field(&facts, "beside");
  put_list(&list, &joint, change);
  put_beside(&beside, &hand, change);
  merge_bytes(&merge, bytes, len);
  merge_encoded(&merge, "joint", &list);
  merge_encoded(&merge, "beside", &beside);
  merge_end(&merge, out);
  buf_deinit(&list);
  buf_deinit(&beside);
}

static void keep(struct care *care, const struct change *change) {
  size_t len;
  struct buf facts = {0};
  struct stmt *row =
      store_query(care->store, "SELECT facts FROM case_file WHERE enrollment=?1", "i",
                  change->deed.id);
  if (stmt_row(row)) {
    const char *bytes = stmt_bytes(row, 0, &len);
    merged(bytes, len, change, &facts);
  }
  stmt_done(row);
  store_exec(care->store,
             "UPDATE case_file SET facts=?2, revision=revision+1 WHERE enrollment=?1",
             "ib", change->deed.id, facts.data, facts.len);
  buf_deinit(&facts);
}

// --- the work

// Due when the others' is; by the form that its triage names for it.
static void open_part(struct care *care, const struct change *change) {
  int64_t id = change->deed.id;
  struct status status = {0};
  struct stmt *row = store_query(
      care->store,
      "SELECT sender, department, triage, (SELECT max(due_at) FROM task WHERE"
      " patient=sender AND task.enrollment=?1 AND status='open'), (SELECT max(id) FROM "
      "run"
      " WHERE patient=sender AND run.enrollment=?1 AND ended_at IS NULL) FROM case_file"
      " WHERE enrollment=?1",
      "i", id);
  if (!stmt_row(row)) {
    stmt_done(row);
    return;
  }
  char *department = mem_copy_text(stmt_text(row, 1)),
       *triage = mem_copy_text(stmt_text(row, 2));
  struct buf name = {0};
  buf_printf(&name, "part-%s", change->post);
  struct task_spec spec = {.patient = stmt_int(row, 0),
                           .enrollment = id,
                           .run = stmt_int(row, 4),
                           .department = department,
                           .name = name.data,
                           .role = change->post,
                           .note = change->deed.reason,
                           .due_at = stmt_int(row, 3)};
  stmt_done(row);
  struct value pathway = catalog_find(care->catalog, department, "pathway", triage),
               part = value_field(&pathway, "part");
  char *form = value_copy_text(&part);
  spec.form = form;
  if (!spec.due_at)
    spec.due_at = task_due(care, department, change->post, "1bd", &status);
  task_open(care, &spec);
  buf_deinit(&name);
  mem_free(form);
  mem_free(department);
  mem_free(triage);
}

bool case_joint_asked(struct care *care, int64_t run, int64_t enrollment,
                      const char *name) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM task t JOIN case_step s ON s.enrollment=?2 AND"
                   " s.what='joined' AND s.at=t.opened_at AND t.name='part-' ||"
                   " substr(s.detail, 1, instr(s.detail, ': ')-1) WHERE t.run=?1 AND"
                   " t.name=?3 AND t.opened_at>=coalesce((SELECT max(at) FROM case_step"
                   " WHERE enrollment=?2 AND what='reopened'), 0) LIMIT 1",
                   "iit", run, enrollment, name) != 0;
}

static void withdraw_part(struct care *care, const struct change *change) {
  struct buf name = {0};
  buf_printf(&name, "part-%s", change->post);
  task_withdraw_of_case(care, change->deed.id, name.data, change->deed.reason);
  buf_deinit(&name);
}

// Its clocks are looked at anew: what is promised where several handle it (WARD 23),
// counted from when the round began.
static void make(struct care *care, const struct change *change) {
  struct buf detail = {0};
  keep(care, change);
  buf_printf(&detail, "%s: %s", change->post, change->deed.reason);
  case_step(care, change->deed.id, change->joins ? "joined" : "left", change->deed.staff,
            detail.data);
  if (change->joins)
    open_part(care, change);
  else
    withdraw_part(care, change);
  case_class_look(care, change->deed.id);
  buf_deinit(&detail);
}

static int apply(struct care *care, struct inbox_row *row, bool joins,
                 struct status *status) {
  struct change change = {.joins = joins};
  int code = case_deed_read(care, &row->body, &change.deed, status);
  if (!code) code = field_text(&row->body, "to", POST_MOST, &change.post, status);
  if (!code) code = refuse(care, &change, status);
  if (!code) make(care, &change);
  mem_free(change.deed.reason);
  mem_free(change.post);
  return code;
}

static int apply_join(void *self, struct inbox_row *row, struct status *status) {
  return apply(self, row, true, status);
}

static int apply_leave(void *self, struct inbox_row *row, struct status *status) {
  return apply(self, row, false, status);
}

void case_joint_handlers(struct care *care) {
  static const struct inbox_handler handlers[] = {
      {.kind = "case.join", .apply = apply_join},
      {.kind = "case.leave", .apply = apply_leave}};
  for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
    kernel_handle_inbox(care->kernel, &handlers[i], care);
}
