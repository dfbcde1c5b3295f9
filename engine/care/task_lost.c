#include "care/task_lost.h"

#include "care/message.h"
#include "care/task.h"

enum { ATTEMPTS = 3, DAYS = 2, TIMES = 2, CALLS = 500 };

struct tried {
  int64_t since;  // the last time that somebody answered
  int attempts, days, times, untried;
};

// Morning, afternoon, evening.
static unsigned time_of_day(const struct civil *civil) {
  return 1u << (civil->hour < 12 ? 0 : civil->hour < 18 ? 1 : 2);
}

static void count_call(const struct zone *zone, int64_t at, int64_t *last_day,
                       unsigned *times, struct tried *out) {
  struct civil civil = zone_civil(zone, at);
  int64_t day = civil_days(civil.year, civil.month, civil.day);
  if (day != *last_day) out->days++;
  *last_day = day;
  *times |= time_of_day(&civil);
  out->attempts++;
}

// Back to the last call that somebody answered.
static void count_calls(struct care *care, int64_t patient, const struct zone *zone,
                        struct tried *out) {
  int64_t last_day = INT64_MIN;
  unsigned times = 0;
  struct stmt *rows = store_query(care->store,
                                  "SELECT at, code, counts FROM call WHERE patient=?1"
                                  " ORDER BY at DESC, id DESC LIMIT ?2",
                                  "ii", patient, (int64_t)CALLS);
  while (stmt_row(rows)) {
    const struct result_code *code = result_code_find(stmt_text(rows, 1));
    if (code && code->spoke) {
      out->since = stmt_int(rows, 0);
      break;
    }
    if (stmt_int(rows, 2)) count_call(zone, stmt_int(rows, 0), &last_day, &times, out);
  }
  stmt_done(rows);
  for (; times; times &= times - 1) out->times++;
}

// Working numbers of the patient and the contacts that were not rung since.
static int count_untried(struct care *care, int64_t patient, int64_t since) {
  return (int)store_int(
      care->store, 0,
      "SELECT count(*) FROM identity i WHERE i.person IN (SELECT ?1 UNION ALL SELECT "
      "person"
      " FROM contact WHERE patient=?1 AND opted_out_at IS NULL) AND i.kind='phone' AND"
      " coalesce(i.flag,'') NOT IN ('void','placeholder') AND NOT EXISTS (SELECT 1 FROM"
      " call c WHERE c.patient=?1 AND c.at>?2 AND c.counts AND (c.identity=i.id OR"
      " c.identity IN (SELECT o.id FROM identity o WHERE o.value=i.value AND"
      " o.kind='phone')))",
      "ii", patient, since);
}

int lost_check(struct care *care, int64_t patient, const char *department,
               struct status *status) {
  struct tried tried = {0};
  if (!patient)
    return status_fail(status, ERR_INVALID, "only a patient can be lost to follow-up");
  count_calls(care, patient, care_patient_zone(care, patient, department), &tried);
  tried.untried = count_untried(care, patient, tried.since);
  if (tried.attempts >= ATTEMPTS && tried.days >= DAYS && tried.times >= TIMES &&
      !tried.untried)
    return OK;
  return status_fail(
      status, ERR_CONFLICT,
      "lost (失访) needs %d attempts on %d days at %d times of day (morning, "
      "afternoon, evening) on all numbers; so far %d on %d at %d, and %d "
      "not rung yet",
      ATTEMPTS, DAYS, TIMES, tried.attempts, tried.days, tried.times, tried.untried);
}

static void put_note(struct care *care, int64_t patient, const char *what,
                     const char *staff, const char *note) {
  struct buf text = {0};
  buf_printf(&text, "%s: %s%s%s", what, staff, note ? ", " : "", note ? note : "");
  store_exec(care->store, "INSERT INTO note (patient, at, text) VALUES (?1,?2,?3)", "iit",
             patient, kernel_now(care->kernel), text.data);
  buf_deinit(&text);
}

static void audit(struct care *care, int64_t patient, const char *staff,
                  const char *action) {
  struct buf object = {0};
  buf_printf(&object, "patient:%lld", (long long)patient);
  care_audit(care, staff, action, object.data, "");
  buf_deinit(&object);
}

void lost_set(struct care *care, int64_t patient, const char *staff) {
  store_exec(care->store, "UPDATE contact SET unreachable_at=?2 WHERE patient=?1", "ii",
             patient, kernel_now(care->kernel));
  put_note(care, patient, "lost to follow-up (失访)", staff, NULL);
  audit(care, patient, staff, "patient.lost");
}

void lost_take_back(struct care *care, int64_t patient, const char *staff,
                    const char *note) {
  store_exec(care->store, "UPDATE contact SET unreachable_at=NULL WHERE patient=?1", "i",
             patient);
  put_note(care, patient, "found again", staff, note);
  audit(care, patient, staff, "patient.found");
  message_wake_for_patient(care, patient);
}
