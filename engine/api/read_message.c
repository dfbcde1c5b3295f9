// Messages: what will be sent, what was, and what became of it.
#include "api/read_message.h"

#include <string.h>

#include "api/access.h"
#include "api/known.h"
#include "api/read.h"

// The time of a message: when it was sent, ended, or is due. Rows are in the order in
// which they were made, which is not that of their times: none waits longer than
// MESSAGE_WAIT_MS.
#define MOMENT "coalesce(accepted_at, settled_at, due_at, created_at)"
#define MESSAGE_WAIT_MS (62 * (int64_t)CIVIL_DAY_MS)

enum { SCANNED = 50000 };  // rows that a page looks at, 20 ms of the loop at most

// A head for each index, so that a long past costs nothing.
#define MESSAGES(head) \
  "SELECT " READ_MESSAGE_COLUMNS " FROM message WHERE " head                            \
  " AND id>?2 AND " ACCESS_DEPARTMENT("department", "1")                                \
  " AND (?4 IS NULL OR status=?4) AND (?5 IS NULL OR department=?5) AND (?6 IS NULL OR" \
  " " READ_MESSAGE_REASON "=?6) AND (?8 IS NULL OR channel=?8) AND (?9 IS NULL OR (name=?9 AND"          \
  " kind='send')) AND (?10 IS NULL OR (name=?10 AND kind IN ('ask','remind'))) AND"     \
  " (?11=0 OR " MOMENT ">=?11) AND (?12=0 OR " MOMENT "<?12) AND (?13 IS NULL OR"       \
  " status IN (SELECT value FROM json_each(?13))) AND (?14 IS NULL OR"                  \
  " " READ_MESSAGE_OUTCOME "=?14) AND (?16 IS NULL OR class=?16) AND (?17 IS NULL OR"  \
  " kind=?17) AND (?18 IS NULL OR " READ_MESSAGE_PERSON "=?18) AND (?19 IS NULL OR"     \
  " " READ_MESSAGE_PATHWAY "=?19) ORDER BY id LIMIT ?3"
// Of a contact: those of the patients whom it serves.
#define OF_CONTACT \
  "patient IN (SELECT patient FROM contact WHERE person=?18 UNION ALL SELECT ?18)"
#define WAITING                                                                         \
  "?7 IS NULL AND ?15=0 AND id IN (SELECT ref FROM due WHERE class IN (0,3) AND kind=3" \
  " UNION SELECT id FROM message WHERE status IN ('held','in_flight','in_doubt'))"

const char read_message_spec[] =
    "id:@m number:s patient:@p enrollment:@e run:@r question:@q alert:@a department:s "
    "kind:s class:s name:s audience:s status:s reason:s outcome:s created_at:z due_at:z "
    "valid_until:z channel:s attempts:i accepted_at:z settled_at:z read_at:z pathway:s "
    "contact:@c rung:s";

struct filters {
  const char *status, *department, *reason, *channel, *template, *form, *state, *outcome,
      *class_, *kind, *pathway;
  int64_t patient, contact, since, until;
};

static const char *words_of(const char *state) {
  if (!state) return NULL;
  if (!strcmp(state, "waiting"))
    return "[\"planned\",\"held\",\"in_flight\",\"in_doubt\"]";
  return strcmp(state, "sent") ? "[\"failed\",\"suppressed\",\"cancelled\"]"
                               : "[\"accepted\",\"delivered\"]";
}

static bool read_filters(struct call *call, struct filters *out) {
  bool bad = false;
  out->status = call_filter_word(
      call, "status",
      "planned held in_flight accepted delivered failed suppressed in_doubt cancelled",
      &bad);
  out->state = call_filter_word(call, "state", "waiting sent ended", &bad);
  out->outcome = call_filter_word(call, "outcome",
                                  "accepted delivered answered silent held suppressed "
                                  "unreachable no-contact opted-out cancelled in-doubt",
                                  &bad);
  out->department = known_department_filter(call, &bad);
  out->class_ = call_filter_word(call, "class",
                                 "general questionnaire medicine visit education safety "
                                 "marketing staff",
                                 &bad);
  out->kind = call_filter_word(call, "kind", "ask remind send page", &bad);
  out->pathway = call_filter(call, "pathway", &bad);
  bad = bad || (out->pathway && !known_pathway(call, out->department, out->pathway));
  out->contact = call_filter_id(call, "contact", 'c', &bad);
  out->reason = call_filter(call, "reason", &bad);
  out->channel = call_filter(call, "channel", &bad);
  out->template = call_filter(call, "template", &bad);
  out->form = call_filter(call, "form", &bad);
  out->patient = call_filter_id(call, "patient", 'p', &bad);
  out->since = call_filter_time(call, "since", &bad);
  out->until = call_filter_time(call, "until", &bad);
  return !bad;
}

