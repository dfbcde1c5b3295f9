// One event, being thought about, and what was decided of it: Lua in happening.c, rows in
// happening_apply.c.
#pragma once

#include "care/care.h"

enum decision_kind {
  DECIDE_ENROLL,
  DECIDE_CASE,
  DECIDE_WATCH,
  DECIDE_QUIET,
  DECIDE_ANSWER,
  DECIDE_TELL,
  DECIDE_END
};

struct decision {  // what Lua said, to be applied in the commit
  struct decision *next;
  enum decision_kind kind;
  char *department, *pathway, *name;  // name: watch, form or what went wrong
  char *tier;
  char *rearm;  // of a watch: the span after which it fires again while it holds
  int64_t enrollment, question, event;
  struct buf value, flag;  // a watch's flag; an answer's values and judgement
  bool unjudged;
  struct status failed;
};

struct happening {  // one event, being thought about
  struct care *care;
  int64_t event, patient, encounter, at;
  char *kind;
  char *only;              // department that it is for, when it is for one
  const char *department;  // while its definitions are walked
  int64_t enrollment;      // while a live enrollment's watches are walked
  const char *pathway;
  bool taken;  // of feedback: a triage has it
  struct decision *first, **end;
};

struct decision *happening_decide(struct happening *happening, enum decision_kind kind,
                                  const char *pathway, const char *name);
// Asks a `where`; an error is told to the department and counts as no, and flag is empty
// then.
bool happening_ask_where(struct happening *happening, const char *pathway,
                         const char *watch, const char *which, int64_t event,
                         struct buf *flag);
// Whether the event is one that a pathway's `enroll` names.
bool happening_meets(struct happening *happening, const struct value *enroll,
                     int64_t event);
// Of "coding-withdrawn": whom what is known now would not bring onto a pathway any more
// (happening_again.c).
void happening_look_again(struct happening *happening);
void happening_end(const struct happening *happening, const struct decision *decision);

void happening_apply(const struct happening *happening, const struct decision *decision);
// What no triage takes is still somebody's word: a person reads it.
void happening_give_to_a_person(const struct happening *happening);
