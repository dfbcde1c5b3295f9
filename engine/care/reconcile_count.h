// What the nightly reconciliation counts: who should be followed up, who is, and what
// came of it.
#pragma once

#include "care/reconcile_fault.h"

struct night_ids {  // rows up to these have been counted
  int64_t event, enrollment, run, skip;
};

// 应随访: eligible = discharges - deaths - transfers - readmitted - listed. Each
// discharge stands in one of them. One counted in an earlier night that is readmitted
// before its first step is taken off in the night of the readmission: sums over nights
// are right, a single night's eligible may be negative.
struct night_counts {
  int64_t discharges;  // less those taken back; with those of the dead
  int64_t deaths, transfers;
  int64_t readmitted;  // before the first step came due
  int64_t listed;      // against advice: the head nurse decides; disputed: no contact
  int64_t eligible, enrolled;
  int64_t due, attempted, reached;  // steps; tried by message or task; taken or done
};

// What is there now; newest as reconcile_find_faults wants it.
void reconcile_ids(struct care *care, struct night_ids *out,
                   int64_t newest[NIGHT_FAULTS]);
// By ids, which rise with time, so that a night costs what a day brought, in parts.
struct night_part {
  struct night_ids last, until;  // rows counted by the last night, by this one
  struct night_ids from, to;     // behind these, up to those: this part
};
void reconcile_count(struct care *care, const struct night_part *part,
                     struct night_counts *out);  // adds; reads only
