// What a turn returned becomes rows: asks, tasks, waits, sends, alerts; and what happens
// to them becomes outcomes.
#pragma once

#include "care/care.h"
#include "care/contact.h"

void commands_handlers(struct care *care);  // WORK_RUN, and what staff do with runs
// Applies the records of one turn of a run, in order. Within a transaction.
void commands_apply(struct care *care, struct run *run, const struct buf *records);
// A task was closed, moved or withdrawn: runs waiting for it get {code, answer, note, by,
// to}.
void commands_task_closed(struct care *care, int64_t task);
// An event happened to the patient: runs waiting for this kind get {kind, at, …}.
void commands_event(struct care *care, int64_t patient, const char *kind, int64_t event);
// Somebody wants no more messages: open asks end so.
void commands_opted_out(struct care *care, const struct opting *opting);
