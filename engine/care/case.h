// Cases: feedback and questions (SCRIPTING: triage). A case is an enrollment of its
// sender; here is what it has beside that.
#pragma once

#include "care/care.h"

struct mapping;

// WORK_CLOCK, WORK_RECOUNT, WORK_CLASS, and what staff do with cases.
void case_handlers(struct care *care);
// The event "feedback" came: whom it is from and about; recorded for the triages.
struct event_in;
int event_feedback(struct event_in *event);

// A new case on the enrollment that was just made of the event. triaged: what the
// callback "triage" gave, {tier, lead, joint, clocks, stage, type, …}.
void case_open(struct care *care, int64_t enrollment, int64_t event,
               const struct value *triaged);
// What came, or was known, and over it what triage made of it: encoded facts.
void case_put_facts(const char *body, size_t len, const struct value *triaged,
                    struct buf *out);
// "20260302-4711": the day it came, and digits that tell no count. Told at once.
enum { CASE_NUMBER_SIZE = 24, CASE_CODE_SIZE = 9, CASE_WAY_SIZE = 16 };
void case_new_number(struct care *care, char out[CASE_NUMBER_SIZE]);
// What, beside the number, opens the page of an item whose sender left no phone.
void case_code(const unsigned char key[16], const char *number, char out[CASE_CODE_SIZE]);
bool case_is(struct care *care, int64_t enrollment);
// The sender wrote or answered in the last half hour: an answer is no disturbance.
bool case_is_talking(struct care *care, int64_t enrollment);
// The channel by which its sender wrote, when an answer can go that way; "" otherwise.
void case_came_by(struct care *care, int64_t enrollment, char out[CASE_WAY_SIZE]);
// A field as scripts see it (channel, text, nature, lead, level …); nil when there is
// none. Before there is a case, those of the event.
bool case_is_field(const char *name);
void case_field(struct care *care, int64_t enrollment, int64_t event, const char *name,
                struct buf *out);
// What the scripts do with it. link: the answer that says which stay it is about.
void case_link(struct care *care, int64_t enrollment, const struct value *answer);
void case_reopen(struct care *care, int64_t enrollment, const char *reason);
// The run wants it closed. A complaint on which nobody has worked is not closed by a
// script (WARD 4): its receiver gets that as a task, and the case stays open.
void case_close(struct care *care, int64_t enrollment, const char *reason);
void case_ended(struct care *care, int64_t enrollment, const char *reason);

// Work for its receiver, due in a working day.
void case_ask_receiver(struct care *care, int64_t enrollment, const char *name,
                       const char *note);

// The ledger.
void case_step(struct care *care, int64_t enrollment, const char *what, const char *who,
               const char *detail);
