// One job over HTTP: the plugin's request, perhaps a second one that the first was for,
// and, when nobody knows whether it was sent, the question to the provider what became of
// it.
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "link/channel_http_parts.h"

enum { STEPS = 5, ASKS = 6, ASK_LONGEST_MS = 10 * 60 * 1000 };

enum verdict { VERDICT_KNOWN, VERDICT_NEXT, VERDICT_ASK };

struct sending {  // a job at the client's thread, or at rest
  struct sending *next;
  struct channel_job *job;
  struct buf message, request;  // what the plugin is given, and what it makes of that
  struct value made;            // request, read
  struct channel_call call;
  struct channel_result result;
  enum verdict verdict;
  bool query;     // it is asked for, not sent
  bool prepared;  // request is there: of `next`
  int steps, asks;
  int64_t ask_ms;  // before it is asked for (again)
  struct loop_timer *timer;
};

static void settle(struct sending *sending, enum result_kind kind, const char *detail) {
  sending->verdict = VERDICT_KNOWN;
  memset(&sending->result, 0, sizeof sending->result);
  sending->result.kind = kind;
  snprintf(sending->result.detail, sizeof sending->result.detail, "%.255s", detail);
}

static bool is_safe(const struct sending *sending) {
  struct value safe = value_field(&sending->made, "safe");
  return value_true(&safe);
}

static int ask_plugin(struct sending *sending, struct status *status) {
  struct channel_http *http = channel_http_of(sending->job->channel);
  struct value given;
  buf_clear(&sending->request);
  value_read_front(sending->message.data, sending->message.len, &given);
  pthread_mutex_lock(&http->lock);
  plugin_ask *ask = sending->query ? http->plugin.query : http->plugin.send;
  int code = ask ? ask(http->plugin.self, &given, &sending->request, status)
                 : status_fail(status, ERR_NOT_FOUND, "the plugin can't ask any more");
  pthread_mutex_unlock(&http->lock);
  return code;
}

static bool make(void *ctx, struct http_call *call) {
  struct sending *sending = ctx;
  struct status status = {0};
  int code = sending->prepared ? OK : ask_plugin(sending, &status);
  sending->prepared = false;
  channel_call_drop(&sending->call);
  if (code == OK &&
      value_read(sending->request.data, sending->request.len, &sending->made)) {
    channel_call_read(&sending->call, &sending->made,
                      channel_http_timeout(channel_http_of(sending->job->channel)), call);
    return true;
  }
  // Nothing was sent by this, but what is asked for may have been before.
  enum result_kind kind = code == ERR_CONFLICT ? RESULT_PERMANENT : RESULT_CONFIG;
  settle(sending, sending->query ? RESULT_AMBIGUOUS : kind, status.text);
  sending->result.provider = PROVIDER_UNASKED;
  return false;
}

static void go_on(struct sending *sending, const struct value *request) {
  struct buf next = {0};
  value_put(&next, request);
  buf_deinit(&sending->request);
  sending->request = next;
  sending->prepared = true;
  sending->verdict = VERDICT_NEXT;
  if (++sending->steps <= STEPS) return;
  settle(sending, RESULT_CONFIG, "the plugin asks for one call after another");
}

static void ask_again(struct sending *sending, double seconds) {
  sending->verdict = VERDICT_ASK;
  if (seconds > 0) sending->ask_ms = (int64_t)(seconds * 1000);
  if (sending->ask_ms > ASK_LONGEST_MS) sending->ask_ms = ASK_LONGEST_MS;
}

// What the provider says when it is asked for a message.
static void read_query(struct sending *sending, const struct value *verdict,
                       int64_t now) {
  struct value absent = value_field(verdict, "absent"),
               later = value_field(verdict, "retry");
  channel_http_read(verdict, now, sending->job->key, &sending->result);
  if (value_true(&absent))
    settle(sending, RESULT_RETRY, "absent");  // it never came: it may be sent
  else if (sending->result.kind == RESULT_RETRY)
    ask_again(sending, value_real_or(&later, 0));
  else if (sending->result.kind == RESULT_AMBIGUOUS)
    ask_again(sending, 0);
}

static int ask_verdict(struct sending *sending, const struct http_result *answer,
                       int64_t now, struct buf *out, struct status *status) {
  struct channel_http *http = channel_http_of(sending->job->channel);
  struct buf response = {0};
  struct value sent, said, step = value_field(&sending->made, "step");
  char *name = value_copy_text(&step);
  channel_call_answer(answer, name ? name : "", now, &response);
  value_read_front(sending->message.data, sending->message.len, &sent);
  value_read_front(response.data, response.len, &said);
  pthread_mutex_lock(&http->lock);
  plugin_judge *judge = sending->query ? http->plugin.queried : http->plugin.result;
  int code = judge ? judge(http->plugin.self, &said, &sent, out, status)
                   : status_fail(status, ERR_NOT_FOUND, "the plugin reads it no more");
  pthread_mutex_unlock(&http->lock);
  buf_deinit(&response);
  mem_free(name);
  return code;
}

