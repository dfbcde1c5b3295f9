#include "care/message_claim.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/line_row.h"
#include "care/message_mass.h"
#include "care/message_staff.h"
#include "care/message_text.h"

// The signature that the text begins with: 【骨动新生】.
static char *copy_signature(const char *text) {
  static const char open[] = "【", close[] = "】";
  const char *end = strstr(text, close);
  if (strncmp(text, open, strlen(open)) != 0 || !end) return mem_copy_text("");
  return mem_copy_bytes(text + strlen(open), (size_t)(end - text) - strlen(open));
}

static char *staff_address(struct care *care, const struct message *message) {
  const struct channels_port *port = &care->channels;
  char address[STAFF_ADDRESS];
  message_staff_address(care, message, port->address_kind(port->self, message->channel),
                        address, sizeof address);
  return mem_copy_text(address);
}

// known: the attempt, its key and address.
static void hand_over(struct care *care, const struct message *message,
                      const struct outgoing *known) {
  char *program = copy_signature(message->text);
  struct outgoing outgoing = *known;
  outgoing.message = message->id;
  outgoing.channel = message->channel;
  outgoing.text = message->text;
  outgoing.program = program;
  outgoing.class_ = message->class_;
  outgoing.safety = message_is_safety(message);
  care->channels.start(care->channels.self, &outgoing);
  mem_free(program);
}

static void begin(struct care *care, int64_t attempt, bool query) {
  struct stmt *row = store_query(care->store,
                                 "SELECT message, key, (SELECT value FROM identity WHERE"
                                 " id=address), started_at FROM attempt WHERE id=?1",
                                 "i", attempt);
  bool found = stmt_row(row);
  int64_t id = found ? stmt_int(row, 0) : 0, started = found ? stmt_int(row, 3) : 0;
  char *key = found ? mem_copy_text(stmt_text(row, 1)) : NULL;
  char *address = found ? mem_copy_text(stmt_text(row, 2)) : NULL;
  stmt_done(row);
  struct message message;
  bool ready = message_load(care->store, id, &message) && message.channel && message.text;
  if (ready && message_is_page(&message)) address = staff_address(care, &message);
  if (ready)
    hand_over(care, &message,
              &(struct outgoing){.attempt = attempt,
                                 .key = key,
                                 .address = address ? address : "",
                                 .started_at = started,
                                 .query = query});
  message_deinit(&message);
  mem_free(address);
  mem_free(key);
}

// After the commit.
static void start(void *self, int64_t attempt) { begin(self, attempt, false); }

void message_ask(void *self, int64_t attempt) { begin(self, attempt, true); }

// The words are chosen once, with the newest bundle, and stay whatever is edited later.
static bool freeze(struct care *care, struct message *message, int64_t person) {
  if (message->text) return true;
  struct buf text = {0}, missing = {0};
  bool whole = message_text(care, message, person, &text, &missing);
  if (!whole)
    log_line(LOG_LEVEL_ERROR, "message.template", "message=%lld name=%s missing=%s",
             (long long)message->id, message->name, buf_text(&missing));
  else
    message->text = mem_copy_text(buf_text(&text));
  buf_deinit(&text);
  buf_deinit(&missing);
  return whole;
}

void message_take(struct care *care, struct message *message, const struct gate *gate,
                  const char *key) {
  if (!message->attempts && !message_is_safety(message) &&
      !message_is_again(care, message))
    message_mass_count(care, message);
  // Cancelled while it is carried, it stays so.
  const char *reason = message_is(message, "in_flight") ? message->reason : NULL;
  message_fly(care, message, &(struct message_way){gate->person, gate->channel, reason});
  store_exec(care->store,
             "INSERT INTO attempt (message,channel,address,key,status,started_at)"
             " VALUES (?1,?2,?3,?4,'in_flight',?5)",
             "itIti", message->id, gate->channel, gate->identity, key,
             kernel_now(care->kernel));
}

void message_claim(struct care *care, struct message *message, const struct gate *gate) {
  char key[MESSAGE_KEY_SIZE];
  if (!freeze(care, message, gate->person)) {
    message_end(care, message, "suppressed", "template");
    return;
  }
  message_key(message, key);
  message_take(care, message, gate, key);
  line_claimed(care, gate->channel);
  kernel_after(care->kernel, start, care, store_last_id(care->store));
}
