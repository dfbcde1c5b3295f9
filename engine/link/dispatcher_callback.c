// Callbacks of providers: read by the channel's plugin, which finds receipts in them, and
// what people wrote.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "care/mapping.h"
#include "io/http_header.h"
#include "link/dispatcher_parts.h"

enum { ITEMS = 1000, HEADERS = 64, WRITTEN = 4000 };  // of one callback; bytes of a text

struct field {  // of the callback's head; name in lower case
  char name[64];
  const char *value;
};

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct field *)a)->name, ((const struct field *)b)->name);
}

static size_t lower_fields(const struct dispatcher_callback *callback,
                           struct field fields[HEADERS]) {
  size_t count = 0;
  for (size_t i = 0; i < callback->header_count && count < HEADERS; i++) {
    const char *name = callback->headers[i].name;
    if (strlen(name) >= sizeof fields->name) continue;
    size_t at = 0;
    for (; name[at]; at++)
      fields[count].name[at] = (char)tolower((unsigned char)name[at]);
    fields[count].name[at] = '\0';
    fields[count++].value = callback->headers[i].value;
  }
  if (count) qsort(fields, count, sizeof *fields, by_name);
  return count;
}

// A header that comes twice proves nothing, so it is not there.
static void put_headers(struct buf *out, const struct dispatcher_callback *callback) {
  struct field fields[HEADERS];
  size_t count = lower_fields(callback, fields);
  uint32_t put = 0;
  value_put_key(out, "headers");
  size_t map = value_begin_map(out);
  for (size_t i = 0; i < count; i++) {
    bool twice = (i > 0 && by_name(&fields[i - 1], &fields[i]) == 0) ||
                 (i + 1 < count && by_name(&fields[i], &fields[i + 1]) == 0);
    if (twice) continue;
    value_put_key(out, fields[i].name);
    value_put_text(out, fields[i].value);
    put++;
  }
  value_end(out, map, put);
}

static void put_bind(struct buf *out, const char *channel,
                     const struct dispatcher_callback *callback) {
  value_put_key(out, "bind");
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "channel", channel);
  mapping_text(&map, "key", callback->bind_key);
  mapping_text(&map, "url", callback->bind_url);
  mapping_end(&map);
}

static void put_request(struct buf *out, const struct channel *channel,
                        const struct dispatcher_callback *callback) {
  size_t map = value_begin_map(out);
  if (callback->bind_key) put_bind(out, channel->name, callback);
  value_put_key(out, "body");
  value_put_bytes(out, callback->body ? callback->body : "", callback->body_len);
  put_headers(out, callback);
  value_put_key(out, "method");
  value_put_text(out, callback->method);
  value_put_key(out, "now");
  value_put_int(out, channel_now(channel));
  value_put_key(out, "query");
  value_put_text(out, callback->query ? callback->query : "");
  value_end(out, map, callback->bind_key ? 6 : 5);
}

static bool copy_field(const struct value *map, const char *key, char *out, size_t size) {
  struct value text = value_field(map, key);
  out[0] = '\0';
  if (text.kind != VALUE_TEXT || text.text.len >= size) return false;
  memcpy(out, text.text.data, text.text.len);
  out[text.text.len] = '\0';
  return true;
}

static void put_receipt(struct buf *out, const char *id, const char *state,
                        const char *detail) {
  size_t map = value_begin_map(out);
  value_put_key(out, "detail");
  value_put_text(out, detail);
  value_put_key(out, "id");
  value_put_text(out, id);
  value_put_key(out, "state");
  value_put_text(out, state);
  value_end(out, map, 3);
}

static bool add_receipt(const struct value *item, struct buf *out) {
  char id[128], state[16], detail[256];
  if (!copy_field(item, "id", id, sizeof id) ||
      !copy_field(item, "state", state, sizeof state))
    return false;
  copy_field(item, "detail", detail, sizeof detail);
  if (strcmp(state, "delivered") && strcmp(state, "partly") && strcmp(state, "read") &&
      strcmp(state, "failed"))
    return false;
  put_receipt(out, id, state, detail);
  return true;
}

static void put_optional(struct mapping *map, const struct value *item, const char *key,
                         size_t most) {
  struct value text = value_field(item, key);
  if (text.kind == VALUE_TEXT && text.text.len <= most) mapping_value(map, key, &text);
}

// Without its own number it would count again each time that the provider calls.
static bool add_inbound(const struct value *item, struct buf *out) {
  char id[128], from[128];
  struct value at = value_field(item, "at");
  if (!copy_field(item, "from", from, sizeof from) ||
      !copy_field(item, "id", id, sizeof id) || !*id || !*from)
    return false;
  struct mapping map = mapping_begin(out);
  if (at.kind == VALUE_INT) mapping_int(&map, "at", at.integer);
  mapping_text(&map, "from", from);
  mapping_text(&map, "id", id);
  put_optional(&map, item, "kind", 32);
  put_optional(&map, item, "text", WRITTEN);
  mapping_end(&map);
  return true;
}

