// One message on its way to be events: read, mapped, submitted, and told when all of them
// are committed or it is kept for a person.
#pragma once

#include "ack.h"
#include "map.h"

struct job {
  // The caller's.
  struct map map;
  void (*done)(struct job *job);  // once, never within job_start's caller's read of it
  void *owner;
  bool keep;  // what can't be taken becomes a dead letter
  // The job's own; to be read in done.
  struct text text;  // UTF-8
  struct message message;
  bool readable, ignored, again;  // again: nothing is known of it, it should come again
  enum ack_code code;
  int error;
  char why[400];
  int events;        // that it made
  struct text made;  // the events, with commas between
  int waiting;
  bool starting;
};

// Takes text. done is called at once or later; the caller frees the job then.
void job_start(struct job *job, bool submit);
void job_free(struct job *job);
