// What there is in channels, for people: what each can do, and how it does.
#include "care/mapping.h"
#include "link/dispatcher_parts.h"

// Why an operator should look at it.
static const char *state_of(const struct channel *channel) {
  if (channel->stale[0]) return "stale";
  return channel->newest == RESULT_CONFIG ? "misconfigured" : "up";
}

static void put_channel(struct buf *out, const struct channel *channel) {
  static const char *const kinds[] = {"accepted",  "retry",  "delayed",
                                      "permanent", "config", "ambiguous"};
  const struct channel_abilities *can = &channel->can;
  struct channel_pace pace = dispatcher_pace(channel);
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "accepted", (int64_t)channel->results[RESULT_ACCEPTED]);
  mapping_text(&map, "address", can->address);
  mapping_text(&map, "approved", can->approved[0] ? can->approved : NULL);
  if (can->approved_only) mapping_bool(&map, "approved_only", true);
  if (pace.per_second > 0) mapping_int(&map, "burst", pace.burst);
  mapping_bool(&map, "dials", can->dials);
  mapping_bool(&map, "inbound", can->inbound);
  if (can->keyed_ms) mapping_int(&map, "keyed_ms", can->keyed_ms);
  if (channel->last_at) {
    mapping_int(&map, "last_at", channel->last_at);
    mapping_text(&map, "last_detail", channel->last.detail);
    mapping_text(&map, "last_result", kinds[channel->last.kind]);
  }
  mapping_bool(&map, "links", can->links);
  if (can->max_length) mapping_int(&map, "max_length", can->max_length);
  mapping_text(&map, "name", channel->name);
  mapping_int(&map, "parallel", channel->parallel);
  if (pace.per_day) mapping_int(&map, "per_day", pace.per_day);
  if (pace.per_second > 0) mapping_real(&map, "per_second", pace.per_second);
  mapping_text(&map, "plugin", can->plugin[0] ? can->plugin : "log");
  mapping_bool(&map, "queryable", can->queryable);
  mapping_bool(&map, "reads", can->reads);
  mapping_bool(&map, "receipts", can->receipts);
  mapping_int(&map, "running", channel->running);
  mapping_bool(&map, "scenes", can->scenes);
  mapping_text(&map, "stale", channel->stale[0] ? channel->stale : NULL);
  mapping_text(&map, "state", state_of(channel));
  if (can->dials)
    mapping_int(&map, "unknown_after_ms",
                channel->unknown_ms ? channel->unknown_ms : CHANNEL_UNKNOWN_MS);
  mapping_int(&map, "waiting", (int64_t)channel->waiting);
  mapping_end(&map);
}

void dispatcher_list(const struct dispatcher *dispatcher, struct buf *out) {
  uint32_t count = 0;
  size_t list = value_begin_list(out);
  for (const struct channel *at = dispatcher_first(dispatcher); at; at = at->next) {
    put_channel(out, at);
    count++;
  }
  value_end(out, list, count);
}
