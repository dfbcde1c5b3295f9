// What people ask: explain says what messages would become; replay takes them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hl7.h"

struct asking {
  struct hl7 *hl7;
  struct aw_asked *asked;
  bool replay, first;
  int waiting, events, bad;
  char why[400];
  struct text out;
};

static void put_pair(struct text *out, const char *key, struct slice value) {
  text_printf(out, "\"%s\":", key);
  text_put_json(out, value);
  text_puts(out, ",");
}

static void put_job(struct asking *asking, const struct job *job) {
  static const char *const codes[] = {"AA", "AE", "AR"};
  struct text *out = &asking->out;
  text_puts(out, asking->first ? "{" : ",{");
  asking->first = false;
  if (job->readable) {
    put_pair(out, "type", message_header(&job->message, 9));
    put_pair(out, "control_id", message_header(&job->message, 10));
  }
  if (job->why[0]) put_pair(out, "reason", (struct slice){job->why, strlen(job->why)});
  text_printf(out, "\"answer\":\"%s\",\"ignored\":%s,\"events\":[", codes[job->code],
              job->ignored ? "true" : "false");
  text_put(out, job->made.data, job->made.len);
  text_puts(out, "]}");
}

static void finish(struct asking *asking) {
  const struct aw_host *host = asking->hl7->host;
  struct text problem = {0};
  if (asking->replay && asking->bad) {
    text_puts(&problem, "{\"detail\":");
    text_put_json(&problem, (struct slice){asking->why, strlen(asking->why)});
    text_puts(&problem, "}");
    host->answer(asking->asked, 422, problem.data, problem.len);
  } else {
    text_printf(&asking->out, "],\"taken\":%d}", asking->replay ? asking->events : 0);
    host->answer(asking->asked, 200, asking->out.data, asking->out.len);
  }
  text_free(&problem);
  text_free(&asking->out);
  free(asking);
}

static void on_done(struct job *job) {
  struct asking *asking = job->owner;
  put_job(asking, job);
  asking->events += job->events;
  if (job->code != ACK_ACCEPT && !asking->bad++)
    snprintf(asking->why, sizeof asking->why, "%s", job->why);
  job_free(job);
  if (!--asking->waiting) finish(asking);
}

// As the daemon itself checks it, but for what is known already.
static void start(struct asking *asking, struct slice text) {
  struct job *job = calloc(1, sizeof *job);
  if (!job) abort();
  job->map = asking->hl7->map;
  job->done = on_done;
  job->owner = asking;
  text_put(&job->text, text.at, text.len);
  asking->waiting++;
  job_start(job, asking->replay);
}

static struct slice unframed(const char *bytes, size_t count) {
  while (count && (*bytes == MLLP_BEGIN || *bytes == '\n' || *bytes == '\r'))
    bytes++, count--;
  while (count && (bytes[count - 1] == MLLP_CLOSE || bytes[count - 1] == MLLP_END))
    count--;
  return (struct slice){bytes, count};
}

void hl7_ask(void *self, struct aw_asked *asked, const char *what, const char *bytes,
             size_t count) {
  static const char unknown[] = "{\"detail\":\"ask explain or replay\"}";
  struct hl7 *hl7 = self;
  bool replay = !strcmp(what, "replay");
  struct slice rest = unframed(bytes, count), one;
  if (!replay && strcmp(what, "explain") != 0) {
    hl7->host->answer(asked, 404, unknown, sizeof unknown - 1);
    return;
  }
  struct asking *asking = calloc(1, sizeof *asking);
  if (!asking) abort();
  *asking = (struct asking){
      .hl7 = hl7, .asked = asked, .replay = replay, .first = true, .waiting = 1};
  text_puts(&asking->out, "{\"messages\":[");
  while (message_next(&rest, &one)) start(asking, one);
  if (asking->first && asking->waiting == 1) {
    asking->bad++;
    snprintf(asking->why, sizeof asking->why, "there is no message in it");
  }
  if (!--asking->waiting) finish(asking);
}
