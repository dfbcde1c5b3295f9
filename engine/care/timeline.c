#include "care/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/enrollment.h"

enum { PLANNED_MOST = 20, ENROLLMENTS_MOST = 50 };

// at, what, kind, ref, department, text, and the order of what happens at one moment.
static const char story_sql[] =
    "WITH story(at, what, kind, ref, department, text, rank) AS ("
    "SELECT at, 'event', 'v', id, NULL, kind || CASE WHEN kind GLOB 'observation:*' THEN"
    "  coalesce((SELECT ' ' || coalesce(round(o.value, 3), replace(substr(o.text, 1, "
    "200),"
    "  char(10), ' ')) || coalesce(' ' || o.unit, '') || coalesce(' ' || o.flag, '') ||"
    "  coalesce(' (' || o.gone || ')', '') FROM observation o WHERE o.patient=?1 AND"
    "  o.code=substr(kind, 13) AND o.at=event.at AND o.kept_at=recorded_at LIMIT 1), '')"
    "  ELSE '' END, 1 FROM event WHERE patient=?1"
    " UNION ALL SELECT enrolled_at, 'enrolled', 'e', id, department, pathway || CASE WHEN"
    "  tier<>'' THEN ', tier ' || tier ELSE '' END, 2 FROM enrollment WHERE patient=?1"
    " UNION ALL SELECT ended_at, 'enrolled', 'e', id, department, pathway || ' ended: ' "
    "||"
    "  coalesce(ended_reason, 'complete'), 9 FROM enrollment WHERE patient=?1 AND"
    "  ended_at IS NOT NULL"
    " UNION ALL SELECT paused_at, 'enrolled', 'e', id, department, pathway || ' paused',"
    "  9 FROM enrollment WHERE patient=?1 AND status='paused' AND paused_at IS NOT NULL"
    " UNION ALL SELECT s.at, 'skipped', 'e', s.enrollment, e.department, s.step || ' of '"
    "  || s.day || ': ' || s.reason, 3 FROM skip s JOIN enrollment e ON e.id=s.enrollment"
    "  WHERE s.patient=?1"
    " UNION ALL SELECT s.at, 'skipped', 'e', s.enrollment, e.department, s.step || ' of '"
    "  || CASE s.day WHEN '*' THEN 'every day' ELSE s.day END || ' will not begin: ' || "
    "s.reason || ', by ' || s.staff, 3 FROM"
    "  enrollment e JOIN skip_ahead s ON s.enrollment=e.id WHERE e.patient=?1"
    " UNION ALL SELECT started_at, kind, 'r', id, department, name || CASE kind WHEN"
    "  'step' THEN ' of ' || day ELSE '' END || CASE WHEN ended_at IS NULL THEN ': ' ||"
    "  status || CASE WHEN wait<>'' THEN ' for ' || wait || coalesce(' ' || wait_label,"
    "  '') ELSE '' END ELSE '' END, 3 FROM run WHERE enrollment IN (SELECT id FROM"
    "  enrollment WHERE patient=?1) OR (patient=?1 AND enrollment IS NULL)"
    " UNION ALL SELECT ended_at, kind, 'r', id, department, name || ' ' || status ||"
    "  coalesce(': ' || cause, ': ' || result, ''), 8 FROM run WHERE ended_at IS NOT NULL"
    "  AND (enrollment IN (SELECT id FROM enrollment WHERE patient=?1) OR (patient=?1 AND"
    "  enrollment IS NULL))"
    " UNION ALL SELECT created_at, 'message', 'm', id, department, kind || ' ' || name ||"
    "  ' to ' || CASE WHEN audience GLOB '[0-9]*' THEN 'contact' ELSE audience END || ': "
    "'"
    "  || status || coalesce(' (' || reason || ')', ''), 4 FROM message WHERE patient=?1"
    " UNION ALL SELECT a.started_at, 'try', 'm', m.id, m.department, m.name || ' by ' ||"
    "  a.channel || ': ' || a.status || coalesce(' (' || a.detail || ')', '') ||"
    "  coalesce(', sent together with ' || (SELECT group_concat(o.name, ', ') FROM "
    "carried"
    "  c JOIN message o ON o.id=CASE m.id WHEN c.message THEN c.carrier ELSE c.message "
    "END"
    "  WHERE c.message=m.id OR c.carrier=m.id), ''), 5 FROM"
    "  message m JOIN attempt a ON a.message=m.id WHERE m.patient=?1"
    " UNION ALL SELECT r.left_at, 'rung', 'r', l.run, u.department, l.name || ' rung ' ||"
    "  r.position || ', ' || r.channel || ' to ' || r.audience || ': left, ' || r.why, 5"
    "  FROM run u JOIN ladder l ON l.run=u.id JOIN rung r ON r.ladder=l.id WHERE"
    "  r.left_at IS NOT NULL AND (u.enrollment IN (SELECT id FROM enrollment WHERE"
    "  patient=?1) OR (u.patient=?1 AND u.enrollment IS NULL))"
    " UNION ALL SELECT at, 'answer', 'w', id, department, form || ' by ' || by_kind ||"
    "  coalesce(', flag ' || level, '') || coalesce(': ' || reason, ''), 6 FROM answer"
    "  WHERE patient=?1"
    " UNION ALL SELECT a.created_at, 'photo', 'f', 0, q.department, 'photo ' || a.item ||"
    "  ', ' || ((a.bytes + 1023) / 1024) || ' KB, id ' || a.id, 6 FROM question q JOIN"
    "  attachment a ON a.question=q.id WHERE q.patient=?1"
    " UNION ALL SELECT opened_at, 'task', 't', id, department, name || ' opened for ' ||"
    "  role, 5 FROM task WHERE patient=?1"
    " UNION ALL SELECT closed_at, 'task', 't', id, department, name || ' ' || status ||"
    "  coalesce(' by ' || closed_by, '') || coalesce(': ' || code, ': ' || reason, ''), 7"
    "  FROM task WHERE patient=?1 AND closed_at IS NOT NULL"
    " UNION ALL SELECT c.at, 'call', 't', c.task, t.department, t.name || ' rung by ' ||"
    "  c.by_who || ': ' || c.code, 6 FROM call c JOIN task t ON t.id=c.task WHERE"
    "  c.patient=?1"
    // Missed ones are calls already.
    " UNION ALL SELECT d.at, 'dial', 't', t.id, t.department, t.name || ' dialled by ' ||"
    "  d.by_who || ' (' || d.channel || '): ' || d.status || CASE WHEN "
    "d.status='unknown' THEN"
    "  coalesce(', ' || d.detail, '') ELSE '' END || coalesce(', ' || d.seconds ||"
    "  ' s', ''), 6 FROM task t JOIN dial d ON d.task=t.id WHERE t.patient=?1 AND "
    "d.status"
    "  IN ('in_flight','accepted','unknown','answered','failed')"
    " UNION ALL SELECT opened_at, 'alert', 'a', id, department, name || ' opened, ' ||"
    "  level || coalesce(': ' || reason, ''), 6 FROM alert WHERE patient=?1"
    " UNION ALL SELECT acknowledged_at, 'alert', 'a', id, department, name ||"
    "  ' acknowledged by ' || acknowledged_by, 7 FROM alert WHERE patient=?1 AND"
    "  acknowledged_at IS NOT NULL"
    " UNION ALL SELECT acted_at, 'alert', 'a', id, department, name || ' acted on by ' ||"
    "  acted_by, 8 FROM alert WHERE patient=?1 AND acted_at IS NOT NULL"
    " UNION ALL SELECT closed_at, 'alert', 'a', id, department, name || ' closed by ' ||"
    "  coalesce(closed_by, 'the engine'), 9 FROM alert WHERE patient=?1 AND closed_at IS"
    "  NOT NULL"
    " UNION ALL SELECT p.at, 'page', 'a', a.id, a.department, a.name || ': ' || p.role ||"
    "  coalesce(' (' || nullif(p.staff, '') || ')', '') || ', level ' || p.rung, 7 FROM"
    "  alert a JOIN page p ON p.alert=a.id WHERE a.patient=?1"
    " UNION ALL SELECT at, 'score', 'k', id, department, name || ' ' || version || ': '"
    "  || coalesce(round(value, 3), 'not complete') || coalesce(', ' || level, ''), 6"
    "  FROM score WHERE patient=?1"
    " UNION ALL SELECT n.at, 'note', 'o', n.id, e.department, n.text, 6 FROM note n LEFT"
    "  JOIN enrollment e ON e.id=n.enrollment WHERE n.patient=?1)"
    " SELECT * FROM story WHERE ?2 IS NULL OR department IS NULL OR department IN (SELECT"
    " value FROM json_each(?2)) ORDER BY at DESC, rank DESC, ref DESC LIMIT ?3";

