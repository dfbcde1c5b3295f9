// One event being applied: what its appliers share.
#pragma once

#include "care/care.h"

struct event_in {
  struct care *care;
  struct inbox_row *row;
  struct value body;  // as event_check left it
  char *kind, *visit, *department, *ward, *doctor, *nurse,
      *leaving;          // owned; may be NULL
  int64_t at, admitted;  // ms; admitted 0 when not said
  int64_t patient;       // 0 in a merge
  bool newcomer;         // nothing was known of the patient before
  int64_t encounter;     // once found or made
  bool new_stay;         // the encounter was made by this event
  int64_t about;         // see event_done.row
  char number[24];       // that feedback was given; ""
  const char *flag;      // the worst flag of the numbers it brought; NULL
  struct status *status;
};

struct event_done {  // what an event was about
  int64_t patient, encounter;
  int64_t row;  // of a reading, or of the first of a list of what is coded; else 0
};
// Applies one as it comes from event_check, within what is being done for this row of the
// inbox. row->result is put, as senders are told it.
int event_do(struct care *care, struct inbox_row *row, const struct value *body,
             struct event_done *done, struct status *status);

// A time field of a checked map: 0 when absent. Fails when it lies further ahead than
// that.
int event_time(struct event_in *event, const struct value *map, const char *name,
               int64_t ahead_ms, int64_t *out);
// Records it as scripts see it: where, how, and the site's own facts; no names, no
// numbers. extra may be NULL.
struct merge;
int64_t event_tell(struct event_in *event, const char *kind, struct merge *extra);

// Stays (event_stay.c).
int event_admission(struct event_in *event);
int event_discharge(struct event_in *event);
int event_transfer(struct event_in *event);
int event_cancel_admission(struct event_in *event);
int event_cancel_discharge(struct event_in *event);
// Finds the stay of this visit, else, when no visit is said, the patient's latest.
int encounter_find(struct event_in *event, const char *status);
void event_open_access(struct event_in *event, const char *department);

// What was done, found and ordered (event_clinical.c).
int event_clinical(struct event_in *event);
// Keeps the lists of the event; counts what was not known before.
struct clinical_new {
  int procedures, diagnoses, drugs;
};
int clinical_put(struct event_in *event, struct clinical_new *out);

// What was measured (event_observation.c).
int event_observation(struct event_in *event);

// What is booked, and what lies ready (event_booking.c).
int event_appointment(struct event_in *event);
int event_delivery(struct event_in *event);

// People (event_people.c).
int event_death(struct event_in *event);
int event_birth_loss(struct event_in *event);
int event_merge(struct event_in *event);
int event_unmerge(struct event_in *event);
int event_move_visit(struct event_in *event);
int event_contact(struct event_in *event);
