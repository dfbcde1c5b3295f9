#include "link/dispatcher_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum {
  PARALLEL = 8,
  AHEAD = 2,           // times what is sent at once: busy until the next results are in
  AHEAD_KEYED = 16384  // what can be sent again after a crash waits here as well as there
};

struct dispatcher {
  struct dispatcher_sink sink;
  struct channel *channels;  // owned list
  struct channel *gone;      // owned list: dropped; some of their jobs may run
  bool stopped;
};

struct dispatcher *dispatcher_new(const struct dispatcher_sink *sink) {
  struct dispatcher *dispatcher = mem_alloc(sizeof *dispatcher);
  dispatcher->sink = *sink;
  return dispatcher;
}

static struct channel *find(const struct dispatcher *dispatcher, const char *name) {
  struct channel *channel = dispatcher->channels;
  while (channel && strcmp(channel->name, name) != 0) channel = channel->next;
  return channel;
}

int dispatcher_add(struct dispatcher *dispatcher, struct channel *channel,
                   struct status *status) {
  if (find(dispatcher, channel->name)) {
    status_fail(status, ERR_CONFLICT, "channel \"%s\" is configured twice: rename one",
                channel->name);
    channel->ops->free(channel);
    return status->code;
  }
  if (!channel->parallel) channel->parallel = PARALLEL;
  channel->end[0] = &channel->first[0];
  channel->end[1] = &channel->first[1];
  channel->dispatcher = dispatcher;
  channel->next = dispatcher->channels;
  dispatcher->channels = channel;
  return OK;
}

void dispatcher_set_parallel(struct channel *channel, unsigned parallel) {
  channel->parallel = parallel ? parallel : PARALLEL;
}

int64_t channel_now(const struct channel *channel) {
  const struct dispatcher_sink *sink = &channel->dispatcher->sink;
  return sink->now(sink->self);
}

static void job_free(struct channel_job *job) {
  mem_free(job->from);
  mem_free(job->form);
  mem_free(job->address);
  mem_free(job->key);
  mem_free(job->text);
  mem_free(job->program);
  mem_free(job->class_);
  buf_deinit(&job->approved);
  mem_free(job);
}

static struct channel_job *take(struct channel *channel) {
  int list = channel->first[0] ? 0 : 1;
  struct channel_job *job = channel->first[list];
  channel->first[list] = job->next;
  if (!job->next) channel->end[list] = &channel->first[list];
  channel->waiting--;
  return job;
}

// A channel may finish a job within send; the loop here then takes the next one, so that
// a long queue never becomes a deep stack.
static void pump(struct channel *channel) {
  if (channel->pumping) return;
  channel->pumping = true;
  while (channel->waiting && channel->running < channel->parallel) {
    channel->running++;
    channel->ops->send(channel, take(channel));
  }
  channel->pumping = false;
}

static void count(struct channel *channel, const struct channel_result *result) {
  channel->results[result->kind]++;
  channel->newest = result->kind;
  if (result->kind == RESULT_ACCEPTED) return;
  channel->last = *result;
  channel->last_at = channel_now(channel);
}

static void report(struct channel_job *job, const struct channel_result *result) {
  const struct dispatcher_sink *sink = &job->channel->dispatcher->sink;
  if (job->trace)
    job->trace->done(job->trace, result);
  else if (job->dial)
    sink->dialled(sink->self, job->dial, result);
  else
    sink->result(sink->self, job->attempt, result);
  job_free(job);
}

void channel_done(struct channel_job *job, const struct channel_result *result) {
  struct channel *channel = job->channel;
  channel->running--;
  count(channel, result);
  report(job, result);
  pump(channel);
}

void channel_unheard(struct channel_job *job) {
  const struct dispatcher_sink *sink = &job->channel->dispatcher->sink;
  if (!job->trace && sink->unheard) sink->unheard(sink->self, job->channel->name);
}

void channel_rest(struct channel_job *job) {
  job->channel->running--;
  pump(job->channel);
}

void channel_wake(struct channel_job *job) { job->channel->running++; }

void channel_leave(struct channel_job *job) { job_free(job); }

bool channel_stopping(const struct channel *channel) {
  return channel->dispatcher->stopped;
}

