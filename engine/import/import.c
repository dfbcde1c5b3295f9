#include "import/import.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "care/mapping.h"
#include "care/phone.h"
#include "import/batch.h"
#include "import/list.h"

enum {
  FLIGHTS = 4,
  TRIES = 6,
  PROGRESS_MS = 500,
  SHOWN = 50,   // bad rows told one by one; all are in the rejects
  TOLD = 1000,  // rows with a flagged number that programs are told of
  ANSWER_MS = 120000
};

struct import {
  const struct import_options *options;
  struct import_result *result;
  struct status *status;  // of the whole; a code other than 0 stops it
  struct import_map *map;
  struct import_list list;
  struct loop *loop;
  struct http_client *client;
  struct import_batch batches[FLIGHTS];
  struct buf url, bearer;
  int64_t started, shown_at;
  bool line_open;  // a progress line stands on the terminal
  bool end;        // the list is read
};

static void clear_line(struct import *import) {
  if (import->line_open) fputs("\r\033[K", import->options->progress);
  import->line_open = false;
}

static void show_bad(struct import *import, long line, const char *column,
                     const char *reason) {
  FILE *out = import->options->progress;
  long bad = ++import->result->bad;
  if (!out || bad > SHOWN) return;
  clear_line(import);
  fprintf(out, "line %ld%s%s: %s\n", line, *column ? ", " : "", column, reason);
  if (bad == SHOWN)
    fprintf(out, "further bad rows are in %s\n", import->list.rejects_path);
}

static void reject(struct import *import, long line, const char *record, bool malformed,
                   const char *column, const char *reason) {
  struct buf sentence = {0};
  buf_printf(&sentence, "%s%s%s", column, *column ? ": " : "", reason);
  show_bad(import, line, column, reason);
  import_list_reject(&import->list, line, record, malformed, sentence.data,
                     import->status);
  buf_deinit(&sentence);
}

static void show_progress(struct import *import) {
  FILE *out = import->options->progress;
  int64_t now = clock_steady_ms(), spent = now - import->started;
  if (!out || now - import->shown_at < PROGRESS_MS) return;
  import->shown_at = now;
  double share =
      import->list.size ? (double)import->list.read / (double)import->list.size : 1;
  double rate = (double)import->result->rows * 1000 / (double)(spent ? spent : 1);
  double left = share > 0 ? (double)spent / 1000 * (1 - share) / share : 0;
  fprintf(out, "%s%ld rows, %.0f %%, %.0f rows/s, %.0f s left%s",
          import->options->tail ? "\r" : "", import->result->rows, share * 100, rate,
          left, import->options->tail ? "\033[K" : "\n");
  import->line_open = import->options->tail;
  fflush(out);
}

static void keep_flag(struct import_result *result, long line, const char *flag,
                      const char *remedy) {
  if (result->told == TOLD) return;
  struct mapping map = mapping_begin(&result->flagged);
  mapping_text(&map, "flag", flag);
  mapping_int(&map, "line", line);
  mapping_text(&map, "remedy", remedy);
  mapping_end(&map);
  result->told++;
}

static void show_flag(struct import *import, long line, const char *flag,
                      const char *remedy) {
  struct import_result *result = import->result;
  long count = result->shared + result->placeholder + result->unusable;
  if (!import->options->progress || count > SHOWN) return;
  clear_line(import);
  fprintf(import->options->progress, "line %ld: %s: %s\n", line, flag, remedy);
  if (count == SHOWN)
    fputs("further numbers to look at: afterward numbers\n", import->options->progress);
}

// The row went in; somebody must see to the number.
static void note_flag(struct import *import, long line, const struct value *item) {
  struct value field = value_field(item, "flag");
  struct import_result *result = import->result;
  const struct {
    const char *flag;
    long *count;
  } flags[] = {{"shared", &result->shared},
               {"placeholder", &result->placeholder},
               {"void", &result->unusable}};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    if (!value_is(&field, flags[i].flag)) continue;
    const char *remedy = phone_flag_words(flags[i].flag);
    ++*flags[i].count;
    keep_flag(result, line, flags[i].flag, remedy);
    show_flag(import, line, flags[i].flag, remedy);
  }
}