static void take_row(struct stmt *row, struct timeline_entry *out) {
  *out = (struct timeline_entry){.at = stmt_int(row, 0),
                                 .ref = stmt_int(row, 3),
                                 .kind = stmt_text(row, 2)[0],
                                 .what = mem_copy_text(stmt_text(row, 1)),
                                 .department = mem_copy_text(stmt_text(row, 4)),
                                 .text = mem_copy_text(stmt_text(row, 5))};
  if (!out->text) out->text = mem_copy_text("");
}

static void grow(struct timeline *out, size_t *room) {
  if (out->count < *room) return;
  *room = *room ? *room * 2 : 64;
  out->entries = mem_resize(out->entries, *room * sizeof *out->entries);
}

static void read_story(struct care *care, int64_t patient, const char *departments,
                       struct timeline *out, size_t *room) {
  struct stmt *row = store_query(care->store, story_sql, "iti", patient, departments,
                                 (int64_t)TIMELINE_MOST);
  while (stmt_row(row)) {
    grow(out, room);
    take_row(row, &out->entries[out->count++]);
  }
  stmt_done(row);
  for (size_t i = 0; i < out->count / 2; i++) {
    struct timeline_entry other = out->entries[i];
    out->entries[i] = out->entries[out->count - 1 - i];
    out->entries[out->count - 1 - i] = other;
  }
}