// The plugin says what the answer means. When it fails the message may have been sent, so
// a fault of its code is a doubt, and never a reason to send again and again.
static void judge_answer(struct sending *sending, const struct http_result *answer) {
  struct channel_job *job = sending->job;
  struct buf out = {0};
  struct value verdict, next;
  struct status status = {0};
  int64_t now = channel_now(job->channel);
  int code = ask_verdict(sending, answer, now, &out, &status);
  sending->verdict = VERDICT_KNOWN;
  if (code != OK || !value_read(out.data, out.len, &verdict)) {
    log_line(LOG_LEVEL_ERROR, "channel.plugin", "channel=%s error=%s", job->channel->name,
             status.text);
    settle(sending,
           is_safe(sending) && !sending->query ? RESULT_CONFIG : RESULT_AMBIGUOUS,
           status.text);
  } else if ((next = value_field(&verdict, "next")).kind == VALUE_MAP) {
    go_on(sending, &next);
  } else if (sending->query) {
    read_query(sending, &verdict, now);
  } else {
    channel_http_read(&verdict, now, job->key, &sending->result);
  }
  buf_deinit(&out);
}

// A provider that can't say what became of a message is as good as none.
static enum provider met(const struct sending *sending,
                         const struct http_result *answer) {
  enum result_kind kind = sending->result.kind;
  bool fell = answer->status >= 500;
  if (answer->outcome == HTTP_WRONG) return PROVIDER_UNASKED;
  if (answer->outcome != HTTP_ANSWERED || kind == RESULT_AMBIGUOUS) return PROVIDER_GONE;
  if (kind == RESULT_RETRY && fell) return PROVIDER_GONE;
  return kind == RESULT_RETRY && answer->status == 429 ? PROVIDER_BUSY : PROVIDER_SPOKE;
}

static void answered(void *ctx, const struct http_result *answer) {
  struct sending *sending = ctx;
  bool safe = is_safe(sending);
  if (sending->job->trace)
    channel_call_trace(sending->job->trace, &sending->made, answer);
  switch (answer->outcome) {
    case HTTP_ANSWERED: judge_answer(sending, answer); break;
    case HTTP_NOT_SENT: settle(sending, RESULT_RETRY, "not-sent"); break;
    case HTTP_AMBIGUOUS:
      settle(sending, safe ? RESULT_RETRY : RESULT_AMBIGUOUS, "no-answer");
      break;
    case HTTP_WRONG: settle(sending, RESULT_CONFIG, answer->error); break;
  }
  sending->result.provider = met(sending, answer);
  if (sending->query && answer->outcome != HTTP_ANSWERED) ask_again(sending, 0);
}

static void sending_free(struct sending *sending) {
  if (sending->timer) loop_timer_free(sending->timer);
  channel_call_drop(&sending->call);
  buf_deinit(&sending->message);
  buf_deinit(&sending->request);
  mem_free(sending);
}

static void finish(struct sending *sending) {
  channel_done(sending->job, &sending->result);
  sending_free(sending);
}

static void done(void *ctx);
static const struct http_errand errand = {make, answered, done};

static void send_off(struct sending *sending) {
  http_thread_send(channel_http_of(sending->job->channel)->client, &errand, sending);
}

static void unlink_resting(struct channel_http *http, const struct sending *sending) {
  struct sending **at = &http->resting;
  while (*at != sending) at = &(*at)->next;
  *at = sending->next;
}

static void wake(void *ctx) {
  struct sending *sending = ctx;
  unlink_resting(channel_http_of(sending->job->channel), sending);
  channel_wake(sending->job);
  send_off(sending);
}

// After ever longer waits; what the provider can't say then is a person's to decide.
static void rest(struct sending *sending) {
  struct channel_http *http = channel_http_of(sending->job->channel);
  if (!sending->ask_ms) sending->ask_ms = http->ask_ms;
  if (!sending->timer) sending->timer = loop_timer_new(http->loop, wake, sending);
  sending->asks++;
  sending->query = true;
  sending->steps = 0;
  sending->next = http->resting;
  http->resting = sending;
  loop_timer_arm(sending->timer, sending->ask_ms);
  sending->ask_ms *= 2;
  channel_rest(sending->job);
}

// A safety text does not wait for an answer: care sends it by another road at once.
static bool may_ask(const struct sending *sending) {
  const struct channel *channel = sending->job->channel;
  bool doubt =
      sending->verdict == VERDICT_ASK || sending->result.kind == RESULT_AMBIGUOUS;
  return doubt && channel->can.queryable && !sending->job->safety &&
         !sending->job->trace && sending->asks < ASKS;
}

static void done(void *ctx) {
  struct sending *sending = ctx;
  struct channel *channel = sending->job->channel;
  if (sending->verdict == VERDICT_NEXT) {
    send_off(sending);
  } else if (!may_ask(sending)) {
    enum provider provider = sending->result.provider;
    if (sending->verdict == VERDICT_ASK) settle(sending, RESULT_AMBIGUOUS, "unknown");
    sending->result.provider = provider;
    finish(sending);
  } else if (channel_stopping(channel)) {
    channel_rest(sending->job);  // the next start asks
    channel_leave(sending->job);
    sending_free(sending);
  } else {
    if (sending->result.provider == PROVIDER_GONE) channel_unheard(sending->job);
    rest(sending);
  }
}

void sending_start(struct channel_http *http, struct channel_job *job) {
  struct sending *sending = mem_alloc(sizeof *sending);
  (void)http;
  sending->job = job;
  sending->query = job->query;
  sending->asks = job->query;
  channel_call_message(job, &sending->message);
  send_off(sending);
}

void sending_leave(struct channel_http *http) {
  while (http->resting) {
    struct sending *sending = http->resting;
    http->resting = sending->next;
    channel_leave(sending->job);
    sending_free(sending);
  }
}
