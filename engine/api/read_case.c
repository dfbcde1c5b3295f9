// Cases: the list by time left, and one with its clocks, its ledger and its work.
#include <string.h>

#include "api/access.h"
#include "api/desk.h"
#include "api/desk_case.h"
#include "api/desk_case_files.h"
#include "api/known.h"
#include "api/read.h"
#include "base/iso.h"

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

static void put_facts(struct json *json, struct stmt *row, const char *const names[]) {
  size_t len;
  const char *bytes = stmt_bytes(row, FACTS_COLUMN, &len);
  struct value facts;
  if (!value_read(bytes, len, &facts)) return;
  for (; *names; names++) {
    struct value field = value_field(&facts, *names);
    if (field.kind == VALUE_NIL) continue;
    json_key(json, *names);
    json_value(json, &field);
  }
}

// No words of the sender in a list.
static void put_line(struct list *list, struct stmt *row) {
  static const char *const names[] = {"nature", "stage", "type",  "urgency",
                                      "lead",   "stars", "order", NULL};
  while (list_row(list, row)) {
    json_open(&list->json, '{');
    call_put_fields(list->call, &list->json, row, case_spec);
    put_facts(&list->json, row, names);
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

static void put_case(struct call *call, struct json *json, struct stmt *row, int64_t id) {
  static const char *const names[] = {
      "text",    "stars", "score",     "nature",   "stage",   "type",
      "urgency", "topic", "faq",       "lead",     "because", "joint",
      "ward",    "order", "anonymous", "concerns", NULL};
  struct store *store = call->care->store;
  call_put_fields(call, json, row, case_spec);
  json_key(json, "item");
  json_open(json, '{');
  put_facts(json, row, names);
  json_close(json, '}');
  read_case_files_put(call, json, call->segments[1]);
  put_clocks(call, json, id);
  put_rows(call, json, "steps",
           store_query(store,
                       "SELECT at, what, who, detail FROM case_step WHERE enrollment=?1"
                       " ORDER BY id",
                       "i", id),
           "at:z what:s who:s detail:s");
  put_rows(call, json, "tasks",
           store_query(store,
                       "SELECT id, name, role, status, due_at, claimed_by, code FROM task"
                       " WHERE patient=(SELECT sender FROM case_file WHERE"
                       " enrollment=?1) AND enrollment=?1 ORDER BY id",
                       "i", id),
           "id:@t name:s role:s status:s due_at:z claimed_by:s code:s");
}

int64_t read_case_find(struct call *call) {
  int64_t id =
      store_int(call->care->store, 0,
                "SELECT enrollment FROM case_file WHERE number=?2 AND " ACCESS_DEPARTMENT(
                    "department", "1"),
                "tt", access_departments(call), call->segments[1]);
  if (!id) call_problem(call, 404, "there is no case of this number among those you see");
  return id;
}

void read_case(struct call *call) {
  struct buf out = {0}, object = {0}, objects = {0};
  struct json json = {.out = &out};
  int64_t id = read_case_find(call);
  if (!id) return;
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT " CASE_COLUMNS
                  " FROM case_file c JOIN enrollment e ON e.id=c.enrollment"
                  " LEFT JOIN clock k ON k.id=" FIRST_CLOCK " WHERE c.enrollment=?2",
                  "tii", access_departments(call), id, kernel_now(call->care->kernel));
  json_open(&json, '{');
  if (stmt_row(row)) put_case(call, &json, row, id);
  json_close(&json, '}');
  stmt_done(row);
  size_t begun = value_begin_list(&objects);
  buf_printf(&object, "case:%s", call->segments[1]);
  value_put_text(&objects, object.data);
  value_end(&objects, begun, 1);
  desk_audited(call, "case.read", &objects, NULL, &out);
  buf_deinit(&objects);
  buf_deinit(&object);
  buf_deinit(&out);
}
