#include "care/message_claim.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/line_row.h"
#include "care/message_approved.h"
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

struct claimed {  // an attempt as it will leave; texts are owned
  struct care *care;
  int64_t attempt, message, started_at;
  char *channel, *address, *key, *text, *program, *class_;
  char color[8];
  struct buf approved;
  bool safety, query;
};

static void claimed_free(void *own) {
  struct claimed *claimed = own;
  if (!claimed->query) line_handed_over(claimed->care, claimed->channel);
  mem_free(claimed->channel);
  mem_free(claimed->address);
  mem_free(claimed->key);
  mem_free(claimed->text);
  mem_free(claimed->program);
  mem_free(claimed->class_);
  buf_deinit(&claimed->approved);
  mem_free(claimed);
}

// After the commit.
static void start(void *self, void *own) {
  struct care *care = self;
  const struct claimed *claimed = own;
  struct outgoing outgoing = {
      .attempt = claimed->attempt,
      .message = claimed->message,
      .channel = claimed->channel,
      .address = claimed->address ? claimed->address : "",
      .key = claimed->key,
      .text = claimed->text,
      .approved = &claimed->approved,
      .program = claimed->program,
      .color = claimed->color,
      .class_ = claimed->class_,
      .safety = claimed->safety,
      .started_at = claimed->started_at,
      .query = claimed->query,
  };
  care->channels.start(care->channels.self, &outgoing);
}

static char *find_address(struct care *care, const struct message *message,
                          const struct gate *gate) {
  const struct channels_port *port = &care->channels;
  char address[STAFF_ADDRESS];
  if (!message_is_page(message))
    return store_text(care->store, "SELECT value FROM identity WHERE id=?1", "i",
                      gate->identity);
  message_staff_address(care, message, port->address_kind(port->self, gate->channel),
                        address, sizeof address);
  return mem_copy_text(address);
}

static void copy_color(struct care *care, const struct message *message, char out[8]) {
  struct value program = message_program(care, message),
               color = value_field(&program, "color");
  if (color.kind == VALUE_TEXT)
    snprintf(out, 8, "%.*s", (int)color.text.len, color.text.data);
}

// known: the attempt, its key and when it began, and whether to ask.
static void start_after(struct care *care, const struct message *message,
                        const struct gate *gate, const struct outgoing *known) {
  struct claimed *claimed = mem_alloc(sizeof *claimed);
  *claimed = (struct claimed){.care = care,
                              .attempt = known->attempt,
                              .message = message->id,
                              .started_at = known->started_at,
                              .channel = mem_copy_text(gate->channel),
                              .address = find_address(care, message, gate),
                              .key = mem_copy_text(known->key),
                              .text = mem_copy_text(message->text),
                              .program = copy_signature(message->text),
                              .class_ = mem_copy_text(message->class_),
                              .safety = message_is_safety(message),
                              .query = known->query};
  copy_color(care, message, claimed->color);
  if (message->approved.len)
    buf_put(&claimed->approved, message->approved.data, message->approved.len);
  kernel_after(care->kernel, start, claimed_free, care, claimed);
}

void message_ask(struct care *care, int64_t attempt) {
  struct stmt *row = store_query(
      care->store, "SELECT message, key, address, started_at FROM attempt WHERE id=?1",
      "i", attempt);
  bool found = stmt_row(row);
  int64_t id = found ? stmt_int(row, 0) : 0, identity = found ? stmt_int(row, 2) : 0,
          started = found ? stmt_int(row, 3) : 0;
  char *key = found ? mem_copy_text(stmt_text(row, 1)) : NULL;
  stmt_done(row);
  struct message message;
  struct gate gate = {.identity = identity};
  bool ready = message_load(care->store, id, &message) && message.channel && message.text;
  if (ready) snprintf(gate.channel, sizeof gate.channel, "%s", message.channel);
  if (ready)
    start_after(
        care, &message, &gate,
        &(struct outgoing){
            .attempt = attempt, .key = key, .started_at = started, .query = true});
  message_deinit(&message);
  mem_free(key);
}

void message_by(struct care *care, struct message *message, const struct gate *gate) {
  const struct channels_port *port = &care->channels;
  message->linkless = port->links && !port->links(port->self, gate->channel);
}

// Chosen for another channel, with a link that this one refuses: the words are chosen
// again. It is another sending to another provider, who has never seen the first ones.
static void thaw(struct care *care, struct message *message, const struct gate *gate) {
  struct buf link = {0};
  buf_printf(&link, "%s/f/", care->site->base_url);
  if (message->linkless && message->text && message->channel &&
      strcmp(message->channel, gate->channel) != 0 && strstr(message->text, link.data)) {
    mem_free(message->text);
    message->text = NULL;
  }
  buf_deinit(&link);
}

// A channel that has words of its own for this template, or had them when it was tried
// there, gets a text of its own; what several messages left in stays as it is.
static bool other_words(struct care *care, const struct message *message,
                        const char *channel) {
  struct value definition = message_definition(care, message);
  struct value all = value_field(&definition, "channels");
  const char *before = message->channel;
  if (!before || !strcmp(before, channel) || message->carries) return false;
  struct value was = value_field(&all, before), is = value_field(&all, channel);
  struct value now = message_approved(&definition, channel, message->kind);
  return was.kind != VALUE_NIL || is.kind != VALUE_NIL || now.kind != VALUE_NIL ||
         message->approved.len;
}

// The words are chosen once a channel, with the newest bundle, and stay whatever is
// edited later.
static bool freeze(struct care *care, struct message *message, const struct gate *gate) {
  struct buf missing = {0};
  if (message->text && !other_words(care, message, gate->channel)) return true;
  bool whole = message_write(care, message, gate->person, gate->channel, &missing);
  if (!whole)
    log_line(LOG_LEVEL_ERROR, "message.template", "message=%lld name=%s missing=%s",
             (long long)message->id, message->name, buf_text(&missing));
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
  message_by(care, message, gate);
  if (!message->carries) thaw(care, message, gate);
  if (!freeze(care, message, gate)) {
    message_end(care, message, "suppressed", "template");
    return;
  }
  message_key(message, key);
  message_take(care, message, gate, key);
  int64_t attempt = store_last_id(care->store);
  line_claimed(care, gate->channel);
  start_after(
      care, message, gate,
      &(struct outgoing){
          .attempt = attempt, .key = key, .started_at = kernel_now(care->kernel)});
}
