// What scripts may know of a patient, an enrollment and an event: encoded values, no
// names, no numbers.
#pragma once

#include "care/care.h"

struct subject {  // whom a turn or callback is about; 0 where there is none
  struct care *care;
  const char *department;
  int64_t patient, enrollment, event;
  const char *job;  // of a department's job its id, and there is no patient; else NULL
};

void facts_field(const struct subject *subject, const char *name, struct buf *out);
// "patient" or "event", read once as long as nothing is applied. Within prepare only.
// Borrowed until the next call.
const struct buf *facts_seen(const struct subject *subject, const char *name);
int facts_read(const struct subject *subject, const char *code,
               const struct value *options, struct buf *out, struct status *status);
void facts_state(const struct subject *subject,
                 struct buf *out);  // the whole encoded map kept with p:set
void facts_get(const struct subject *subject, const char *key, struct buf *out);
void facts_silences(const struct subject *subject, const char *form, struct buf *out);
int facts_time(const struct subject *subject, const char *when, int64_t base,
               int64_t *out, struct status *status);
void facts_estimate(const struct subject *subject, const char *role, struct buf *out);
// Sets one key of the subject's state; value nil removes it. In a transaction.
void facts_set(const struct subject *subject, const char *key, const struct value *value);
// Age in full years on the day of a moment; -1 unknown.
int facts_age(struct care *care, int64_t patient, int64_t at);
// The same of a date of birth, which may be NULL.
int facts_age_of(struct care *care, const char *birth, int64_t at);
