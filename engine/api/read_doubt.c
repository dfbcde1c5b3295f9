// GET messages/in-doubt: those of which nobody knows whether they left, with both ways
// out and what each leads to, in words.
#include <string.h>

#include "api/access.h"
#include "api/known.h"
#include "api/read.h"
#include "api/read_message.h"
#include "base/iso.h"

struct doubt {  // what the consequences depend on; texts borrowed from the row
  const char *kind, *class_, *within, *remind;
  int64_t valid_until;
  bool waited_for;   // a run waits for it
  bool rungs_ahead;  // its ask or send goes on without it
};

// Ends in the moment at which it is decided by itself.
static void put_until(struct call *call, const struct doubt *doubt, struct buf *out) {
  char until[ISO_SIZE];
  iso_format(doubt->valid_until, care_site_zone(call->care), until);
  buf_printf(out, "until %.10s %.5s", until, until + 11);
}

static bool is_kind(const struct doubt *doubt, const char *kind) {
  return strcmp(doubt->kind, kind) == 0;
}

static bool is_class(const struct doubt *doubt, const char *word) {
  return strcmp(doubt->class_, word) == 0;
}

// What it means for the reader to get the same twice.
static const char *twice(const struct doubt *doubt) {
  if (is_class(doubt, "medicine"))
    return " Who reads it twice may take the medicine twice: ask first.";
  if (!is_kind(doubt, "send"))
    return " Both lead to the same questions, and one answer counts.";
  if (is_class(doubt, "visit")) return " Both name the same visit.";
  return "";
}

// What it means when it never arrived.
static const char *never(const struct doubt *doubt) {
  if (is_class(doubt, "medicine")) return "a dose may be missed";
  if (is_class(doubt, "visit")) return "the visit may be missed";
  if (is_class(doubt, "safety")) return "a warning was not read";
  return is_kind(doubt, "send") ? "it was never read" : "nobody was asked";
}

static void put_resend(struct call *call, const struct doubt *doubt, struct buf *out) {
  buf_printf(out,
             "It goes again by the first channel that is open, under a new number; if it "
             "left before, it arrives twice.%s",
             twice(doubt));
  if (is_kind(doubt, "ask") && doubt->waited_for)
    buf_printf(out, " The time for an answer (%s) begins when it is taken.",
               doubt->within ? doubt->within : "as long as the question is open");
  buf_puts(out, " It may go ");
  put_until(call, doubt, out);
  buf_putc(out, '.');
}

static void put_sent(const struct doubt *doubt, struct buf *out) {
  buf_printf(out, "Nothing goes. If it did not arrive, %s, and no try follows.",
             never(doubt));
  if (is_kind(doubt, "ask") && doubt->waited_for)
    buf_printf(out,
               " The time for an answer (%s) begins now; without one it counts as "
               "silent, and the run goes on as with a silent patient.",
               doubt->within ? doubt->within : "as long as the question is open");
  if (is_kind(doubt, "ask") && doubt->remind)
    buf_printf(out, " The reminder goes %s from now.", doubt->remind);
  if (is_kind(doubt, "send") && doubt->waited_for)
    buf_puts(out, " The run goes on as if it was read.");
}

static void put_choice(struct json *json, const char *decision, const struct buf *means) {
  json_open(json, '{');
  json_key(json, "decision");
  json_text(json, decision);
  json_key(json, "means");
  json_text(json, buf_text(means));
  json_close(json, '}');
}

static void put_choices(struct call *call, struct json *json, const struct doubt *doubt) {
  struct buf means = {0};
  json_key(json, "choices");
  json_open(json, '[');
  put_resend(call, doubt, &means);
  put_choice(json, "resend", &means);
  buf_clear(&means);
  put_sent(doubt, &means);
  put_choice(json, "sent", &means);
  json_close(json, ']');
  buf_clear(&means);
  buf_puts(&means, "It waits ");
  put_until(call, doubt, &means);
  if (doubt->rungs_ahead)
    buf_puts(&means, ", or until its rung's time is over: then the next rung begins.");
  else
    buf_printf(&means, ", then it ends as failed%s.",
               doubt->waited_for ? ", and its run hears in-doubt" : "");
  json_key(json, "undecided");
  json_text(json, means.data);
  buf_deinit(&means);
}

// The run that waits for it.
#define WAITS                                                       \
  "FROM run WHERE run.id=message.run AND run.ended_at IS NULL AND " \
  "run.wait=message.kind AND"                                       \
  " run.wait_ref=coalesce(message.question, message.id)"
// What left in another's text is decided about with that one.
#define DOUBTS \
  "SELECT " READ_MESSAGE_COLUMNS                                                       \
  ", (SELECT max(a.id) FROM attempt a WHERE a.message=message.id), remind,"            \
  " (SELECT within " WAITS "), EXISTS (SELECT 1 " WAITS                                \
  "), EXISTS (SELECT 1 FROM rung r JOIN rung o ON o.ladder=r.ladder AND"               \
  " o.position>r.position WHERE r.message=message.id AND r.left_at IS NULL)"           \
  " FROM message WHERE status='in_doubt' AND id>?2 AND NOT EXISTS (SELECT 1 FROM"     \
  " carried JOIN message c ON c.id=carried.carrier WHERE carried.message=message.id"   \
  " AND c.status='in_doubt') AND " ACCESS_DEPARTMENT("department", "1")                \
  " AND (?4 IS NULL OR department=?4) AND (?5 IS NULL OR patient=?5) ORDER BY id LIMIT ?3"
enum {  // of these columns
  KIND = 8,
  CLASS = 9,
  VALID_UNTIL = 17,
  ATTEMPT = READ_MESSAGE_COUNT,
  REMIND,
  WITHIN,
  WAITED_FOR,
  RUNGS_AHEAD
};

static void put_attempt(struct call *call, struct json *json, int64_t attempt) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT started_at, ended_at, key, detail FROM attempt WHERE id=?1", "i", attempt);
  if (stmt_row(row))
    call_put_fields(call, json, row, "tried_at:z doubted_at:z key:s detail:s");
  stmt_done(row);
}

static void put_doubt(struct call *call, struct json *json, struct stmt *row) {
  struct doubt doubt = {.kind = stmt_text(row, KIND),
                        .class_ = stmt_text(row, CLASS),
                        .within = stmt_text(row, WITHIN),
                        .remind = stmt_text(row, REMIND),
                        .valid_until = stmt_int(row, VALID_UNTIL),
                        .waited_for = stmt_int(row, WAITED_FOR) != 0,
                        .rungs_ahead = stmt_int(row, RUNGS_AHEAD) != 0};
  json_open(json, '{');
  call_put_fields(call, json, row, read_message_spec);
  put_attempt(call, json, stmt_int(row, ATTEMPT));
  read_message_together(call, json, stmt_int(row, 0));
  put_choices(call, json, &doubt);
  json_close(json, '}');
}

void read_doubts(struct call *call) {
  struct list list;
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  int64_t patient = call_filter_id(call, "patient", 'p', &bad);
  if (bad || !list_begin(&list, call, 'm')) return;
  struct stmt *row =
      store_query(call->care->store, DOUBTS, "tiitI", access_departments(call),
                  list.after, list.limit + 1, department, patient);
  while (list_row(&list, row)) put_doubt(call, &list.json, row);
  stmt_done(row);
  list_end(&list);
}
