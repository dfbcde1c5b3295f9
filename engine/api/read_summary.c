// The books of the site: counted by a reader on another thread, so that pages and due
// work don't wait for them, one summary after the other.
#include "api/read_summary.h"

#include <stdatomic.h>

#include "api/access.h"
#include "api/known.h"
#include "api/read.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/books.h"

enum { SLICE_MS = 4, PAUSE_MS = 1, WAITING_MOST = 16 };

struct summary {
  struct summary *next;  // asked for later; waits for this one
  struct api *api;
  struct http_request *request;
  char *departments;         // as in books_count; owned
  struct loop_job *job;      // while another thread counts
  struct loop_timer *slice;  // while schedules are gone through; NULL: at once
  atomic_bool stop;
  struct books books;
};

static void put_words(struct json *json, const char *key, const struct books_line *line) {
  json_key(json, key);
  json_open(json, '{');
  for (; line->word[0]; line++) {
    json_key(json, line->word);
    json_int(json, line->count);
  }
  json_close(json, '}');
}

static void put_books(struct json *json, const struct books *books) {
  const struct {
    const char *key;
    int64_t number;
  } numbers[] = {
      {"patients", books->patients},
      {"enrolled", books->enrolled},
      {"due_steps", books->due},
      {"started", books->started},
      {"skipped", books->skipped},
      {"sent", books->sent},
      {"answered", books->answered},
      {"flagged", books->flagged},
      {"silent", books->silent},
      {"alerts", books->alerts},
      {"alerts_acknowledged", books->acknowledged},
      {"alerts_open", books->open_alerts},
      {"acknowledged_in_p50_ms", books->ack_p50_ms},
      {"tasks", books->tasks},
      {"tasks_done", books->tasks_done},
      {"tasks_open", books->tasks_open},
      {"tasks_overdue", books->tasks_overdue},
      {"unaccounted", books->forgotten + books->twice + books->missing},
      {"recounted_enrollments", books->recounted},
  };
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    json_number(json, numbers[i].key, numbers[i].number);
  put_words(json, "enrollments_by_status", books->enrollments);
  put_words(json, "runs_by_end", books->runs);
  put_words(json, "skipped_by_reason", books->skips);
  put_words(json, "messages_by_status", books->messages);
  put_words(json, "suppressed_by_reason", books->suppressed);
}

static void put_summary(struct api *api, const struct books *books, struct buf *out) {
  struct json json = {.out = out};
  json_open(&json, '{');
  json_key(&json, "at");
  json_time(&json, kernel_now(api->care->kernel), care_site_zone(api->care));
  put_books(&json, books);
  json_key(&json, "balanced");
  json_bool(&json, books->balanced);
  json_close(&json, '}');
}

static void answer(struct summary *summary) {
  struct call call = {.api = summary->api, .request = summary->request};
  struct buf out = {0};
  if (summary->books.failed) {
    call_problem(&call, 500, "the database could not be read; the log says why");
    return;
  }
  put_summary(summary->api, &summary->books, &out);
  call_send(&call, 200, &out, NULL);
  buf_deinit(&out);
}

static void summary_free(struct summary *summary) {
  summary->api->summaries = summary->next;
  loop_timer_free(summary->slice);
  books_deinit(&summary->books);
  mem_free(summary->departments);
  mem_free(summary);
}

static void begin(struct summary *summary);

static void end(struct summary *summary) {
  struct api *api = summary->api;
  answer(summary);
  summary_free(summary);
  if (api->summaries) begin(api->summaries);
}

static void recount(void *self) {
  struct summary *summary = self;
  api_read_begin(summary->api);
  bool more = books_recount(summary->api->care, SLICE_MS, &summary->books);
  summary->books.failed |= api_read_failed(summary->api);
  if (more)
    loop_timer_arm(summary->slice, PAUSE_MS);
  else
    end(summary);
}

// On the other thread.
static void count(void *self) {
  struct summary *summary = self;
  struct status status = {0};
  struct store *reader;
  if (store_open_beside(&reader, summary->api->care->store, &status)) {
    log_line(LOG_LEVEL_ERROR, "summary.failed", "reason=\"%s\"", status.text);
    summary->books.failed = true;
    return;
  }
  books_count(reader, summary->departments, &summary->stop, &summary->books);
  store_close(reader);
}

static void counted(void *self) {
  struct summary *summary = self;
  summary->job = NULL;
  summary->slice = loop_timer_new(summary->api->loop, recount, summary);
  loop_timer_arm(summary->slice, 0);
}

static void begin(struct summary *summary) {
  struct api *api = summary->api;
  if (api->loop && store_has_file(api->care->store)) {
    summary->job = loop_job_new(api->loop, count, counted, summary);
    return;
  }
  books_count(api->care->store, summary->departments, NULL, &summary->books);
  books_recount(api->care, 0, &summary->books);
  end(summary);
}

static void ask(struct call *call, const char *departments) {
  struct summary *summary, **last = &call->api->summaries;
  int waiting = 0;
  for (; *last; last = &(*last)->next) waiting++;
  if (waiting == WAITING_MOST) {
    call_problem(call, 503, "%d summaries are being made already; ask again in a minute",
                 waiting);
    return;
  }
  *last = summary = mem_alloc(sizeof *summary);
  summary->api = call->api;
  summary->request = call->request;
  summary->departments = mem_copy_text(departments);
  call->request = NULL;
  if (!waiting) begin(summary);
}

void read_summary(struct call *call) {
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  if (bad) return;
  char *departments = access_only(call, department);
  ask(call, departments);
  mem_free(departments);
}

void read_summary_stop(struct api *api) {
  while (api->summaries) {
    struct summary *summary = api->summaries;
    atomic_store(&summary->stop, true);
    loop_job_free(summary->job);
    http_respond_problem(summary->request, 503,
                         "the service is stopping; send it again in a minute");
    summary_free(summary);
  }
}
