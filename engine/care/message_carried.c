#include "care/message_carried.h"

#include <string.h>

#include "base/mem.h"
#include "care/message_result.h"

void message_carried_each(struct care *care, int64_t carrier,
                          void (*fn)(void *self, struct care *care,
                                     struct message *message),
                          void *self) {
  struct buf ids = {0};
  message_ids(store_query(care->store, "SELECT message FROM carried WHERE carrier=?1",
                          "i", carrier),
              &ids);
  for (size_t at = 0; at < ids.len; at += sizeof(int64_t)) {
    int64_t id;
    struct message message;
    memcpy(&id, ids.data + at, sizeof id);
    if (message_load(care->store, id, &message)) fn(self, care, &message);
    message_deinit(&message);
  }
  buf_deinit(&ids);
}

int64_t message_carrier(struct care *care, int64_t message) {
  return store_int(care->store, 0, "SELECT carrier FROM carried WHERE message=?1", "i",
                   message);
}

static bool is_under_way(const struct message *message) {
  return message_is(message, "in_flight") || message_is(message, "in_doubt");
}

// Cancelled while it was carried: not called back, but not tried again either.
static bool was_cancelled(const struct message *message) {
  return message_is(message, "in_flight") && message->reason != NULL;
}

static void accept(void *self, struct care *care, struct message *message) {
  (void)self;
  if (is_under_way(message)) message_accepted(care, message);
}

static void deliver(void *self, struct care *care, struct message *message) {
  (void)self;
  if (is_under_way(message) || message_is(message, "accepted"))
    message_delivered(care, message);
}

static void doubt(void *self, struct care *care, struct message *message) {
  (void)self;
  if (was_cancelled(message))
    message_end(care, message, "cancelled", message->reason);
  else if (message_is(message, "in_flight"))
    message_doubt(care, message);
}

static void fail(void *self, struct care *care, struct message *message) {
  const struct message *carrier = self;
  if (was_cancelled(message))
    message_end(care, message, "cancelled", message->reason);
  else if (is_under_way(message))
    message_end(care, message, "failed", carrier->reason);
}

static void forget_text(struct care *care, struct message *message) {
  store_exec(care->store, "UPDATE message SET text=NULL WHERE id=?1", "i", message->id);
  mem_free(message->text);
  message->text = NULL;
}

static void release(void *self, struct care *care, struct message *message) {
  (void)self;
  if (was_cancelled(message)) {
    message_end(care, message, "cancelled", message->reason);
  } else if (is_under_way(message) || message_is(message, "accepted")) {
    forget_text(care, message);
    message_wait(care, message, "planned", NULL, kernel_now(care->kernel));
  }
}

static void release_all(struct care *care, struct message *carrier) {
  carrier->carries = false;
  message_carried_each(care, carrier->id, release, NULL);
  store_exec(care->store, "DELETE FROM carried WHERE carrier=?1", "i", carrier->id);
}

void message_dissolve(struct care *care, struct message *carrier) {
  release_all(care, carrier);
  forget_text(care, carrier);
}

void message_part(struct care *care, struct message *message) {
  release(NULL, care, message);
  store_exec(care->store, "DELETE FROM carried WHERE message=?1", "i", message->id);
}

bool message_is_doubtful(struct care *care, const struct message *carrier) {
  char key[MESSAGE_KEY_SIZE];
  message_key(carrier, key);
  return store_int(care->store, 0,
                   "SELECT 1 FROM attempt WHERE message=?1 AND key=?2 AND"
                   " status='in_doubt' LIMIT 1",
                   "it", carrier->id, key) != 0;
}

void message_follow(struct care *care, struct message *carrier) {
  if (message_is(carrier, "accepted"))
    message_carried_each(care, carrier->id, accept, NULL);
  else if (message_is(carrier, "delivered"))
    message_carried_each(care, carrier->id, deliver, NULL);
  else if (message_is(carrier, "in_doubt"))
    message_carried_each(care, carrier->id, doubt, NULL);
  else if (message_is(carrier, "failed"))
    message_carried_each(care, carrier->id, fail, carrier);
  else if (!message_is(carrier, "cancelled") && !message_is(carrier, "suppressed"))
    return;
  else if (message_is_doubtful(care, carrier))
    message_carried_each(care, carrier->id, doubt, NULL);
  else
    release_all(care, carrier);
}

void message_follow_try(struct care *care, const struct message *carrier,
                        const char *status, const char *detail) {
  store_exec(care->store,
             "UPDATE attempt SET status=?2, ended_at=coalesce(ended_at,?3), detail=?4"
             " WHERE id IN (SELECT max(a.id) FROM carried c JOIN attempt a ON"
             " a.message=c.message WHERE c.carrier=?1 GROUP BY c.message)",
             "itit", carrier->id, status, kernel_now(care->kernel), detail);
}
