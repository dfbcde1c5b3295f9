// An alert as loaded, and the steps of its escalation. For alert*.c alone.
#pragma once

#include "care/alert.h"

enum {
  ALERT_SITE_MS = 30 * CIVIL_MINUTE_MS,  // between the pages of the site's ladder
  ALERT_ROLE_SIZE = 128,
};

struct alert {  // texts are owned
  int64_t id, patient;
  int64_t rung;     // last paged, from 1; 0: none yet
  int64_t round;    // begins anew when the level is raised or nothing was done in time
  int64_t next_at;  // its row in due; 0 once closed
  int64_t acknowledged_at, acted_at, closed_at;
  char *department, *name, *level, *reason, *escalation, *status;
  char *acknowledged_by, *acted_by, *closed_by, *closed_reason;
};

bool alert_load(struct store *store, int64_t id, struct alert *out);
void alert_deinit(struct alert *alert);
// What a day-time post may see to: its pages repeat once an hour for each post. Words
// that a department has of its own may mean anything and are urgent.
#define ALERT_NOT_URGENT(level) "(" level "='soon' OR " level "='stuck')"
bool alert_is_urgent(const struct alert *alert);
bool alert_is(const struct alert *alert, const char *status);

// Moves its due row; at 0 takes it away.
void alert_schedule(struct care *care, struct alert *alert, int64_t at);
// Pages the next rung and sets when the one after it is due; outside the escalation's
// hours waits for them.
void alert_climb(struct care *care, struct alert *alert);
// The same at the foot of the ladder (rung 0) or above what was paged before.
void alert_restart(struct care *care, struct alert *alert, int64_t rung);
// Calls whoever holds the post now; false: nobody does, and it is only on its list. via
// NULL: the usual channels; until: when the page has lost its sense, because the next
// rung is paged.
bool alert_page(struct care *care, const struct alert *alert, const char *role,
                const char *via, int64_t until);
// The same of a case's "handler": each post that has open work of it; of "receiver".
bool alert_page_post(struct care *care, const struct alert *alert, const char *post,
                     const char *via, int64_t until);
// The holder of a post has changed within the present rung.
void alert_page_again(struct care *care, struct alert *alert, const char *role);
// When an acknowledged alert is looked at again.
int64_t alert_act_until(struct care *care, const struct alert *alert);
