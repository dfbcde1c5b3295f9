// Lists and look-ups of the staff API: reads between the kernel's batches, through the
// filter of access.h.
#pragma once

#include "api/call.h"

void read_cases(struct call *call);  // department status channel triage order
void read_case(struct call *call);   // its clocks, ledger and tasks; audited
void read_tasks(struct call *call);  // role department status patient
void read_task(struct call *call);
void read_numbers(struct call *call);  // of a task: whom to ring
void read_alerts(struct call *call);   // department status patient level
void read_alert(struct call *call);
// status state outcome patient contact department pathway class kind reason channel
// template form since until
void read_messages(struct call *call);
void read_doubts(struct call *call);  // department patient
// department patient channel lang program field.<name>; audited with a patient
void read_template_preview(struct call *call);
void read_message(struct call *call);      // with attempts
void read_enrollments(struct call *call);  // patient department status planned
void read_ahead(struct call *call);  // patient department until: what steps would do
void read_runs(struct call *call);   // status wait department patient version behind age
void read_run(struct call *call);    // where it is, its record, versions, messages, deeds
void read_run_record(struct call *call);  // sources: what replays it elsewhere
// The run of the path, a step's or a job's, with its record; else it is answered.
struct run;
bool read_run_load(struct call *call, struct run *run, struct buf *journal);
// The fields of a run into an object that is open.
void read_run_fields(struct call *call, struct json *json, int64_t run);
void read_jobs(struct call *call);  // department status
void read_job(struct call *call);   // its state and its runs
// The run of a job in the path, among those that the caller sees; 0: none. Its fields
// into an object that is open.
int64_t read_job_run_find(struct call *call);
void read_job_run_fields(struct call *call, struct json *json, int64_t job_run);
void read_compare(struct call *call);     // both versions of a pathway side by side
void read_patients(struct call *call);    // mrn phone q; why they were rung; audited
void read_patient(struct call *call);     // audited
void read_ring_back(struct call *call);   // phone: why they were rung; audited
void read_facts(struct call *call);       // department; audited
void read_history(struct call *call);     // department; to be played again; audited
void read_closed(struct call *call);      // enrollments: from to department pathway
void read_timeline(struct call *call);    // audited
void read_attachment(struct call *call);  // the bytes of a photo; audited
void read_summary(struct call *call);
void report_feedback(struct call *call);   // from to department
void report_follow_up(struct call *call);  // the same
void read_inbox(struct call *call);        // source event; newest first
void read_refused(struct call *call);
void read_codes(struct call *call);
void read_staff(struct call *call);
void read_inbound(struct call *call);  // channel patient; what people wrote
void read_form(struct call *call);
void read_scores(struct call *call);
void read_curves(struct call *call);      // code
void read_curves_svg(struct call *call);  // code lang

// Answers with one of them as it is now, with its ETag.
void read_send_task(struct call *call, int64_t row);
void read_send_alert(struct call *call, int64_t row);
