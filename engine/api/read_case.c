// Cases: the list by time left, and one with its clocks, its ledger and its work.
#include <string.h>

#include "api/access.h"
#include "api/case_view.h"
#include "api/desk.h"
#include "api/desk_case.h"
#include "api/desk_case_files.h"
#include "api/known.h"
#include "api/read.h"
#include "api/read_thread.h"
#include "base/mem.h"

// Its running clock that is due first.
#define FIRST_CLOCK                                                               \
  "(SELECT id FROM clock WHERE enrollment=c.enrollment AND ended_at IS NULL AND " \
  "due_at IS NOT NULL ORDER BY due_at, id LIMIT 1)"
#define CASE_COLUMNS                                                                   \
  "c.enrollment, c.number, c.department, c.triage, c.channel, c.received_at, e.tier,"  \
  " c.level, c.round, c.receiver, c.patient, c.sure, c.paused_why, k.name, k.due_at,"  \
  " k.due_at-coalesce(CASE WHEN k.pauses THEN c.paused_at END, ?3), k.breached_at IS " \
  "NOT NULL, c.closed_at,"                                                             \
  " c.closed, c.revision, c.solved, c.satisfied, c.facts"
enum { FACTS_COLUMN = 22 };
static const char case_spec[] =
    "id:@e number:s department:s triage:s channel:s received_at:z tier:s level:i round:i "
    "receiver:s patient:@p sure:s paused_why:s clock:s due_at:z left_ms:i breached:b "
    "closed_at:z closed:s revision:i solved:b satisfied:s";

static struct value facts_of(struct stmt *row) {
  size_t len;
  const char *bytes = stmt_bytes(row, FACTS_COLUMN, &len);
  struct value facts = {0};
  value_read(bytes, len, &facts);
  return facts;
}

// What of an item is not for this caller: its ward, and long numbers in its words.
static void put_fact(struct json *json, const char *name, const struct value *field,
                     const struct case_view *view) {
  struct buf text = {0};
  json_key(json, name);
  if (view && (!view->whole || view->coarse) && !strcmp(name, "ward")) {
    json_null(json);
  } else if (view && !view->whole && !strcmp(name, "text")) {
    case_view_text(field, &text);
    json_text(json, buf_text(&text));
  } else {
    json_value(json, field);
  }
  buf_deinit(&text);
}

// view NULL: none of the names is hidden from anybody.
static void put_facts(struct json *json, struct stmt *row, const char *const names[],
                      const struct case_view *view) {
  struct value facts = facts_of(row);
  for (; *names; names++) {
    struct value field = value_field(&facts, *names);
    if (field.kind != VALUE_NIL) put_fact(json, *names, &field, view);
  }
}

// In a list only the office's own token sees who it is about, and the hour at which
// somebody without a name wrote.
static void veil(struct call *call, struct stmt *row) {
  struct value facts = facts_of(row), anonymous = value_field(&facts, "anonymous");
  bool office = case_view_is_office(call, stmt_text(row, 2));
  call->masked = !office;
  call->coarse = !office && value_true(&anonymous);
}

// No words of the sender in a list.
static void put_line(struct list *list, struct stmt *row) {
  static const char *const names[] = {"nature", "stage", "type",  "urgency",
                                      "lead",   "stars", "order", NULL};
  while (list_row(list, row)) {
    json_open(&list->json, '{');
    veil(list->call, row);
    call_put_fields(list->call, &list->json, row, case_spec);
    put_facts(&list->json, row, names, NULL);
    json_close(&list->json, '}');
  }
  stmt_done(row);
}

#define FILTERS                                                           \
  ACCESS_DEPARTMENT("c.department", "1")                                  \
  " AND (?5 IS NULL OR c.department=?5) AND (?6 IS NULL OR c.channel=?6)" \
  " AND (?7 IS NULL OR c.triage=?7)"
#define BY_ID(head)                                                            \
  "SELECT " CASE_COLUMNS                                                       \
  " FROM case_file c JOIN enrollment e ON e.id=c.enrollment LEFT JOIN clock k" \
  " ON k.id=" FIRST_CLOCK " WHERE " head " AND c.enrollment>?2 AND " FILTERS   \
  " ORDER BY c.enrollment LIMIT ?4"
