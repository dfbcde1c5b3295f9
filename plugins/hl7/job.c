#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(struct job *job, enum ack_code code, int error, const char *why) {
  if (job->code != ACK_ACCEPT) return;  // the first reason counts
  job->code = code;
  job->error = error;
  snprintf(job->why, sizeof job->why, "%s", why);
}

static void finish(struct job *job);

static void leave(struct job *job) {
  if (!--job->waiting && !job->starting) finish(job);
}

static void on_told(void *self, const struct aw_told *told) {
  struct job *job = self;
  if (told->status == 409)
    fail(job, ACK_ERROR, 205, "another message was taken with this control id before");
  else if (told->status == 0 || told->status >= 500) {
    job->again = true;
    fail(job, ACK_ERROR, 207, "it could not be written: send it again later");
  } else if (told->status >= 300) {
    fail(job, ACK_ERROR, 102, told->detail ? told->detail : "it was refused");
  }
  leave(job);
}

// Which of table 0357 a refusal is, by its words.
static int error_of(const char *why) {
  if (strstr(why, "missing")) return 101;
  return strstr(why, "must be one of") ? 103 : 102;
}

static void on_made(void *self, const struct text *json) {
  struct job *job = self;
  char why[300];
  text_puts(&job->made, job->events++ ? "," : "");
  text_put(&job->made, json->data, json->len);
  struct aw_event event = {
      .json = json->data, .size = json->len, .told = on_told, .self = job};
  if (!job->starting) {  // only to be explained
    if (job->map.host->check(job->map.host, &event, why, sizeof why))
      fail(job, ACK_ERROR, error_of(why), why);
    return;
  }
  job->waiting++;
  if (!job->map.host->submit(job->map.host, &event, why, sizeof why)) return;
  job->waiting--;
  fail(job, ACK_ERROR, error_of(why), why);
}

static void read_message(struct job *job) {
  const char *why = message_read(&job->message, text_slice(&job->text));
  if (why) {
    fail(job, ACK_REJECT, 100, why);
    return;
  }
  job->readable = true;
  if (!message_header(&job->message, 10).len) {
    fail(job, ACK_ERROR, 101, "MSH-10, the control id, is missing");
    return;
  }
  switch (map_message(&job->map, &job->message, on_made, job)) {
    case MAP_EVENTS: break;
    case MAP_IGNORED: job->ignored = true; break;
    case MAP_NO_TYPE:
      fail(job, ACK_REJECT, 200, "the map has no messages of this type");
      break;
    case MAP_NO_EVENT:
      fail(job, ACK_REJECT, 201, "the map has no messages of this type and event");
      break;
  }
}

static void on_kept(void *self, const struct aw_told *told) {
  struct job *job = self;
  if (told->status >= 300 || told->status == 0) {
    job->code = ACK_ERROR;
    job->error = 207;
    snprintf(job->why, sizeof job->why, "it could not be kept: send it again later");
  }
  job->done(job);
}

static void keep(struct job *job) {
  const struct aw_host *host = job->map.host;
  struct text id = {0};
  if (job->readable) {
    message_unescape(&job->message,
                     repeat_component(&job->message, message_header(&job->message, 3), 1),
                     &id);
    text_puts(&id, ":");
    message_unescape(&job->message, message_header(&job->message, 10), &id);
  }
  struct aw_letter letter = {.id = id.len && id.len < 200 ? id.data : "",
                             .reason = job->why,
                             .bytes = job->text.len ? job->text.data : "",
                             .count = job->text.len,
                             .told = on_kept,
                             .self = job};
  host->keep(host, &letter);
  text_free(&id);
}

static void finish(struct job *job) {
  if (job->code != ACK_ACCEPT && job->keep && !job->again)
    keep(job);
  else
    job->done(job);
}

void job_start(struct job *job, bool submit) {
  job->starting = submit;
  read_message(job);
  job->starting = false;
  if (!job->waiting) finish(job);
}

void job_free(struct job *job) {
  message_free(&job->message);
  text_free(&job->text);
  text_free(&job->made);
  free(job);
}
