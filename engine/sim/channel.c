#include "sim/channel.h"

#include "care/mapping.h"
#include "care/message.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const char *word_for(const struct sim_channel *channel, const char *name,
                            const char *address) {
  const char *word = "accept";
  for (int i = 0; i < channel->count; i++) {
    const struct sim_behaviour *behaviour = &channel->behaviours[i];
    if (strcmp(behaviour->channel, name)) continue;
    if (!behaviour->address)
      word = behaviour->word;
    else if (address && !strcmp(behaviour->address, address))
      return behaviour->word;
  }
  return word;
}

static bool known(void *self, const char *name) {
  static const char *const names[] = {"sms", "wechat", "email", "log"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (!strcmp(names[i], name)) return strcmp(word_for(self, name, NULL), "down") != 0;
  return false;
}

static const char *address_kind(void *self, const char *name) {
  (void)self;
  if (!strcmp(name, "wechat") || !strcmp(name, "email")) return name;
  return "phone";
}

static const struct {
  const char *word;
  enum result_kind kind;
} results[] = {{"accept", RESULT_ACCEPTED}, {"fail", RESULT_PERMANENT},
               {"retry", RESULT_RETRY},     {"delay", RESULT_DELAYED},
               {"config", RESULT_CONFIG},   {"ambiguous", RESULT_AMBIGUOUS},
               {"dead", RESULT_RETRY}};

static void start(void *self, const struct outgoing *outgoing) {
  struct sim_channel *channel = self;
  const char *word = word_for(channel, outgoing->channel, outgoing->address);
  struct channel_result result = {.kind = RESULT_ACCEPTED};
  if (!strcmp(word, "silent")) return;
  for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
    if (!strcmp(results[i].word, word)) result.kind = results[i].kind;
  if (!strcmp(word, "dead") || !strcmp(word, "ambiguous"))
    result.provider = PROVIDER_GONE;
  if (result.kind == RESULT_DELAYED)
    result.until_ms = kernel_now(channel->care->kernel) + 24 * 3600000;
  snprintf(result.provider_id, sizeof result.provider_id, "sim-%lld",
           (long long)++channel->sent);
  message_result(channel->care, outgoing->attempt, &result);
}

static int64_t keyed(void *self, const char *name) {
  return strcmp(word_for(self, name, NULL), "keyed") ? 0 : 24 * (int64_t)3600000;
}

static int64_t merges(void *self, const char *name) {
  bool single = !strcmp(name, "wechat") || !strcmp(word_for(self, name, NULL), "single");
  return single ? 0 : SIM_MERGE_MOST;
}

static enum channel_receipts receipts(void *self, const char *name) {
  const char *word = word_for(self, name, NULL);
  if (!strcmp(word, "reads")) return RECEIPTS_READ;
  return strcmp(word, "receipts") ? RECEIPTS_NONE : RECEIPTS_DELIVERED;
}

struct channels_port sim_channel_port(struct sim_channel *channel) {
  return (struct channels_port){.self = channel,
                                .known = known,
                                .address_kind = address_kind,
                                .start = start,
                                .keyed = keyed,
                                .merges = merges,
                                .receipts = receipts};
}

void sim_channel_behave(struct sim_channel *channel, const char *name,
                        const char *address, const char *word) {
  for (int i = 0; i < channel->count; i++) {
    struct sim_behaviour *behaviour = &channel->behaviours[i];
    bool same = !strcmp(behaviour->channel, name) && !behaviour->address == !address &&
                (!address || !strcmp(behaviour->address, address));
    if (!same) continue;
    mem_free(behaviour->word);
    behaviour->word = mem_copy_text(word);
    return;
  }
  if (channel->count < SIM_BEHAVIOURS)
    channel->behaviours[channel->count++] = (struct sim_behaviour){
        mem_copy_text(name), mem_copy_text(address), mem_copy_text(word)};
}

void sim_channel_forget(struct sim_channel *channel) { channel->sent += 1000; }

void sim_channel_deinit(struct sim_channel *channel) {
  for (int i = 0; i < channel->count; i++) {
    mem_free(channel->behaviours[i].channel);
    mem_free(channel->behaviours[i].address);
    mem_free(channel->behaviours[i].word);
  }
  channel->count = 0;
}

void sim_channel_receipt(struct care *care, const char *channel, const char *id,
                         const char *state) {
  struct buf list = {0};
  struct value view;
  size_t all = value_begin_list(&list);
  struct mapping map = mapping_begin(&list);
  mapping_text(&map, "id", id);
  mapping_text(&map, "state", state);
  mapping_end(&map);
  value_end(&list, all, 1);
  value_read(list.data, list.len, &view);
  message_receipts(care, channel, &view, NULL, NULL);
  buf_deinit(&list);
}