// Along the index of running clocks; of a case only the first.
#define BY_TIME_LEFT                                                              \
  "SELECT " CASE_COLUMNS                                                          \
  " FROM clock k JOIN case_file c ON c.enrollment=k.enrollment JOIN enrollment e" \
  " ON e.id=c.enrollment WHERE k.ended_at IS NULL AND k.due_at IS NOT NULL AND"   \
  " (k.due_at, k.id)>(?8, ?9) AND ?2=?2 AND k.id=" FIRST_CLOCK " AND " FILTERS    \
  " ORDER BY k.due_at, k.id LIMIT ?4"

static const char *const open_or_closed[] = {BY_ID("c.closed_at IS NULL"),
                                             BY_ID("c.closed_at IS NOT NULL")};

void read_cases(struct call *call) {
  struct list list;
  struct store *store = call->care->store;
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  const char *channel = call_filter(call, "channel", &bad);
  const char *triage = call_filter(call, "triage", &bad);
  const char *status = call_filter_word(call, "status", "open closed", &bad);
  const char *order = call_filter_word(call, "order", "left number", &bad);
  if (bad || !list_begin(&list, call, 'e')) return;
  bool closed = status && !strcmp(status, "closed");
  bool by_left = !closed && (!order || !strcmp(order, "left"));
  int64_t clock =
      store_int(store, 0, "SELECT " FIRST_CLOCK " FROM case_file c WHERE c.enrollment=?1",
                "i", list.after);
  int64_t due =
      store_int(store, INT64_MIN, "SELECT due_at FROM clock WHERE id=?1", "i", clock);
  const char *sql = by_left ? BY_TIME_LEFT : open_or_closed[closed];
  struct stmt *row =
      store_query(store, sql, by_left ? "tiiitttii" : "tiiittt", access_departments(call),
                  list.after, kernel_now(call->care->kernel), list.limit + 1, department,
                  channel, triage, due, clock);
  put_line(&list, row);
  list_end(&list);
}

// --- one

static void put_rows(struct call *call, struct json *json, const char *key,
                     struct stmt *row, const char *spec) {
  json_key(json, key);
  json_open(json, '[');
  while (stmt_row(row)) call_put_row(call, json, row, spec);
  json_close(json, ']');
  stmt_done(row);
}

// Why it is due then: what was promised, from when, and what was waited.
#define CLOCK_COLUMNS                                                                   \
  "k.name, k.round, k.span, CASE WHEN k.span LIKE '%b_' THEN 'working' ELSE 'natural'"  \
  " END, k.after, k.started_at, k.due_at, CASE WHEN k.ended_at IS NULL THEN"            \
  " k.due_at-coalesce(CASE WHEN k.pauses THEN c.paused_at END, ?2) END, k.paused_ms +"  \
  " CASE WHEN k.ended_at IS NULL AND k.pauses AND k.breached_at IS NULL AND"            \
  " c.paused_at IS NOT NULL THEN"                                                       \
  " ?2-max(c.paused_at,k.started_at) ELSE 0 END, k.warned_at, k.breached_at, k.met_at," \
  " k.ended_at, k.pauses, k.extend, k.extended_at, k.replaced_at"

static void put_clocks(struct call *call, struct json *json, int64_t id) {
  put_rows(call, json, "clocks",
           store_query(call->care->store,
                       "SELECT " CLOCK_COLUMNS
                       " FROM clock k JOIN case_file c USING (enrollment) WHERE"
                       " k.enrollment=?1 ORDER BY k.round, k.id",
                       "ii", id, kernel_now(call->care->kernel)),
           "name:s round:i span:s hours:s after:s started_at:z due_at:z left_ms:i "
           "paused_ms:i warned_at:z breached_at:z met_at:z ended_at:z "
           "pauses:b extend:s extended_at:z replaced_at:z");
}

