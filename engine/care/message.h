// Messages: from the intent to tell somebody something, through the gates, to attempts on
// channels and their results.
#pragma once

#include "care/care.h"

// Ends of a message: accepted, delivered; cancelled (answered closed lapsed ended, a
// person's told declined unneeded wrong, or the reason given); suppressed (dead disputed
// expired no-contact unreachable opted-out no-consent disclosure template festival
// quiet-hours budget delayed channel-config withdrawn no-channel breaker rate queued);
// failed (unreachable in-doubt fault). Until then: planned, in_flight, in_doubt (a person
// decides, at its expiry it fails), or held with a reason (paused clock quiet-hours
// festival budget mass-send no-channel retry delayed channel-config fault; queued: it
// stands in its channel's line), always with a due row. A channel's key is
// message.number-generation; a new generation is a new sending.
void message_handlers(struct care *care);  // WORK_MESSAGE, WORK_REMIND, inbox
                                           // "message.approve" "message.withdraw"
                                           // "message.resolve" "message.cancel"
                                           // "receipt"

struct message_spec {  // texts borrowed; NULL or 0 where absent
  int64_t patient, enrollment, run, question, alert;
  const char *department, *program, *kind, *class_, *name, *audience, *via, *remind;
  const struct value *fields;
  int64_t not_before, valid_until;  // valid_until 0: a week
  int64_t address;  // identity.id: to this number alone (proof.h); 0: to the first of
                    // whom it reaches
  // Of an ask or a send by several roads, which are one contact: its first message, or
  // MESSAGE_IS_FIRST. 0: it goes by one road.
  int64_t first;
};
enum { MESSAGE_IS_FIRST = -1 };
int64_t message_plan(struct care *care,
                     const struct message_spec *spec);  // row + due now (or not_before)
// What is in flight is not called back: its present try is its last. Of these the
// question's does not call message_settled, as whoever closes a question tells its run.
// One that its ask or send goes on without; quietly, as the next is.
void message_cancel_one(struct care *care, int64_t message, const char *reason);
void message_cancel_for_question(struct care *care, int64_t question, const char *reason);
void message_cancel_for_enrollment(struct care *care, int64_t enrollment,
                                   const char *reason);
void message_cancel_for_run(struct care *care, int64_t run, const char *reason);
void message_cancel_for_patient(struct care *care, int64_t patient,
                                const char *reason);  // all but staff pages
void message_wake_for_patient(struct care *care,
                              int64_t patient);  // a hold may have ended: look again now

// What a channel says of an attempt (FACTS.md "Common contract").
enum result_kind {
  RESULT_ACCEPTED,
  RESULT_RETRY,
  RESULT_DELAYED,
  RESULT_PERMANENT,
  RESULT_CONFIG,
  RESULT_AMBIGUOUS
};
enum provider {
  PROVIDER_SPOKE,   // it took the message, or said what it thinks of it
  PROVIDER_GONE,    // nobody there, no answer, a fault of its own
  PROVIDER_BUSY,    // wants nothing from anybody until until_ms
  PROVIDER_UNASKED  // the message never got as far
};
struct channel_result {
  enum result_kind kind;
  enum provider provider;
  int64_t until_ms;       // RETRY: not before (0: backoff decides); DELAYED: until
  char provider_id[128];  // ACCEPTED
  char detail[256];       // provider's code or words; no names or numbers
};
// Becomes durable with the kernel's next batch. Copied.
void message_result(struct care *care, int64_t attempt,
                    const struct channel_result *result);
// What a channel's provider says later: {detail, id, state = "delivered", "read" or
// "failed"}, in any order, any number of times. done (may be NULL) is told once they are
// committed.
void message_receipts(struct care *care, const char *channel, const struct value *list,
                      inbox_done *done, void *self);
// A provider was asked what became of a message, and is not there.
void message_unheard(struct care *care, const char *channel);
// Looks at one that is planned or held, whenever it is due. Within apply.
void message_dispatch(struct care *care, int64_t message);
// After start: attempts that were in flight are in doubt.
void message_recover(struct care *care);
// Called when an ask or a send is first accepted ("accepted"), and when it ends
// otherwise: cancelled suppressed unreachable no-contact opted-out in-doubt. Unreachable
// may come after accepted, when a receipt says so. care/outcomes.c turns it into the
// run's outcome.
struct settled {  // the message it is about; texts are borrowed
  int64_t message, run, question, created_at, first;
  const char *kind, *name;
};
void message_settled(struct care *care, const struct settled *settled,
                     const char *outcome);  // accepted or a word of the outcome table
