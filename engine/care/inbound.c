#include "care/inbound.h"

#include <string.h>

#include "base/mem.h"
#include "care/binding.h"
#include "care/identity.h"
#include "care/phone.h"
#include "care/reply.h"
#include "care/ring_back.h"
#include "care/said.h"

enum { AHEAD_MS = 5 * 60 * 1000 };  // clocks differ

int64_t inbound_identity(struct care *care, const char *kind, const char *value) {
  int64_t id = store_int(care->store, 0,
                         "SELECT id FROM identity WHERE value=?1 AND kind=?2"
                         " ORDER BY person=0, id LIMIT 1",
                         "tt", value, kind);
  if (id) return id;
  identity_add(care->store, 0, kind, value, 1, NULL);
  return store_last_id(care->store);
}

static int64_t sender_of(struct care *care, const char *channel, const char *from) {
  const char *kind = care->channels.address_kind(care->channels.self, channel);
  char digits[PHONE_SIZE];
  if (!kind[0]) kind = "phone";
  if (!strcmp(kind, "phone") && phone_normalize(from, strlen(from), digits))
    from = digits;
  return inbound_identity(care, kind, from);
}

static void hear(struct care *care, int64_t inbound, int64_t identity, const char *kind) {
  if (kind && !strcmp(kind, "missed-call"))
    ring_back_missed(care, inbound);
  else if (kind && (!strcmp(kind, "follow") || !strcmp(kind, "unfollow")))
    binding_followed(care, identity, kind[0] == 'f');
  else
    reply_due(care, inbound);
}

static void keep(struct care *care, const char *channel, const struct value *item) {
  struct value from = value_field(item, "from"), id = value_field(item, "id"),
               kind = value_field(item, "kind"), text = value_field(item, "text"),
               at = value_field(item, "at");
  int64_t now = kernel_now(care->kernel), said = value_int_or(&at, now);
  char *texts[] = {value_copy_text(&from), value_copy_text(&id), value_copy_text(&kind),
                   value_copy_text(&text)};
  if (said > now + AHEAD_MS || said <= 0) said = now;
  bool known = !texts[0] || !texts[1] ||
               store_int(care->store, 0,
                         "SELECT 1 FROM inbound WHERE provider_id=?1 AND channel=?2",
                         "tt", texts[1] ? texts[1] : "", channel);
  if (!known) {
    int64_t sender = sender_of(care, channel, texts[0]);
    store_exec(care->store,
               "INSERT INTO inbound (channel,provider_id,identity,kind,text,at,"
               "received_at) VALUES (?1,?2,?3,?4,?5,?6,?7)",
               "ttittii", channel, texts[1], sender, texts[2] ? texts[2] : "text",
               texts[3], said, now);
    hear(care, store_last_id(care->store), sender, texts[2]);
  }
  for (size_t i = 0; i < 4; i++) mem_free(texts[i]);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct value channel = value_field(&row->body, "channel"),
               list = value_field(&row->body, "items"), item;
  struct value_iter iter = value_iterate(&list);
  char *name = value_copy_text(&channel);
  (void)status;
  while (name && value_next(&iter, NULL, &item)) keep(self, name, &item);
  mem_free(name);
  return OK;
}

void inbound_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "inbound", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
  ring_back_handlers(care);
}

void inbound_take(struct care *care, const char *channel, const struct value *list,
                  inbox_done *done, void *self) {
  said_take(care, "inbound", "items", channel, list, done, self);
}
