// What becomes of a message when its channel has spoken.
#include "care/message_result.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/line_row.h"
#include "care/message_carried.h"
#include "care/message_gate.h"
#include "care/message_remind.h"

enum { FIRST_WAIT_MS = 30 * 1000, LONGEST_WAIT_MS = 60 * 60 * 1000 };

struct reported {
  int64_t attempt;
  struct channel_result result;
};

// Doubles from 30 s to an hour, and a fifth of it is spread by the message's number, so
// that what failed together is not tried together, and a replay tries at the same time.
int64_t message_backoff(int64_t message, int64_t tries) {
  int64_t wait = FIRST_WAIT_MS;
  for (int64_t i = 1; i < tries && wait < LONGEST_WAIT_MS; i++) wait *= 2;
  if (wait > LONGEST_WAIT_MS) wait = LONGEST_WAIT_MS;
  uint64_t spread = ((uint64_t)message * 31 + (uint64_t)tries) * 0x9E3779B97F4A7C15u;
  return wait - (int64_t)((spread >> 33) % (uint64_t)(wait / 5));
}

static void set_attempt(struct care *care, int64_t attempt, const char *status,
                        const struct channel_result *result) {
  const char *id = result->provider_id[0] ? result->provider_id : NULL;
  const char *detail = result->detail[0] ? result->detail : NULL;
  int64_t lost = result->provider == PROVIDER_GONE      ? 1
                 : result->provider == PROVIDER_UNASKED ? 2
                                                        : 0;
  store_exec(care->store,
             "UPDATE attempt SET status=?2, ended_at=?3, provider_id=?4, detail=?5,"
             " lost=?6 WHERE id=?1",
             "itittI", attempt, status, kernel_now(care->kernel), id, detail, lost);
}

static int64_t tries_of(struct care *care, const struct message *message,
                        const char *status) {
  return store_int(care->store, 0,
                   "SELECT count(*) FROM attempt WHERE message=?1 AND status=?2", "it",
                   message->id, status);
}

// What no provider has looked at is no reason to give a message up.
static bool is_tired(struct care *care, const struct message *message,
                     const char *status) {
  return store_int(care->store, 0,
                   "SELECT count(*) FROM attempt WHERE message=?1 AND status=?2 AND"
                   " lost IS NULL",
                   "it", message->id, status) >= MESSAGE_TRIES;
}

// Its channel takes nothing for a while: it stands in line, or leaves by another one, as
// the gate finds.
static bool must_wait(struct care *care, const struct message *message,
                      const struct channel_result *result) {
  struct line line;
  if (strcmp(result->detail, "stopping") == 0) return false;
  if (result->provider == PROVIDER_BUSY) return false;  // its own time was said
  line_load(care, message->channel, &line);
  return result->provider == PROVIDER_UNASKED ||
         !breaker_lets(&line.breaker, kernel_now(care->kernel));
}

// The provider wants it later than its channel waits: a Retry-After may be for hours.
static bool outlasts_line(struct care *care, const struct message *message,
                          const struct channel_result *result) {
  struct line line;
  line_load(care, message->channel, &line);
  return result->until_ms > line.breaker.until;
}

static void look_again(struct care *care, struct message *message) {
  message_wait(care, message, "planned", NULL, kernel_now(care->kernel));
}

void message_accepted(struct care *care, struct message *message) {
  bool first = !message->accepted_at;
  message_accept(care, message, kernel_now(care->kernel));
  if (!first) return;
  message_remind_at(care, message);
  message_tell_run(care, message, "accepted");
}

static void hold(struct care *care, struct message *message, const char *reason,
                 int64_t until) {
  if (until < message->valid_until)
    message_wait(care, message, "held", reason, until);
  else
    message_end(care, message, "failed", "unreachable");
}

static void retry(struct care *care, struct message *message,
                  const struct channel_result *result) {
  int64_t tries = tries_of(care, message, "retry");
  int64_t at = kernel_now(care->kernel) + message_backoff(message->id, tries);
  if (is_tired(care, message, "retry"))
    message_end(care, message, "failed", "unreachable");
  else if (must_wait(care, message, result) && !outlasts_line(care, message, result))
    look_again(care, message);
  else
    hold(care, message, "retry", at > result->until_ms ? at : result->until_ms);
}

static void delayed(struct care *care, struct message *message, int64_t until) {
  int64_t soonest = kernel_now(care->kernel) + FIRST_WAIT_MS;
  if (until < soonest) until = soonest;
  if (until < message->valid_until)
    message_wait(care, message, "held", "delayed", until);
  else
    message_end(care, message, "suppressed", "delayed");
}

static void misconfigured(struct care *care, struct message *message,
                          const struct channel_result *result) {
  log_line(LOG_LEVEL_ERROR, "message.channel-config", "message=%lld channel=%s error=%s",
           (long long)message->id, message->channel, result->detail);
  if (must_wait(care, message, result)) {
    look_again(care, message);
    return;
  }
  int64_t again = kernel_now(care->kernel) + MESSAGE_CONFIG_MS;
  if (again < message->valid_until)
    message_wait(care, message, "held", "channel-config", again);
  else
    message_end(care, message, "suppressed", "channel-config");
}

int64_t message_keyed_until(struct care *care, const struct message *message) {
  const struct channels_port *port = &care->channels;
  int64_t ttl = port->keyed ? port->keyed(port->self, message->channel) : 0;
  if (ttl <= 0) return 0;
  return ttl + store_int(care->store, 0,
                         "SELECT min(a.started_at) FROM attempt a JOIN attempt b ON"
                         " b.message=a.message AND b.key=a.key WHERE a.message=?1 AND"
                         " b.id=(SELECT max(id) FROM attempt WHERE message=?1)",
                         "i", message->id);
}