static void settle_row(struct import *import, struct import_batch *batch, int at,
                       const struct value *item) {
  struct value code = value_field(item, "status"), detail = value_field(item, "detail");
  if (value_int_or(&code, 500) < 300) {
    import->result->taken++;
    note_flag(import, batch->rows[at].line, item);
    return;
  }
  char *reason = value_copy_text(&detail);
  const char *text = reason ? reason : "the server refused it without a reason";
  reject(import, batch->rows[at].line, batch->rows[at].record, false,
         import_map_column(import->map, text), text);
  mem_free(reason);
}

static void settle(struct import *import, struct import_batch *batch,
                   const struct http_result *answer) {
  struct buf bytes = {0};
  struct value view = {0}, results, item;
  struct status why = {0};
  if (!value_from_json(&bytes, answer->body, answer->body_len, &why))
    value_read(bytes.data, bytes.len, &view);
  results = value_field(&view, "results");
  struct value_iter iter = value_iterate(&results);
  if (value_count(&results) != (uint32_t)batch->count)
    status_fail(import->status, ERR_IO,
                "the server's answer is not that of afterward; check its address");
  for (int i = 0; !import->status->code && i < batch->count; i++) {
    value_next(&iter, NULL, &item);
    settle_row(import, batch, i, &item);
  }
  buf_deinit(&bytes);
  batch_clear(batch);
}

static void send_later(struct import *import, struct import_batch *batch,
                       const struct http_result *answer) {
  if (++batch->tries == TRIES)
    status_fail(import->status, ERR_IO,
                "the server at %s can't be reached: %s; start it and import again, rows "
                "already taken do nothing",
                import->options->server,
                *answer->error ? answer->error : "it is too busy");
  batch->retry_at = loop_now(import->loop) + (INT64_C(200) << batch->tries);
}

// The sentence of a problem (RFC 9457), else the answer's beginning.
static char *why_refused(const struct http_result *answer) {
  struct buf bytes = {0};
  struct value view = {0};
  struct status why = {0};
  if (!value_from_json(&bytes, answer->body, answer->body_len, &why))
    value_read(bytes.data, bytes.len, &view);
  struct value detail = value_field(&view, "detail");
  char *text = value_copy_text(&detail);
  buf_deinit(&bytes);
  return text ? text : mem_copy_text(answer->body_len ? answer->body : "no reason given");
}

static void refuse_all(struct import *import, const struct http_result *answer) {
  int code = answer->status;
  char *why = why_refused(answer);
  if (code == 401 || code == 403)
    status_fail(
        import->status, ERR_INVALID,
        "the server does not let this token post events (%d): %.300s; tokens come "
        "from --token-file, AFTERWARD_TOKEN or ~/.config/afterward/token",
        code, why);
  else
    status_fail(import->status, ERR_IO, "the server refused the rows with %d: %.300s",
                code, why);
  mem_free(why);
}

static void answered(void *ctx, const struct http_result *answer) {
  struct import_batch *batch = ctx;
  struct import *import = batch->owner;
  int code = answer->status;
  if (import->status->code) return;  // stopped: the batch is freed at the end
  if (answer->outcome != HTTP_ANSWERED || code == 429 || code >= 500)
    send_later(import, batch, answer);
  else if (code < 300)
    settle(import, batch, answer);
  else
    refuse_all(import, answer);
}