// The first message that was made then or later: their numbers rise with their times.
static int64_t first_since(struct call *call, int64_t since) {
  struct store *store = call->care->store;
  int64_t low = 1, high = 1 + store_int(store, 0, "SELECT max(id) FROM message", "");
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    int64_t at = store_int(
        store, since, "SELECT created_at FROM message WHERE id>=?1 ORDER BY id LIMIT 1",
        "i", middle);
    if (at >= since)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static bool is_open(const struct filters *filters) {
  static const char *const open[] = {"held", "in_flight", "in_doubt"};
  for (size_t i = 0; filters->status && i < sizeof open / sizeof *open; i++)
    if (!strcmp(filters->status, open[i])) return true;
  return filters->state && !strcmp(filters->state, "waiting");
}

// Rows from..to of the table are looked at; to 0: there is an index for what is asked.
static void bound(struct list *list, const struct filters *filters, int64_t *to) {
  bool whole = !filters->patient && !filters->contact && !is_open(filters);
  int64_t from = list->after;
  if (whole && filters->since > MESSAGE_WAIT_MS)
    from = first_since(list->call, filters->since - MESSAGE_WAIT_MS) - 1;
  if (from > list->after) list->after = from;
  *to = whole ? list->after + (filters->pathway ? SCANNED / 4 : SCANNED) : 0;
}

static struct stmt *query(struct list *list, const struct filters *filters, int64_t to) {
  const char *sql = filters->patient   ? MESSAGES("patient=?7 AND ?15=0")
                    : filters->contact ? MESSAGES("?7 IS NULL AND ?15=0 AND " OF_CONTACT)
                    : is_open(filters) ? MESSAGES(WAITING)
                                       : MESSAGES("?7 IS NULL AND id<=?15");
  return store_query(
      list->call->care->store, sql, "tiitttItttiittittIt", access_departments(list->call),
      list->after, list->limit + 1, filters->status, filters->department, filters->reason,
      filters->patient, filters->channel, filters->template, filters->form,
      filters->since, filters->until, words_of(filters->state), filters->outcome, to,
      filters->class_, filters->kind, filters->contact, filters->pathway);
}

void read_messages(struct call *call) {
  struct list list;
  struct filters filters;
  int64_t to;
  if (!read_filters(call, &filters) || !list_begin(&list, call, 'm')) return;
  bound(&list, &filters, &to);
  struct stmt *row = query(&list, &filters, to);
  while (list_row(&list, row)) call_put_row(call, &list.json, row, read_message_spec);
  stmt_done(row);
  if (to && !list.more &&
      store_int(call->care->store, 0, "SELECT max(id)>?1 FROM message", "i", to)) {
    list.more = true;
    list.last = to;
  }
  list_end(&list);
}

static void put_attempts(struct call *call, struct json *json, int64_t message) {
  struct stmt *row = store_query(call->care->store,
                                 "SELECT channel, key, status, started_at, ended_at,"
                                 " provider_id, detail FROM attempt WHERE message=?1"
                                 " ORDER BY id LIMIT 200",
                                 "i", message);
  json_key(json, "tries");
  json_open(json, '[');
  while (stmt_row(row))
    call_put_row(
        call, json, row,
        "channel:s key:s status:s started_at:z ended_at:z provider_id:s detail:s");
  stmt_done(row);
  json_close(json, ']');
}

// Those that left in one text with it.
void read_message_together(struct call *call, struct json *json, int64_t message) {
  struct stmt *row = store_query(
      call->care->store,
      "WITH text(carrier) AS (SELECT coalesce((SELECT carrier FROM carried WHERE"
      " message=?1), ?1)) SELECT id, name FROM message WHERE id<>?1 AND id IN (SELECT"
      " carrier FROM text UNION ALL SELECT c.message FROM text JOIN carried c ON"
      " c.carrier=text.carrier)",
      "i", message);
  json_key(json, "together");
  json_open(json, '[');
  while (stmt_row(row)) call_put_row(call, json, row, "id:@m name:s");
  stmt_done(row);
  json_close(json, ']');
}

// What people decided about it, and by whom.
static void put_deeds(struct call *call, struct json *json, int64_t message) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT deed, staff, at, note FROM message_deed WHERE message=?1 ORDER BY id", "i",
      message);
  json_key(json, "decided");
  json_open(json, '[');
  while (stmt_row(row)) call_put_row(call, json, row, "deed:s by:s at:z note:s");
  stmt_done(row);
  json_close(json, ']');
}

void read_message(struct call *call) {
  struct buf out = {0};
  struct json json = {.out = &out};
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT " READ_MESSAGE_COLUMNS
                  " FROM message WHERE id=?2 AND " ACCESS_DEPARTMENT("department", "1"),
                  "ti", access_departments(call), call_row(call, 1, 'm'));
  if (stmt_row(row)) {
    json_open(&json, '{');
    call_put_fields(call, &json, row, read_message_spec);
    put_attempts(call, &json, stmt_int(row, 0));
    put_deeds(call, &json, stmt_int(row, 0));
    read_rungs(call, &json, stmt_int(row, 0), 0);
    read_message_together(call, &json, stmt_int(row, 0));
    json_close(&json, '}');
  }
  stmt_done(row);
  if (out.len)
    call_send(call, 200, &out, NULL);
  else
    call_problem(call, 404, "there is no such message among those you see");
  buf_deinit(&out);
}
