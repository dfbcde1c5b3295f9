// What staff do by the API: tasks, alerts, messages, duty. Each becomes an inbox message
// and is answered with what it led to, after the commit.
#pragma once

#include "api/call.h"

void desk_task(struct call *call);   // claim release done dial; If-Match, Idempotency-Key
void desk_alert(struct call *call);  // ack act done
void desk_message(struct call *call);     // approve withdraw resolve cancel
void desk_patient(struct call *call);     // opt-out opt-in send-code prove consent
                                          // prefer unbind
void desk_enrollment(struct call *call);  // skip unskip
void desk_run(struct call *call);         // pause resume cancel skip retry reset waive
void desk_duty(struct call *call);
void desk_ring_back(struct call *call);  // one that was missed
void desk_clock(struct call *call);
void desk_staff(struct call *call);

// Puts an inbox message of what was posted and of more, which this frees, and answers
// with what it led to. prefix and row: whose it is, as the answer shows it.
struct merge;
void desk_submit(struct call *call, const char *kind, char prefix, int64_t row,
                 struct merge *more);
// Answers with what was read once it is in the audit that this caller read it of these
// patients (row ids; an encoded list of texts "patient:12").
void desk_audited(struct call *call, const char *action, const struct buf *objects,
                  const char *detail, const struct buf *json);
// Before a deed: pending (of the call's request) is told once it is in the audit.
struct pending;
void desk_audit_first(struct call *call, const char *action, const char *object,
                      struct pending *pending);
