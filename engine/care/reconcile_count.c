#include "care/reconcile_count.h"

#include <string.h>

// In a bed again before any step of a follow-up began.
#define READMITTED(discharge, stay, since)                                            \
  "EXISTS (SELECT 1 FROM encounter r WHERE r.patient=" discharge                      \
  ".patient AND r.id<>" stay ".id AND r.status<>'cancelled' AND r.admitted_at>=" stay \
  ".discharged_at" since                                                              \
  " AND NOT EXISTS (SELECT 1 FROM enrollment e JOIN run ON run.enrollment=e.id WHERE" \
  " e.patient=" discharge ".patient AND run.kind='step' AND run.started_at>=" stay    \
  ".discharged_at AND run.started_at<=r.admitted_at))"

// A stay counts once a night, whatever came of it twice.
#define LAST_OF_STAY(event, kind, until)                                               \
  "NOT EXISTS (SELECT 1 FROM event l WHERE l.patient=" event                           \
  ".patient AND l.encounter=" event ".encounter AND l.kind='" kind "' AND l.id>" event \
  ".id AND l.id<=" until ")"

static const char by_fate[] =
    "SELECT CASE WHEN died_at IS NOT NULL OR leaving='death' THEN 1 WHEN"
    " leaving='transfer' THEN 2 WHEN " READMITTED("d", "s", "") " THEN 3 WHEN"
    " leaving='against-advice' OR disputed_at IS NOT NULL THEN 4 ELSE 0 END,"
    " count(*) FROM event d JOIN patient ON patient.id=d.patient JOIN"
    " encounter s ON s.id=d.encounter WHERE d.id>?1 AND d.id<=?2 AND d.kind='discharge'"
    " AND s.status='out' AND " LAST_OF_STAY("d", "discharge", "?3") " GROUP BY 1";

// Counted as eligible in an earlier night. CROSS: from the day's admissions, not from all
// discharges there ever were.
static const char readmitted_since[] =
    "SELECT count(DISTINCT s.id) FROM event a JOIN encounter n ON n.id=a.encounter CROSS "
    "JOIN"
    " event d ON d.patient=a.patient AND d.id<=?1 AND d.kind='discharge' JOIN encounter s"
    " ON s.id=d.encounter AND s.status='out' AND s.discharged_at<=n.admitted_at JOIN"
    " patient ON patient.id=d.patient WHERE a.id>?2 AND a.id<=?3 AND a.kind='admission'"
    " AND " LAST_OF_STAY("a", "admission", "?4") " AND"
    " coalesce(s.leaving,'') NOT IN ('transfer','against-advice') AND disputed_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM encounter b WHERE b.patient=d.patient AND"
    " b.id NOT IN (s.id, n.id) AND b.status<>'cancelled' AND"
    " b.admitted_at>=s.discharged_at AND b.admitted_at<n.admitted_at) AND " READMITTED(
        "d", "s", " AND r.id=n.id");

static void count_fates(struct store *store, const struct night_part *part,
                        struct night_counts *out) {
  int64_t fates[5] = {0};
  struct stmt *rows = store_query(store, by_fate, "iii", part->from.event, part->to.event,
                                  part->until.event);
  while (stmt_row(rows)) fates[stmt_int(rows, 0)] = stmt_int(rows, 1);
  stmt_done(rows);
  out->deaths += fates[1];
  out->transfers += fates[2];
  out->readmitted += fates[3];
  out->listed += fates[4];
  out->discharges += fates[0] + fates[1] + fates[2] + fates[3] + fates[4];
}

// A death in the ward is a discharge to the hospital, and none to scripts.
static void count_deaths(struct store *store, const struct night_part *part,
                         struct night_counts *out) {
  int64_t in_ward = store_int(
      store, 0,
      "SELECT count(*) FROM event d WHERE d.id>?1 AND d.id<=?2 AND d.kind='death' AND"
      " EXISTS (SELECT 1 FROM encounter s WHERE s.patient=d.patient AND"
      " s.leaving='death')",
      "ii", part->from.event, part->to.event);
  out->deaths += in_ward;
  out->discharges += in_ward;
}

