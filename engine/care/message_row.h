// A message as loaded, and the steps between its states. For message_*.c alone.
#pragma once

#include "care/message.h"

enum {
  MESSAGE_VALID_MS = 7 * CIVIL_DAY_MS,  // when nobody says how long a message is good
  MESSAGE_CONFIG_MS = 15 * 60 * 1000,   // between tries while the configuration is wrong
  MESSAGE_TRIES = 8,
};

struct message {  // texts are owned
  int64_t id, patient, enrollment, run, question, alert;
  char *number, *department, *program, *kind, *class_, *name, *audience, *via, *status,
      *reason, *remind, *channel, *text;
  struct buf fields;    // encoded map, or empty
  struct buf approved;  // encoded {id, params}, see message_approved.h; or empty
  int64_t due_at;       // its row in due; 0: none
  int64_t valid_until, person, attempts, generation, accepted_at, created_at;
  int64_t address;              // identity.id of the only number it may go to; 0: any
  int64_t first;                // see message_spec; 0: none
  bool linkless;                // the channel that it is to go by takes no such link
  bool carries;                 // others left, or leave, in its text: message_carried.h
  struct message_about *about;  // see message_about.h
};

enum { MESSAGE_KEY_SIZE = 64 };
// By which a channel knows its present generation.
void message_key(const struct message *message, char out[MESSAGE_KEY_SIZE]);

bool message_load(struct store *store, int64_t id, struct message *out);
void message_deinit(struct message *message);
bool message_is_page(const struct message *message);
bool message_is_safety(const struct message *message);  // pages are
bool message_is(const struct message *message, const char *status);

// Another one of the same ask or send has left before: it tells nothing new.
bool message_is_again(struct care *care, const struct message *message);

// Every change of state goes through these: the due row follows, and what the run must
// hear is told.
void message_wait(struct care *care, struct message *message, const char *status,
                  const char *reason,
                  int64_t at);  // planned or held, looked at again then
void message_end(struct care *care, struct message *message, const char *status,
                 const char *reason);  // cancelled suppressed failed
// What is in flight is not called back: its present try is its last.
void message_cancel(struct care *care, struct message *message, const char *reason);
// What the run hears that asked or sent it; nothing of reminders and pages.
void message_tell_run(struct care *care, const struct message *message,
                      const char *outcome);
void message_doubt(struct care *care, struct message *message);
// A new key: what is sent next is another sending to the channel, not the one it may
// know. Those it carried go on alone, or are gathered again.
void message_regenerate(struct care *care, struct message *message);
// It is on its way to the addressee: all that is frozen at the first claim, in one write.
struct message_way {
  int64_t person;  // 0 for staff
  const char *channel, *reason;
};
void message_fly(struct care *care, struct message *message,
                 const struct message_way *way);
void message_accept(struct care *care, struct message *message, int64_t at);
// It failed alone, by a fault of ours: held with that reason, and looked at again.
void message_put_by(struct care *care, int64_t message);
// Takes its due row away; the handler of one calls message_due_gone instead.
void message_due_drop(struct care *care, struct message *message);
void message_due_gone(struct care *care, struct message *message);

// Ids of messages that a query names, to be gone through after it: a list that the caller
// empties with buf_deinit.
void message_ids(struct stmt *stmt, struct buf *ids);
