// A case of another class: what a person corrected is looked at by the triages again. Its
// route and clocks follow the new class; old clocks and steps stay in the ledger as they
// were.
#pragma once

#include "care/case.h"

void case_class_handler(struct care *care);  // WORK_CLASS
// Its nature and urgency now, as the step "added" keeps what they were before.
void case_class_put(struct care *care, int64_t enrollment, struct buf *out);
// Within a transaction: after this commit the triages look at the case, by their newest
// scripts. Nothing of one that is closed.
// - Clocks that the class doesn't have are over, as replaced; new ones count from when
//   the round began, so that a correction gives nobody more time.
// - Who answers, or what kind of case it is, is another: open tasks and questions are
//   closed as "reclassified", its runs end, and its run begins anew, with c.corrected.
//   Otherwise the work goes on.
// - A triage that takes it no more hands it to the department's one that does.
void case_class_look(struct care *care, int64_t enrollment);
