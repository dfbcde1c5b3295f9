// The engine in this process with a set clock over a database on disk, its channels
// accepting everything: what benchmarks are prepared with, and what measures turns.
#pragma once

#include "engine.h"
#include "sim/channel.h"

struct bench {
  struct engine engine;
  struct clock clock;
  struct sim_channel channel;
};

// All of these end the process with a sentence when something is wrong.
void bench_must(int code, const struct status *status);
int64_t bench_time(const char *text);  // local time of the site
void bench_open(struct bench *bench, const char *folder, const char *scripts,
                int64_t now);
void bench_close(struct bench *bench);
void bench_settle(struct bench *bench);
void bench_advance(struct bench *bench, int64_t until);  // everything due, in order
// Puts an event or another message into the inbox, from JSON.
void bench_submit(struct bench *bench, const char *id, const char *kind,
                  const char *json);
double bench_cpu_seconds(void);
int64_t bench_real_us(void);

// One who is discharged so that the only step is due at a chosen time.
struct cohort {
  char name[16];     // the medical record numbers are name + position in the cohort
  int count;         //
  int texts;         // how many messages the step sends, one after another
  int64_t due;       // of the first
  int spread;        // seconds over which the due times lie
  int weight, made;  // while filling
};
// Enrols count patients by discharge events, the cohorts evenly among them; the others'
// step is a month ahead. Says how it gets on.
void fill_run(struct bench *bench, int count, struct cohort *cohorts, int cohort_count);
// Takes in so many items of feedback within so many ms; they stay open.
void cases_run(struct bench *bench, int count, int spread_ms);
// Discharges so many patients of departments d1, d2 … over the past month.
void hospital_run(struct bench *bench, int count, int departments);
// Turns of so many runs whose journals have about so many records.
void turns_run(struct bench *bench, int records, int runs);
// Plans messages of a class by a channel to so many patients after the first `from` ones,
// due from then on over spread_ms.
void queue_run(struct bench *bench, const char *channel, const char *class_, int from,
               int count, int64_t due, int spread_ms);