// Most nights of a small ward, and all of a quiet world in a spec, bring little: what
// can't count anything isn't asked for.
static void count_discharges(struct store *store, const struct night_part *part,
                             struct night_counts *out) {
  struct stmt *row = store_query(store,
                                 "SELECT total(kind='discharge'), total(kind='death'),"
                                 " total(kind='admission') FROM event WHERE id>?1 AND"
                                 " id<=?2",
                                 "ii", part->from.event, part->to.event);
  bool found = stmt_row(row), left = found && stmt_int(row, 0) > 0,
       died = found && stmt_int(row, 1) > 0, came = found && stmt_int(row, 2) > 0;
  stmt_done(row);
  if (left) count_fates(store, part, out);
  if (died) count_deaths(store, part, out);
  if (came)
    out->readmitted += store_int(store, 0, readmitted_since, "iiii", part->last.event,
                                 part->from.event, part->to.event, part->until.event);
  out->eligible =
      out->discharges - out->deaths - out->transfers - out->readmitted - out->listed;
}

static void count_runs(struct store *store, int64_t from, int64_t until,
                       struct night_counts *out) {
  struct stmt *row = store_query(
      store,
      "SELECT count(*), total(EXISTS (SELECT 1 FROM message m WHERE m.patient="
      "run.patient AND m.run=run.id AND attempts>0) OR EXISTS (SELECT 1 FROM task t WHERE"
      " t.patient=run.patient AND t.run=run.id)), total(EXISTS (SELECT 1 FROM message m"
      " WHERE m.patient=run.patient AND m.run=run.id AND accepted_at IS NOT NULL) OR"
      " EXISTS (SELECT 1 FROM task t WHERE t.patient=run.patient AND t.run=run.id AND"
      " status='done')) FROM run WHERE id>?1 AND id<=?2 AND kind='step'",
      "ii", from, until);
  if (stmt_row(row)) {
    out->due += stmt_int(row, 0);
    out->attempted += stmt_int(row, 1);
    out->reached += stmt_int(row, 2);
  }
  stmt_done(row);
}

void reconcile_ids(struct care *care, struct night_ids *out,
                   int64_t newest[NIGHT_FAULTS]) {
  struct stmt *row = store_query(
      care->store,
      "SELECT (SELECT max(id) FROM event), (SELECT max(id) FROM enrollment), (SELECT "
      "max(id) FROM run), (SELECT max(id) FROM skip), (SELECT max(id) FROM alert), "
      "(SELECT max(id) FROM message)",
      "");
  int64_t ids[6] = {0};
  bool found = stmt_row(row);
  for (int i = 0; found && i < 6; i++) ids[i] = stmt_int(row, i);
  stmt_done(row);
  *out = (struct night_ids){ids[0], ids[1], ids[2], ids[3]};
  const int64_t may_be_wrong[NIGHT_FAULTS] = {ids[1], ids[4], ids[2], ids[5]};
  memcpy(newest, may_be_wrong, sizeof may_be_wrong);
}

static void count_enrolled(struct store *store, const struct night_part *part,
                           struct night_counts *out) {
  out->enrolled += store_int(
      store, 0,
      "SELECT count(*) FROM enrollment e WHERE e.id>?1 AND e.id<=?2 AND"
      " coalesce(e.ended_reason,'')<>'discharge-cancelled' AND NOT EXISTS (SELECT 1 FROM"
      " enrollment l WHERE l.patient=e.patient AND l.event=e.event AND l.id>e.id AND"
      " l.id<=?3 AND coalesce(l.ended_reason,'')<>'discharge-cancelled')",
      "iii", part->from.enrollment, part->to.enrollment, part->until.enrollment);
}

void reconcile_count(struct care *care, const struct night_part *part,
                     struct night_counts *out) {
  const struct night_ids *from = &part->from, *to = &part->to;
  if (to->event > from->event) count_discharges(care->store, part, out);
  if (to->enrollment > from->enrollment) count_enrolled(care->store, part, out);
  if (to->run > from->run) count_runs(care->store, from->run, to->run, out);
  if (to->skip > from->skip)
    out->due +=
        store_int(care->store, 0, "SELECT count(*) FROM skip WHERE id>?1 AND id<=?2",
                  "ii", from->skip, to->skip);
}
