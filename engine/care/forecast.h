// What the coming weeks will bring: the steps that live enrollments still have before
// them, and what such steps have led to until now.
#pragma once

#include <stdatomic.h>

#include "care/care.h"

enum { FORECAST_DAYS = 84, FORECAST_LAGS = 28 };

struct forecast_step {
  char *department, *pathway, *step;  // owned; pathway "": a watch in a file of its own
  bool watch;                         // not a step: of these only how many began lately
  int64_t began;                      // runs of the last FORECAST_LAGS days
  int64_t planned[FORECAST_DAYS];     // occurrences that come due, by day from today
  int64_t under_way[FORECAST_LAGS];   // runs that have not ended, by days since
  int64_t runs;                       // that have ended, and what they led to:
  int64_t sends[FORECAST_LAGS], tasks[FORECAST_LAGS], calls[FORECAST_LAGS];  // days after
};

struct forecast {
  struct forecast_step *steps;
  size_t count, cap;
  int days;      // how far, FORECAST_DAYS at most
  int64_t now;   // ms
  int64_t next;  // enrollments up to here are planned
  bool failed;   // the database could not be read
};

struct forecast_day {  // expected numbers
  double steps, sends, tasks, calls;
};

// From the newest runs, in short reads; store may be a reader on another thread.
// departments: JSON list, NULL for all; stop may be NULL. forecast has days and now.
void forecast_history(struct store *store, const char *departments,
                      const atomic_bool *stop, struct forecast *forecast);
// Goes through the plans of live enrollments for some ms (0: to the end); true: there are
// more. On the loop's thread, between batches.
bool forecast_plan(struct care *care, const char *departments, int64_t ms,
                   struct forecast *forecast);
// Adds what a step brings on a day of the forecast.
void forecast_add(const struct forecast_step *step, int day, struct forecast_day *out);
void forecast_deinit(struct forecast *forecast);