struct course {  // a live enrollment
  int64_t id;
  char *department;
};

static void add_planned(struct care *care, const struct course *course,
                        struct timeline *out, size_t *room) {
  struct planned planned[PLANNED_MOST];
  int count = enrollment_planned(care, course->id, planned, PLANNED_MOST);
  for (int i = 0; i < count; i++) {
    struct buf text = {0};
    buf_printf(&text, "%s of %s planned", planned[i].step, planned[i].key);
    grow(out, room);
    out->entries[out->count++] =
        (struct timeline_entry){.at = planned[i].due_at,
                                .ref = course->id,
                                .kind = 'e',
                                .planned = true,
                                .what = mem_copy_text("step"),
                                .department = mem_copy_text(course->department),
                                .text = buf_take(&text)};
  }
}

static void read_future(struct care *care, int64_t patient, const char *departments,
                        struct timeline *out, size_t *room) {
  struct course courses[ENROLLMENTS_MOST];
  int count = 0;
  struct stmt *row = store_query(
      care->store,
      "SELECT id, department FROM enrollment WHERE patient=?1 AND status<>'ended' AND"
      " (?2 IS NULL OR department IN (SELECT value FROM json_each(?2))) ORDER BY id",
      "it", patient, departments);
  while (count < ENROLLMENTS_MOST && stmt_row(row))
    courses[count++] =
        (struct course){stmt_int(row, 0), mem_copy_text(stmt_text(row, 1))};
  stmt_done(row);
  for (int i = 0; i < count; i++) {
    add_planned(care, &courses[i], out, room);
    mem_free(courses[i].department);
  }
}

static int by_time(const void *a, const void *b) {
  const struct timeline_entry *first = a, *second = b;
  if (first->at != second->at) return first->at < second->at ? -1 : 1;
  return first->ref < second->ref ? -1 : first->ref > second->ref;
}

void timeline_read(struct care *care, int64_t patient, const char *departments,
                   struct timeline *out) {
  size_t room = 0;
  *out = (struct timeline){0};
  read_story(care, patient, departments, out, &room);
  size_t past = out->count;
  read_future(care, patient, departments, out, &room);
  if (out->count > past)
    qsort(out->entries + past, out->count - past, sizeof *out->entries, by_time);
}

void timeline_deinit(struct timeline *timeline) {
  for (size_t i = 0; i < timeline->count; i++) {
    mem_free(timeline->entries[i].what);
    mem_free(timeline->entries[i].department);
    mem_free(timeline->entries[i].text);
  }
  mem_free(timeline->entries);
  *timeline = (struct timeline){0};
}

void timeline_line(struct care *care, const struct timeline_entry *entry,
                   struct buf *out) {
  struct civil at = zone_civil(care_site_zone(care), entry->at);
  buf_printf(out, "%04d-%02d-%02d %02d:%02d  %-8s  %s", (int)at.year, (int)at.month,
             (int)at.day, (int)at.hour, (int)at.minute, entry->what, entry->text);
}
