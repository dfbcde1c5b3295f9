// What a script may know: a read-only struct of functions that the engine fills in for
// one turn or callback. Every answer is one encoded value (base/value.h) appended to out.
// Nothing here names a person.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/value.h"

struct facts {
  void *self;
  // "patient" {id,age,sex,language,dialect,disclosure,inpatient,stays}, "event"
  // {kind,at,ward,department,leaving, procedures=[{code,name}],diagnoses=…,drugs=…, and
  // the event's own fields}, "encounter", "anchor" (ms), "tier", "enrollment"; nil for a
  // name that is not known
  void (*field)(void *self, const char *name, struct buf *out);
  // list, oldest first, 32 at most, of {code,value,at,day}; options {within,since,last};
  // code "enrollments" lists live enrollments {pathway,tier,since}, "appointments" those
  // of a week ago and later {id,at,department,status}, "deliveries" what was told of them
  // {delivery,place,status}
  int (*read)(void *self, const char *code, const struct value *options, struct buf *out,
              struct status *status);
  void (*get)(void *self, const char *key, struct buf *out);  // state kept with p:set
  void (*silences)(void *self, const char *form,
                   struct buf *out);  // int: unanswered in a row
  // the newest version of a rule, given the encoded list of its arguments; which version
  // that was goes to *version (may be NULL)
  int (*rule)(void *self, const char *id, const struct value *arguments, struct buf *out,
              int64_t *version, struct status *status);
  // whether the run began with this edit of the script
  bool (*changed)(void *self, const char *edit);
  // ms of a time expression counted from base (0: now)
  int (*time)(void *self, const char *when, int64_t base, int64_t *out,
              struct status *status);
  // {estimate ms} as int, or text "closed" | "unknown"
  void (*estimate)(void *self, const char *role, struct buf *out);
  bool (*in_case)(void *self);  // the subject is a case
  // When a clock of the case is due, ms, or nil. again: as once it is reopened now.
  void (*clock)(void *self, const char *name, bool again, struct buf *out);
  int64_t (*now)(void *self);  // turn time, ms; never runs backwards
};
