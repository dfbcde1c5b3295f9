#include "ack.h"

#include <string.h>

bool ack_wanted(const struct message *message, bool accept, enum ack_code code) {
  struct slice commit = message_header(message, 15), end = message_header(message, 16),
               asked = accept ? commit : end;
  if (!commit.len && !end.len) return !accept;
  if (slice_is(asked, "AL")) return true;
  if (slice_is(asked, "SU")) return code == ACK_ACCEPT;
  return slice_is(asked, "ER") && code != ACK_ACCEPT;
}

static const char *error_name(int error) {
  switch (error) {
    case 100: return "Segment sequence error";
    case 101: return "Required field missing";
    case 102: return "Data type error";
    case 103: return "Table value not found";
    case 200: return "Unsupported message type";
    case 201: return "Unsupported event code";
    case 204: return "Unknown key identifier";
    case 205: return "Duplicate key identifier";
    default: return "Application internal error";
  }
}

// Delimiters within a sentence would cut it.
static void put_plain(const struct message *message, const char *words,
                      struct text *out) {
  char special[] = {message->field,
                    message->component,
                    message->repeat,
                    message->sub,
                    message->escape,
                    '\r',
                    '\n',
                    '\0'};
  for (; *words; words++) text_put(out, strchr(special, *words) ? " " : words, 1);
}

static void put_field(const struct message *message, struct slice value,
                      struct text *out) {
  text_put(out, &message->field, 1);
  text_put(out, value.at, value.len);
}

static void put_word(const struct message *message, const char *word, struct text *out) {
  put_field(message, (struct slice){word, strlen(word)}, out);
}

static void put_header(const struct message *message, const struct ack *ack,
                       struct text *out) {
  struct slice event = repeat_component(message, message_header(message, 9), 2);
  text_puts(out, "MSH");
  put_field(message, message_header(message, 2), out);
  for (int i = 0; i < 4; i++)
    put_field(message, message_header(message, (int[]){5, 6, 3, 4}[i]), out);
  put_word(message, ack->when, out);
  put_word(message, "", out);
  put_word(message, "ACK", out);
  if (event.len) {
    text_put(out, &message->component, 1);
    text_put(out, event.at, event.len);
    text_put(out, &message->component, 1);
    text_puts(out, "ACK");
  }
  put_word(message, ack->id, out);
  put_field(message, message_header(message, 11), out);
  put_field(message, message_header(message, 12), out);
  if (message_header(message, 18).len) {
    for (int i = 13; i < 18; i++) put_word(message, "", out);
    put_field(message, message_header(message, 18), out);
  }
  text_puts(out, "\r");
}

static void put_error(const struct message *message, const struct ack *ack,
                      struct text *out) {
  char c = message->component;
  text_puts(out, "ERR");
  put_word(message, "", out);
  put_word(message, "", out);
  text_put(out, &message->field, 1);
  text_printf(out, "%d%c%s%cHL70357", ack->error, c, error_name(ack->error), c);
  put_word(message, "E", out);
  for (int i = 0; i < 3; i++) put_word(message, "", out);
  text_put(out, &message->field, 1);
  put_plain(message, ack->why ? ack->why : "", out);
  text_puts(out, "\r");
}

void ack_put(const struct message *message, bool accept, const struct ack *ack,
             struct text *out) {
  static const char *const codes[2][3] = {{"AA", "AE", "AR"}, {"CA", "CE", "CR"}};
  put_header(message, ack, out);
  text_puts(out, "MSA");
  put_word(message, codes[accept][ack->code], out);
  put_field(message, message_header(message, 10), out);
  if (ack->why) {
    text_put(out, &message->field, 1);
    put_plain(message, ack->why, out);
  }
  text_puts(out, "\r");
  if (ack->error) put_error(message, ack, out);
}