static void refuse(const struct dispatcher *dispatcher, const struct outgoing *outgoing,
                   enum result_kind kind, const char *detail) {
  const struct dispatcher_sink *sink = &dispatcher->sink;
  struct channel_result result = {.kind = kind};
  snprintf(result.detail, sizeof result.detail, "%s", detail);
  result.provider = PROVIDER_UNASKED;
  if (outgoing->dial)
    sink->dialled(sink->self, outgoing->dial, &result);
  else
    sink->result(sink->self, outgoing->attempt, &result);
}

static struct channel_job *job_new(struct channel *channel,
                                   const struct outgoing *outgoing) {
  struct channel_job *job = mem_alloc(sizeof *job);
  job->channel = channel;
  job->attempt = outgoing->attempt;
  job->dial = outgoing->dial;
  job->from = mem_copy_text(outgoing->from);
  job->form = mem_copy_text(outgoing->form);
  job->started_at = outgoing->started_at;
  job->safety = outgoing->safety;
  job->query = outgoing->query;
  job->address = mem_copy_text(outgoing->address ? outgoing->address : "");
  job->key = mem_copy_text(outgoing->key);
  job->text = mem_copy_text(outgoing->text);
  job->program = mem_copy_text(outgoing->program ? outgoing->program : "");
  snprintf(job->color, sizeof job->color, "%s", outgoing->color ? outgoing->color : "");
  job->class_ = mem_copy_text(outgoing->class_ ? outgoing->class_ : "");
  if (outgoing->approved)
    buf_put(&job->approved, outgoing->approved->data, outgoing->approved->len);
  return job;
}

static void put(struct channel_job *job) {
  struct channel *channel = job->channel;
  int list = job->safety ? 0 : 1;
  *channel->end[list] = job;
  channel->end[list] = &job->next;
  channel->waiting++;
  pump(channel);
}

int dispatcher_test(struct dispatcher *dispatcher, const struct outgoing *outgoing,
                    struct channel_trace *trace, struct status *status) {
  struct channel *channel = find(dispatcher, outgoing->channel);
  if (!channel)
    return status_fail(status, ERR_NOT_FOUND,
                       "no channel is called \"%s\": afterward channels lists them",
                       outgoing->channel);
  bool scene = outgoing->class_ && !strcmp(outgoing->class_, "scene");
  if (scene && !channel->can.scenes)
    return status_fail(status, ERR_NOT_FOUND, "channel \"%s\" makes no codes to scan",
                       channel->name);
  struct channel_job *job = job_new(channel, outgoing);
  job->trace = trace;
  put(job);
  return OK;
}

static void port_start(void *self, const struct outgoing *outgoing) {
  struct dispatcher *dispatcher = self;
  struct channel *channel = find(dispatcher, outgoing->channel);
  if (dispatcher->stopped) {
    refuse(dispatcher, outgoing, RESULT_RETRY, "stopping");
  } else if (!channel) {
    refuse(dispatcher, outgoing, RESULT_CONFIG, "the channel is gone");
  } else {
    put(job_new(channel, outgoing));
  }
}

// For texts: who rings takes none.
static bool port_known(void *self, const char *channel) {
  const struct channel *found = find(self, channel);
  return found && !found->can.dials;
}

static bool port_dials(void *self, const char *name, struct channel_dials *out) {
  const struct dispatcher *dispatcher = self;
  const struct channel *found = name ? find(dispatcher, name) : dispatcher->channels;
  while (found && !name && (!found->can.dials || found->can.robot)) found = found->next;
  if (!found || !found->can.dials) return false;
  *out = (struct channel_dials){
      .name = found->name,
      .robot = found->can.robot,
      .unknown_ms = found->unknown_ms ? found->unknown_ms : CHANNEL_UNKNOWN_MS};
  return true;
}

static const char *port_address(void *self, const char *channel) {
  const struct channel *found = find(self, channel);
  return found ? found->can.address : "";
}

static int64_t port_keyed(void *self, const char *channel) {
  const struct channel *found = find(self, channel);
  return found ? found->can.keyed_ms : 0;
}

static int64_t port_merges(void *self, const char *channel) {
  const struct channel *found = find(self, channel);
  return found ? found->can.merge_most : 0;
}

static bool port_links(void *self, const char *channel) {
  const struct channel *found = find(self, channel);
  return !found || found->can.links;
}

static bool port_queryable(void *self, const char *channel) {
  const struct channel *found = find(self, channel);
  return found && found->can.queryable;
}

