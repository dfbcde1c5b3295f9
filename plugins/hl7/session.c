// A stream on which messages come: each is answered in the order of coming, after its
// commit.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hl7.h"

// Messages that may wait for their commit, then the sender waits; bytes of answers that
// the sender may leave unread, then it is cut; bytes that a stream keeps for its next
// message.
enum { AHEAD = 64, UNREAD = 4 << 20, KEPT = 64 << 10 };

struct session {
  struct hl7 *hl7;
  struct aw_stream *stream;  // NULL: it has gone
  struct aw_timer *patience;
  struct mllp mllp;
  struct pending *first, *last;
  int waiting;
  bool timed;  // patience runs, since the message began
};

struct pending {  // a message that is not answered yet
  struct pending *next;
  struct session *session;
  struct job *job;
  enum encoding encoding;
  bool done;
};

static void session_free(struct session *session) {
  mllp_free(&session->mllp);
  free(session);
}

// --- answers

static void put_answer(struct pending *pending, bool accept, struct text *out) {
  struct job *job = pending->job;
  struct hl7 *hl7 = pending->session->hl7;
  char id[40], when[16] = "";
  time_t now = (time_t)(hl7->host->now(hl7->host) / 1000);
  struct tm parts;
  struct text plain = {0}, coded = {0};
  if (!ack_wanted(&job->message, accept, job->code)) return;
  gmtime_r(&now, &parts);
  strftime(when, sizeof when, "%Y%m%d%H%M%S", &parts);
  snprintf(id, sizeof id, "AW%s%llu", when, ++hl7->acks);
  char zoned[24];
  snprintf(zoned, sizeof zoned, "%s+0000", when);
  ack_put(&job->message, accept,
          &(struct ack){.code = job->code,
                        .error = job->error,
                        .why = job->why[0] ? job->why : NULL,
                        .id = id,
                        .when = zoned},
          &plain);
  encoding_write(text_slice(&plain), pending->encoding, &coded);
  mllp_put(out, text_slice(&coded));
  text_free(&plain);
  text_free(&coded);
}

static void answer(struct pending *pending) {
  struct session *session = pending->session;
  const struct aw_host *host = session->hl7->host;
  struct text out = {0};
  if (session->stream && pending->job->readable) {
    put_answer(pending, true, &out);
    put_answer(pending, false, &out);
    host->write(session->stream, out.data, out.len);
    if (host->unsent(session->stream) > UNREAD) host->end(session->stream);
  }
  text_free(&out);
}

static void count(struct hl7 *hl7, const struct job *job) {
  hl7->host->add(job->code != ACK_ACCEPT ? hl7->refused
                 : job->ignored          ? hl7->ignored
                                         : hl7->taken,
                 1);
}

static void settle(struct session *session) {
  while (session->first && session->first->done) {
    struct pending *pending = session->first;
    answer(pending);
    count(session->hl7, pending->job);
    session->first = pending->next;
    session->waiting--;
    job_free(pending->job);
    free(pending);
  }
  if (!session->first) session->last = NULL;
  if (session->stream)
    session->hl7->host->pause(session->stream, session->waiting >= AHEAD);
  else if (!session->first)
    session_free(session);
}

static void on_done(struct job *job) {
  struct pending *pending = job->owner;
  struct session *session = pending->session;
  pending->done = true;
  if (session->first == pending && !job->starting) settle(session);
}

// --- messages

static void add(struct session *session, struct pending *pending) {
  if (session->last)
    session->last->next = pending;
  else
    session->first = pending;
  session->last = pending;
  session->waiting++;
}

static void start(struct session *session, struct slice text, enum encoding encoding) {
  struct pending *pending = calloc(1, sizeof *pending);
  struct job *job = calloc(1, sizeof *job);
  if (!pending || !job) abort();
  *pending = (struct pending){.session = session, .job = job, .encoding = encoding};
  job->map = session->hl7->map;
  job->done = on_done;
  job->owner = pending;
  job->keep = true;
  text_put(&job->text, text.at, text.len);
  add(session, pending);
  job_start(job, true);
}

static void refuse_bytes(struct session *session) {
  struct hl7 *hl7 = session->hl7;
  hl7->host->add(hl7->junk, 1);
  hl7->host->log(hl7->host, AW_WARN, "hl7.junk",
                 "reason=\"a frame is no text in the encoding of this connector\"");
}

static void take_frame(struct session *session) {
  struct slice frame = text_slice(&session->mllp.frame), one;
  enum encoding encoding = encoding_of(frame, session->hl7->encoding);
  struct text text = {0};
  if (!encoding_read(frame, encoding, &text)) {
    refuse_bytes(session);
  } else {
    struct slice rest = text_slice(&text);
    if (session->mllp.frame.room > KEPT) text_free(&session->mllp.frame);
    while (message_next(&rest, &one)) start(session, one, encoding);
  }
  text_free(&text);
}

static void arm(struct session *session) {
  const struct aw_host *host = session->hl7->host;
  if (session->timed == session->mllp.inside) return;
  session->timed = session->mllp.inside;
  host->arm(session->patience, session->timed ? session->hl7->patience : -1);
}

static void received(void *self, struct aw_stream *stream, const char *bytes,
                     size_t length) {
  struct session *session = self;
  struct slice rest = {bytes, length};
  enum mllp_step step;
  while ((step = mllp_feed(&session->mllp, &rest)) == MLLP_FRAME) {
    take_frame(session);
    arm(session);  // the next one has a time of its own
  }
  if (step == MLLP_TOO_LONG) {
    session->hl7->host->log(session->hl7->host, AW_WARN, "hl7.too_long",
                            "remedy=\"raise megabytes, or send less\"");
    session->hl7->host->end(stream);
    return;
  }
  arm(session);
  settle(session);
}

static void too_slow(void *self) {
  struct session *session = self;
  const struct aw_host *host = session->hl7->host;
  host->log(host, AW_WARN, "hl7.slow", "reason=\"a message did not end in time\"");
  host->end(session->stream);
}

static void closed(void *self, struct aw_stream *stream, const char *why) {
  struct session *session = self;
  (void)stream, (void)why;
  session->hl7->host->drop(session->patience);
  session->stream = NULL;
  settle(session);
}

void session_open(void *self, struct aw_stream *stream) {
  static const struct aw_stream_calls calls = {.received = received, .closed = closed};
  struct hl7 *hl7 = self;
  struct session *session = calloc(1, sizeof *session);
  if (!session) return;  // not taken: closed
  session->hl7 = hl7;
  session->stream = stream;
  session->mllp.most = hl7->most;
  session->patience = hl7->host->timer(hl7->host, too_slow, session);
  hl7->host->take(stream, &calls, session);
}
