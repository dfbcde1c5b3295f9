// How the configured channels do, for people and for Prometheus.
#include <string.h>

#include "care/line.h"
#include "care/mapping.h"
#include "channels.h"

static void put_channel(const struct channels *channels, const struct value *known,
                        const char *name, struct buf *out) {
  struct merge map = {0};
  struct buf bytes = {0};
  value_put(&bytes, known);
  merge_bytes(&map, bytes.data, bytes.len);
  line_describe(channels->care, name, &map);
  merge_end(&map, out);
  buf_deinit(&bytes);
}

void channels_list(const struct channels *channels, struct buf *out) {
  struct buf known = {0};
  struct value list, item;
  dispatcher_list(channels->dispatcher, &known);
  value_read(known.data, known.len, &list);
  struct value_iter iter = value_iterate(&list);
  const struct channel *channel = dispatcher_first(channels->dispatcher);
  size_t all = value_begin_list(out);
  uint32_t count = 0;
  for (; channel && value_next(&iter, NULL, &item); channel = channel->next, count++)
    put_channel(channels, &item, channel->name, out);
  buf_put(out, channels->refused.data, channels->refused.len);
  value_end(out, all, count + channels->refused_count);
  buf_deinit(&known);
}

static bool is_up(const char *state) {
  return strcmp(state, "up") == 0 || strcmp(state, "limited") == 0;
}

static void put_called(const struct channel *first, struct buf *out) {
  static const char *const ends[] = {"taken", "forged", "stranger", "fault"};
  buf_puts(out, "# TYPE afterward_channel_callbacks_total counter\n");
  for (const struct channel *at = first; at; at = at->next)
    for (int i = 0; i < CHANNEL_CALLED; i++)
      if (at->can.receipts || at->can.inbound)
        buf_printf(
            out, "afterward_channel_callbacks_total{channel=\"%s\",result=\"%s\"} %llu\n",
            at->name, ends[i], (unsigned long long)at->called[i]);
}

void channels_metrics(const struct channels *channels, struct buf *out) {
  static const char *const states[] = {"up", "down", "misconfigured", "limited"};
  const struct channel *first = dispatcher_first(channels->dispatcher);
  buf_puts(out, "# TYPE afterward_channel_up gauge\n");
  for (const struct channel *at = first; at; at = at->next)
    buf_printf(out, "afterward_channel_up{channel=\"%s\"} %d\n", at->name,
               is_up(line_state(channels->care, at->name)));
  buf_puts(out, "# TYPE afterward_channel_state gauge\n");
  for (const struct channel *at = first; at; at = at->next)
    for (int i = 0; i < 4; i++)
      buf_printf(out, "afterward_channel_state{channel=\"%s\",state=\"%s\"} %d\n",
                 at->name, states[i],
                 strcmp(line_state(channels->care, at->name), states[i]) == 0);
  put_called(first, out);
}
