// One run: where it is in its scripts, what it waits for, its record with the place that
// made each entry, its versions, its messages, and what staff did with it.
#include <string.h>

#include "api/access.h"
#include "api/case_view.h"
#include "api/read.h"
#include "api/read_rung.h"
#include "care/job.h"
#include "run/run.h"

enum { IS_COMMAND = 1, IS_READ = 2, IS_OUTCOME = 3 };

struct show {
  struct call *call;
  struct json *json;
  struct run run;
  struct buf journal;
  struct traced traced;
};

static const struct zone *zone(const struct show *show) {
  return care_site_zone(show->call->care);
}

// The next of the places, "" behind the last.
static const char *next_place(const struct traced *traced, size_t *at) {
  if (*at >= traced->places.len) return "";
  const char *place = traced->places.data + *at;
  *at += strlen(place) + 1;
  return place;
}

static void put_value(struct json *json, const char *key, const struct value *value) {
  if (value->kind == VALUE_NIL) return;
  json_key(json, key);
  json_value(json, value);
}

// [1|2, op, label, value, version] or [3, value, why].
static void put_record(struct show *show, const struct value *record, int64_t position,
                       const char *place) {
  struct json *json = show->json;
  struct value kind = value_at(record, 0), first = value_at(record, 1),
               second = value_at(record, 2), third = value_at(record, 3),
               version = value_at(record, 4);
  bool outcome = value_int_or(&kind, 0) == IS_OUTCOME;
  json_open(json, '{');
  json_key(json, "position");
  json_int(json, position);
  json_key(json, "source");
  json_text(json, *place ? place : NULL);
  json_key(json, "kind");
  json_text(json, outcome                                ? "outcome"
                  : value_int_or(&kind, 0) == IS_COMMAND ? "command"
                                                         : "read");
  put_value(json, outcome ? "value" : "op", &first);
  put_value(json, outcome ? "why" : "label", &second);
  if (!outcome) put_value(json, "value", &third);
  if (!outcome) put_value(json, "version", &version);
  json_close(json, '}');
}

static void put_journal(struct show *show) {
  struct value record;
  int64_t position = 1;
  size_t took, place = 0;
  json_key(show->json, "journal");
  json_open(show->json, '[');
  for (size_t at = 0; at < show->journal.len; at += took) {
    took = value_read_front(show->journal.data + at, show->journal.len - at, &record);
    if (!took) break;
    put_record(show, &record, position++, next_place(&show->traced, &place));
  }
  json_close(show->json, ']');
}

static const char *last_place(const struct traced *traced) {
  const char *last = "";
  for (size_t at = 0; at < traced->places.len;) last = next_place(traced, &at);
  return last;
}

// Since when it is where it is: the moment of the last entry of its record.
static int64_t since(const struct show *show) {
  return store_int(show->call->care->store, show->run.started_at,
                   "SELECT at FROM journal WHERE id=?1", "i", show->run.last_journal);
}

static void put_now(struct show *show) {
  struct json *json = show->json;
  const char *place = last_place(&show->traced);
  json_key(json, "now");
  json_open(json, '{');
  json_key(json, "source");
  json_text(json, *place ? place : NULL);
  json_key(json, "since");
  json_time(json, since(show), zone(show));
  json_key(json, "until");
  json_time(json, strcmp(show->run.status, "waiting") ? 0 : show->run.due_at, zone(show));
  if (show->traced.cause.len) {
    json_key(json, "differs");
    json_text(json, buf_text(&show->traced.cause));
  }
  json_close(json, '}');
}

static void put_rows(struct show *show, const char *key, struct stmt *row,
                     const char *spec) {
  json_key(show->json, key);
  json_open(show->json, '[');
  while (stmt_row(row)) call_put_row(show->call, show->json, row, spec);
  stmt_done(row);
  json_close(show->json, ']');
}

// What else could end its wait: tasks with its form, reminders on their way.
static void put_competing(struct show *show) {
  const struct run *run = &show->run;
  bool asks = !strcmp(run->wait, "ask");
  put_rows(show, "competing",
           store_query(show->call->care->store,
                       "SELECT 'task ' || name, status, due_at FROM task WHERE "
                       "patient=?1 AND status IN ('open','held') AND (run=?2 OR "
                       "(?3 AND question=?3)) UNION ALL SELECT kind || ' ' || name, "
                       "status, due_at FROM message WHERE question=?3 AND ?3 AND status "
                       "IN ('planned','held','in_flight','in_doubt') UNION ALL SELECT "
                       "'reminder ' || remind || ' after it was accepted', status, NULL "
                       "FROM message WHERE question=?3 AND ?3 AND kind='ask' AND remind "
                       "IS NOT NULL LIMIT 50",
                       "iii", run->patient, run->id, asks ? run->wait_ref : (int64_t)0),
           "what:s status:s due_at:z");
}