static void put_number(struct mapping *map, const struct value *item, const char *key) {
  struct value number = value_field(item, key);
  if (number.kind == VALUE_INT && number.integer >= 0) mapping_value(map, key, &number);
}

static bool add_call(const struct value *item, struct buf *out) {
  char id[128];
  struct value answers = value_field(item, "answers"), call = value_field(item, "call"),
               code = value_field(item, "code");
  if (!copy_field(item, "id", id, sizeof id) || !*id ||
      (answers.kind != VALUE_MAP && call.kind != VALUE_TEXT && code.kind != VALUE_TEXT))
    return false;
  struct mapping map = mapping_begin(out);
  if (answers.kind == VALUE_MAP) mapping_value(&map, "answers", &answers);
  put_optional(&map, item, "call", 16);
  put_optional(&map, item, "code", 64);
  put_optional(&map, item, "detail", 255);
  mapping_text(&map, "id", id);
  put_optional(&map, item, "note", WRITTEN);
  put_optional(&map, item, "recording", 255);
  put_number(&map, item, "seconds");
  mapping_end(&map);
  return true;
}

static void put_items(const struct value *list, struct buf *out,
                      bool (*add)(const struct value *item, struct buf *out)) {
  struct value_iter iter = value_iterate(list);
  struct value item;
  size_t all = value_begin_list(out);
  uint32_t count = 0;
  while (count < ITEMS && value_next(&iter, NULL, &item)) count += add(&item, out);
  value_end(out, all, count);
  if (!count) buf_clear(out);
}

static void read_reply(const struct value *answer, struct dispatcher_reply *reply) {
  struct value given = value_field(answer, "reply");
  struct value status = value_field(&given, "status");
  struct value body = value_field(&given, "body");
  int64_t code = value_int_or(&status, 200);
  reply->status = code >= 200 && code <= 599 ? (int)code : 500;
  copy_field(&given, "type", reply->type, sizeof reply->type);
  if (body.kind == VALUE_TEXT) buf_put(&reply->body, body.text.data, body.text.len);
}

static void fault(const struct channel *channel, struct dispatcher_reply *reply,
                  const struct status *why) {
  log_line(LOG_LEVEL_ERROR, "channel.callback", "channel=%s error=%s", channel->name,
           why->text);
  reply->status = 500;
}

static bool may_call(const struct channel *channel, const char *peer) {
  if (!channel->callers.count || http_nets_hold(&channel->callers, peer)) return true;
  log_line(LOG_LEVEL_WARN, "channel.caller",
           "channel=%s peer=%s reason=\"not in callers\"", channel->name, peer);
  return false;
}

static void note_call(struct channel *channel, const struct dispatcher_callback *callback,
                      int status) {
  channel->called[status < 300 ? CALLED_TAKEN : CALLED_FORGED]++;
  if (status == 403)
    log_line(LOG_LEVEL_WARN, "channel.forged", "channel=%s peer=%s", channel->name,
             callback->peer);
}

static bool takes(const struct channel *channel, enum channel_callback which) {
  return channel && channel->ops->callback &&
         (which == CHANNEL_RECEIPT ? channel->can.receipts : channel->can.inbound);
}

int dispatcher_callback(struct dispatcher *dispatcher, const char *name,
                        const struct dispatcher_callback *callback,
                        struct dispatcher_reply *reply, struct status *status) {
  struct channel *channel = dispatcher_find(dispatcher, name);
  if (!takes(channel, callback->which))
    return status_fail(status, ERR_NOT_FOUND, "no such channel takes that");
  struct buf bytes = {0}, out = {0};
  struct value request, answer;
  struct status why = {0};
  memset(reply, 0, sizeof *reply);
  if (!may_call(channel, callback->peer)) {
    channel->called[CALLED_STRANGER]++;
    reply->status = 403;
    return OK;
  }
  put_request(&bytes, channel, callback);
  if (!value_read(bytes.data, bytes.len, &request) ||
      channel->ops->callback(channel, callback->which, &request, &out, &why) != OK ||
      !value_read(out.data, out.len, &answer)) {
    fault(channel, reply, &why);
    channel->called[CALLED_FAULT]++;
  } else {
    struct value list = value_field(&answer, "items");
    read_reply(&answer, reply);
    note_call(channel, callback, reply->status);
    if (reply->status < 300) {
      put_items(&list, &reply->receipts, add_receipt);
      put_items(&list, &reply->inbound, add_inbound);
      if (channel->can.dials) put_items(&list, &reply->calls, add_call);
    }
  }
  buf_deinit(&bytes);
  buf_deinit(&out);
  return OK;
}