static void send_batch(struct import *import, struct import_batch *batch) {
  struct http_header headers[] = {{"Content-Type", "application/json"},
                                  {"Authorization", import->bearer.data}};
  struct http_call call = {.method = "POST",
                           .url = import->url.data,
                           .headers = headers,
                           .header_count = 2,
                           .body = batch->json.data,
                           .body_len = batch->json.len,
                           .total_ms = ANSWER_MS,
                           .max_body = 8 << 20};
  batch->busy = true;
  batch->retry_at = 0;
  http_client_send(import->client, &call, answered, batch, import->status);
}

static void take_row(struct import *import, struct import_batch *batch) {
  struct import_list *list = &import->list;
  struct status why = {0};
  struct buf event = {0};
  const char *column = "";
  char *record = import_list_record(list);
  import->result->rows++;
  if (import_list_cells(list, &why)) {
    reject(import, list->csv.row_line, record, true, "", why.text);
  } else if (import_map_row(import->map, list->cells, list->csv.fields, &event, &column,
                            &why)) {
    reject(import, list->csv.row_line, record, false, column, why.text);
  } else {
    batch_add(batch, list->csv.row_line, record, &event);
    record = NULL;  // the batch's now
  }
  mem_free(record);
  buf_deinit(&event);
}

static void fill(struct import *import, struct import_batch *batch) {
  while (!batch_full(batch) && !import->end && !import->status->code) {
    if (import_list_next(&import->list))
      take_row(import, batch);
    else
      import->end = true;
  }
  if (!batch->count || import->status->code) return;
  buf_puts(&batch->json, "]}");
  send_batch(import, batch);
}

// True while a batch is on its way.
static bool pump(struct import *import) {
  bool busy = false;
  for (int i = 0; i < FLIGHTS && !import->status->code; i++) {
    struct import_batch *batch = &import->batches[i];
    if (!batch->busy)
      fill(import, batch);
    else if (batch->retry_at && loop_now(import->loop) >= batch->retry_at)
      send_batch(import, batch);
    busy = busy || batch->busy;
  }
  return busy;
}

static bool is_stopped(struct import *import) {
  if (!import->options->stop || !atomic_load(import->options->stop)) return false;
  status_fail(import->status, ERR_CONFLICT, "it was stopped: begin it again");
  return true;
}

static void run(struct import *import) {
  const struct http_client_config config = {.connections = FLIGHTS, .per_host = FLIGHTS};
  import->loop = loop_new();
  import->client = http_client_new(import->loop, &config);
  while (pump(import) && !import->status->code && !is_stopped(import)) {
    loop_step(import->loop, 50);
    show_progress(import);
  }
  clear_line(import);
  http_client_free(import->client);
  loop_free(import->loop);
}

static void import_close(struct import *import) {
  for (int i = 0; i < FLIGHTS; i++) batch_clear(&import->batches[i]);
  if (!import->status->code)
    import_list_end_rejects(&import->list, import->status);
  else
    import_list_end_rejects(&import->list, &(struct status){0});
  if (import->result->bad)
    snprintf(import->result->rejects, sizeof import->result->rejects, "%s",
             import->list.rejects_path);
  import_list_close(&import->list);
  import_map_free(import->map);
  buf_deinit(&import->url);
  buf_deinit(&import->bearer);
}

int import_run(const struct import_options *options, struct import_result *result,
               struct status *status) {
  struct import *import = mem_alloc(sizeof *import);
  *result = (struct import_result){0};
  status->code = OK;
  import->options = options;
  import->result = result;
  import->status = status;
  import->started = import->shown_at = clock_steady_ms();
  for (int i = 0; i < FLIGHTS; i++) import->batches[i].owner = import;
  // Only what was applied can be told to be good.
  buf_printf(&import->url, "%s/api/v1/events?wait=applied", options->server);
  buf_printf(&import->bearer, "Bearer %s", options->token);
  if (!import_map_new(&import->map, &options->map, status) &&
      !import_list_open(&import->list, options->file, options->rejects, import->map,
                        status))
    run(import);
  result->seconds = (double)(clock_steady_ms() - import->started) / 1000;
  import_close(import);
  mem_free(import);
  return status->code;
}