// It may have arrived. A safety text goes another way at once, if there is one; the same
// key can be sent again while the channel knows it; a safety text goes again in any case,
// and the rest waits for a person.
static void ambiguous(struct care *care, struct message *message,
                      const struct channel_result *result) {
  int64_t doubts = tries_of(care, message, "in_doubt");
  int64_t at = kernel_now(care->kernel) + message_backoff(message->id, doubts);
  bool more = !is_tired(care, message, "in_doubt");
  bool safety = message_is_safety(message) && doubts < MESSAGE_TRIES;
  if (safety && gate_has_other_road(care, message)) {
    message_regenerate(care, message);
    message_wait(care, message, "planned", "in-doubt", kernel_now(care->kernel));
  } else if (more && at < message_keyed_until(care, message) &&
             at < message->valid_until) {
    if (must_wait(care, message, result))
      look_again(care, message);
    else
      message_wait(care, message, "held", "retry", at);
  } else if (safety) {
    message_regenerate(care, message);
    message_wait(care, message, "planned", "in-doubt", kernel_now(care->kernel));
  } else {
    log_line(LOG_LEVEL_WARN, "message.in-doubt", "message=%lld channel=%s",
             (long long)message->id, message->channel);
    message_doubt(care, message);
  }
}

static const char *attempt_status(enum result_kind kind) {
  static const char *const names[] = {"accepted", "retry",  "delayed",
                                      "failed",   "config", "in_doubt"};
  return names[kind];
}

static void settle(struct care *care, struct message *message,
                   const struct channel_result *result) {
  switch (result->kind) {
    case RESULT_ACCEPTED: message_accepted(care, message); break;
    case RESULT_RETRY: retry(care, message, result); break;
    case RESULT_DELAYED: delayed(care, message, result->until_ms); break;
    case RESULT_PERMANENT:
      message_regenerate(care, message);
      message_wait(care, message, "planned", NULL, kernel_now(care->kernel));
      break;
    case RESULT_CONFIG: misconfigured(care, message, result); break;
    case RESULT_AMBIGUOUS: ambiguous(care, message, result); break;
  }
}

// By an earlier try.
static bool has_arrived(struct care *care, const struct message *message) {
  return message->attempts > 1 &&
         store_int(
             care->store, 0,
             "SELECT 1 FROM attempt WHERE message=?1 AND status='delivered' LIMIT 1", "i",
             message->id) != 0;
}

static bool was_cancelled(const struct message *message) {
  return message->reason != NULL;  // while in flight only a cancellation writes there
}

void message_result_apply(struct care *care, int64_t attempt,
                          const struct channel_result *result) {
  int64_t id = store_int(care->store, 0,
                         "SELECT message FROM attempt WHERE id=?1 AND status='in_flight'",
                         "i", attempt);
  struct message message;
  if (!id) return;  // said twice, or after the doubt about it was dealt with
  set_attempt(care, attempt, attempt_status(result->kind), result);
  bool known = message_load(care->store, id, &message);
  if (message.channel) line_hears(care, message.channel, result);
  if (message.carries)
    message_follow_try(care, &message, attempt_status(result->kind),
                       result->detail[0] ? result->detail : NULL);
  if (known && message_is(&message, "in_flight")) {
    bool more = result->kind != RESULT_ACCEPTED;
    bool arrived = has_arrived(care, &message);
    if (more && !arrived && was_cancelled(&message))
      message_end(care, &message, "cancelled", message.reason);
    else if (!more || !arrived)
      settle(care, &message, result);
    if (arrived) message_delivered(care, &message);
  }
  message_deinit(&message);
  if (result->kind == RESULT_AMBIGUOUS ||
      (result->kind == RESULT_ACCEPTED && result->provider_id[0]))
    message_receipt_early(care, attempt);
}

static void apply_result(void *self, struct work *work) {
  const struct reported *reported = work->prepared;
  message_result_apply(self, reported->attempt, &reported->result);
}

// What was said could not be kept, by a fault of ours: the attempt is in doubt, and a
// person sees it.
static void refuse_result(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  const struct reported *reported = work->prepared;
  struct channel_result doubt = {
      .kind = RESULT_AMBIGUOUS, .provider = PROVIDER_UNASKED, .detail = "fault"};
  int64_t id = store_int(care->store, 0, "SELECT message FROM attempt WHERE id=?1", "i",
                         reported->attempt);
  struct message message;
  (void)why;  // the kernel logs it
  set_attempt(care, reported->attempt, "in_doubt", &doubt);
  bool known = message_load(care->store, id, &message);
  if (message.carries) message_follow_try(care, &message, "in_doubt", doubt.detail);
  if (known && message_is(&message, "in_flight")) message_doubt(care, &message);
  message_deinit(&message);
}

static void release_result(void *self, struct work *work) {
  (void)self;
  mem_free(work->prepared);
}

void message_result(struct care *care, int64_t attempt,
                    const struct channel_result *result) {
  static const struct work_handler handler = {
      .apply = apply_result, .refuse = refuse_result, .release = release_result};
  struct reported *reported = mem_alloc(sizeof *reported);
  reported->attempt = attempt;
  reported->result = *result;
  kernel_post(care->kernel, -attempt, &handler, care, reported);
}