static void put_case(struct call *call, struct json *json, struct stmt *row, int64_t id,
                     const struct case_view *view) {
  static const char *const names[] = {
      "text",    "stars", "score",     "nature",   "stage",   "type",
      "urgency", "topic", "faq",       "lead",     "because", "joint",
      "ward",    "order", "anonymous", "concerns", NULL};
  struct store *store = call->care->store;
  call->masked = !view->whole;
  call->coarse = view->coarse;
  call_put_fields(call, json, row, case_spec);
  json_key(json, "item");
  json_open(json, '{');
  put_facts(json, row, names, view);
  json_close(json, '}');
  case_view_put(call, json, id, view);
  read_case_files_put(call, json, call->segments[1], view->whole);
  put_clocks(call, json, id);
  put_rows(call, json, "steps",
           store_query(store,
                       "SELECT at, what, who, CASE WHEN ?2 THEN detail END FROM case_step"
                       " WHERE enrollment=?1 ORDER BY id",
                       "ii", id, (int64_t)view->whole),
           "at:z what:s who:s detail:s");
  if (view->whole) put_thread(call, json, id);
  put_rows(call, json, "tasks",
           store_query(store,
                       "SELECT id, name, role, status, due_at, claimed_by, code FROM task"
                       " WHERE patient=(SELECT sender FROM case_file WHERE"
                       " enrollment=?1) AND enrollment=?1 ORDER BY id",
                       "i", id),
           "id:@t name:s role:s status:s due_at:z claimed_by:s code:s");
}

int64_t read_case_find(struct call *call) {
  struct care *care = call->care;
  int64_t id =
      store_int(care->store, 0, "SELECT enrollment FROM case_file WHERE number=?1", "t",
                call->segments[1]);
  if (!id || (!access_case(call, id) &&
              case_part_of(care, id, call->caller->staff) == CASE_OUTSIDE)) {
    call_problem(call, 404, "there is no case of this number among those you see");
    return 0;
  }
  return id;
}

static void send_case(struct call *call, int64_t id, const struct case_view *view,
                      const char *action, const char *detail) {
  struct buf out = {0}, object = {0}, objects = {0};
  struct json json = {.out = &out};
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT " CASE_COLUMNS
                  " FROM case_file c JOIN enrollment e ON e.id=c.enrollment"
                  " LEFT JOIN clock k ON k.id=" FIRST_CLOCK " WHERE c.enrollment=?2",
                  "tii", access_departments(call), id, kernel_now(call->care->kernel));
  json_open(&json, '{');
  if (stmt_row(row)) put_case(call, &json, row, id, view);
  json_close(&json, '}');
  stmt_done(row);
  size_t begun = value_begin_list(&objects);
  buf_printf(&object, "case:%s", call->segments[1]);
  value_put_text(&objects, object.data);
  value_end(&objects, begun, 1);
  desk_audited(call, action, &objects, detail, &out);
  buf_deinit(&objects);
  buf_deinit(&object);
  buf_deinit(&out);
}

void read_case(struct call *call) {
  int64_t id = read_case_find(call);
  if (!id) return;
  struct case_view view = case_view_of(call, id);
  send_case(call, id, &view, "case.read", case_part_word(view.part));
}

void desk_case_unmask(struct call *call) {
  int64_t id = read_case_find(call);
  struct value field = value_field(&call->body, "reason");
  if (!id) return;
  struct case_view view = case_view_of(call, id);
  char *reason = value_copy_text(&field);
  if (!reason || strlen(reason) < 2 || strlen(reason) > 500)
    call_problem(call, 422, "field \"reason\" is missing; say what it is needed for");
  else if (case_is_anonymous(call->care, id))
    call_problem(call, 409,
                 "this case is anonymous and stays so: there is nothing to see");
  else
    send_case(call, id, &(struct case_view){.part = view.part, .whole = true},
              "case.unmask", reason);
  mem_free(reason);
}

// --- who had one shown to them

void read_unmaskings(struct call *call) {
  struct list list;
  bool bad = false;
  const char *number = call_filter(call, "case", &bad);
  const char *staff = call_filter(call, "staff", &bad);
  if (bad || !list_begin(&list, call, 'u')) return;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT a.id, a.at, a.actor, c.number, a.detail FROM audit a JOIN case_file c ON"
      " c.number=substr(a.object, 6) WHERE a.action='case.unmask' AND a.id>?2 AND"
      " (?4 IS NULL OR a.object='case:' || ?4) AND (?5 IS NULL OR a.actor=?5) "
      "AND " ACCESS_DEPARTMENT("c.department", "1") " ORDER BY a.id LIMIT ?3",
      "tiitt", access_departments(call), list.after, list.limit + 1, number, staff);
  while (list_row(&list, row))
    call_put_row(call, &list.json, row, "id:@u at:z staff:s case:s reason:s");
  stmt_done(row);
  list_end(&list);
}