static void put_deeds(struct show *show, const char *what, int64_t id) {
  struct buf object = {0};
  buf_printf(&object, "%s:%lld", what, (long long)id);
  put_rows(show, "deeds",
           store_query(show->call->care->store,
                       "SELECT at, actor, action, detail FROM audit WHERE object=?1 AND "
                       "(substr(object, 1, 4)='run:' OR substr(object, 1, 4)='job:') "
                       "ORDER BY id LIMIT 200",
                       "t", buf_text(&object)),
           "at:z by:s action:s reason:s");
  buf_deinit(&object);
}

static void put_history(struct show *show) {
  struct store *store = show->call->care->store;
  put_rows(show, "versions",
           store_query(store,
                       "SELECT at, substr(digest, 1, 12), reason IS NULL, position, "
                       "reason, waived_by, waived_reason FROM run_version JOIN bundle ON "
                       "bundle.id=run_version.bundle WHERE run=?1 ORDER BY at LIMIT 200",
                       "i", show->run.id),
           "at:z tried:s moved:b position:i reason:s waived_by:s waived_reason:s");
  put_rows(show, "messages",
           store_query(store,
                       "SELECT id, kind, name, status, reason, due_at, accepted_at, "
                       "substr((SELECT digest FROM bundle WHERE id=message.bundle), 1, "
                       "12) FROM message WHERE patient=?1 AND run=?2 ORDER BY id LIMIT "
                       "200",
                       "ii", show->run.patient, show->run.id),
           "id:@m kind:s name:s status:s reason:s due_at:z accepted_at:z version:s");
  read_rungs(show->call, show->json, 0, show->run.id);
  put_deeds(show, "run", show->run.id);
}

static void put_all(struct show *show) {
  json_open(show->json, '{');
  read_run_fields(show->call, show->json, show->run.id);
  put_now(show);
  put_competing(show);
  put_journal(show);
  put_history(show);
  json_close(show->json, '}');
}

static int64_t find(struct call *call) {
  return store_int(
      call->care->store, 0,
      "SELECT id FROM run WHERE id=?2 AND " ACCESS_DEPARTMENT("department", "1"), "ti",
      access_departments(call), call_row(call, 1, 'r'));
}

bool read_run_load(struct call *call, struct run *run, struct buf *journal) {
  struct care *care = call->care;
  int64_t job_run = read_job_run_find(call), id = job_run ? 0 : find(call);
  case_view_veil(
      call, store_int(care->store, 0, "SELECT enrollment FROM run WHERE id=?1", "i", id));
  if (call->coarse) {
    call_problem(call, 403,
                 "this run is of an anonymous case, and its record tells the hour: it is "
                 "for its office and its receiver");
    return false;
  }
  if (job_run && job_run_load(care, job_run, run, journal)) return true;
  if (id && run_load(care->store, id, run)) {
    run_journal(care->store, run, journal);
    return true;
  }
  call_problem(call, 404, "there is no such run among those you see");
  return false;
}

static void show_deinit(struct show *show) {
  run_deinit(&show->run);
  buf_deinit(&show->journal);
  traced_deinit(&show->traced);
}

// A job's run waits for nothing and sends nothing itself.
static void put_job_run(struct show *show, int64_t id) {
  json_open(show->json, '{');
  read_job_run_fields(show->call, show->json, id);
  put_journal(show);
  put_deeds(show, "job", id);
  json_close(show->json, '}');
}

void read_run(struct call *call) {
  struct show show = {.call = call};
  struct buf out = {0};
  struct json json = {.out = &out};
  struct care *care = call->care;
  int64_t job_run = read_job_run_find(call);
  if (!read_run_load(call, &show.run, &show.journal)) return;
  care->scripts.trace(care->scripts.self, &show.run, 0, &show.journal, &show.traced);
  show.json = &json;
  if (job_run)
    put_job_run(&show, job_run);
  else
    put_all(&show);
  call_send(call, 200, &out, NULL);
  show_deinit(&show);
  buf_deinit(&out);
}