static enum channel_receipts port_receipts(void *self, const char *channel) {
  const struct channel *found = find(self, channel);
  if (!found || !found->can.receipts) return RECEIPTS_NONE;
  return found->can.reads ? RECEIPTS_READ : RECEIPTS_DELIVERED;
}

struct channel_pace dispatcher_pace(const struct channel *channel) {
  struct channel_pace pace = channel->pace;
  const struct channel_pace *usual = &channel->can.pace;
  if (pace.per_second <= 0) {
    pace.per_second = usual->per_second;
    pace.burst = usual->burst;
  }
  if (!pace.per_day) pace.per_day = usual->per_day;
  return pace;
}

static void port_limits(void *self, const char *channel, struct channel_limits *out) {
  const struct channel *found = find(self, channel);
  if (!found) return;
  struct channel_pace pace = dispatcher_pace(found);
  int64_t most = found->can.keyed_ms ? AHEAD_KEYED : AHEAD * (int64_t)found->parallel;
  int64_t room = most - (int64_t)(found->waiting + found->running);
  *out = (struct channel_limits){.room = room > 0 ? (int)room : 0,
                                 .per_second = pace.per_second,
                                 .burst = pace.burst,
                                 .per_day = pace.per_day};
}

// Tests, and questions what became of a message, are asked all the same.
static void port_recall(void *self, const char *name) {
  static const struct channel_result back = {
      .kind = RESULT_RETRY, .provider = PROVIDER_UNASKED, .detail = "not tried"};
  struct channel *channel = find(self, name);
  struct channel_job *jobs = NULL, **end = &jobs;
  while (channel && channel->waiting) {
    *end = take(channel);
    end = &(*end)->next;
    *end = NULL;
  }
  while (jobs) {
    struct channel_job *job = jobs;
    jobs = job->next;
    job->next = NULL;
    if (job->query || job->trace)
      put(job);
    else
      report(job, &back);
  }
}

static const char *port_approved(void *self, const char *channel, bool *only) {
  const struct channel *found = find(self, channel);
  *only = found && found->can.approved_only;
  return found && found->can.approved[0] ? found->can.approved : NULL;
}

struct channels_port dispatcher_port(struct dispatcher *dispatcher) {
  return (struct channels_port){.self = dispatcher,
                                .known = port_known,
                                .address_kind = port_address,
                                .start = port_start,
                                .keyed = port_keyed,
                                .merges = port_merges,
                                .links = port_links,
                                .queryable = port_queryable,
                                .receipts = port_receipts,
                                .limits = port_limits,
                                .recall = port_recall,
                                .dials = port_dials,
                                .approved = port_approved};
}

static void give_back(struct channel *channel, const char *why) {
  struct channel_result back = {.kind = RESULT_RETRY, .provider = PROVIDER_UNASKED};
  snprintf(back.detail, sizeof back.detail, "%s", why);
  while (channel->waiting) report(take(channel), &back);
}

void dispatcher_stop(struct dispatcher *dispatcher) {
  dispatcher->stopped = true;
  for (struct channel *channel = dispatcher->channels; channel; channel = channel->next)
    give_back(channel, "stopping");
}

void dispatcher_drop(struct dispatcher *dispatcher, struct channel *channel) {
  struct channel **at = &dispatcher->channels;
  while (*at != channel) at = &(*at)->next;
  *at = channel->next;
  channel->next = dispatcher->gone;
  dispatcher->gone = channel;
  give_back(channel, "the channel is gone");
}

size_t dispatcher_load(const struct dispatcher *dispatcher) {
  size_t load = 0;
  for (const struct channel *at = dispatcher->channels; at; at = at->next)
    load += at->waiting + at->running;
  for (const struct channel *at = dispatcher->gone; at; at = at->next)
    load += at->running;
  return load;
}

static void free_all(struct channel *channel) {
  while (channel) {
    struct channel *next = channel->next;
    channel->ops->free(channel);
    channel = next;
  }
}

void dispatcher_free(struct dispatcher *dispatcher) {
  if (!dispatcher) return;
  free_all(dispatcher->channels);
  free_all(dispatcher->gone);
  mem_free(dispatcher);
}

struct channel *dispatcher_find(const struct dispatcher *dispatcher, const char *name) {
  return find(dispatcher, name);
}

struct channel *dispatcher_first(const struct dispatcher *dispatcher) {
  return dispatcher->channels;
}

const struct dispatcher_sink *dispatcher_sink_of(const struct dispatcher *dispatcher) {
  return &dispatcher->sink;
}
