// How much of a case a caller sees: its team knows whom it is about; what an anonymous
// sender could be found by, the office and the receiver alone.
#pragma once

#include "api/call.h"
#include "care/case_team.h"

struct case_view {
  enum case_part part;
  bool whole;   // names, numbers and stay
  bool coarse;  // no hour, no ward
};
struct case_view case_view_of(struct call *call, int64_t enrollment);
// Whether the caller's token is this department's and no other's: the office's own.
bool case_view_is_office(struct call *call, const char *department);
// For the row of a list that belongs to this enrollment, if it is a case at all: days in
// place of moments when its sender is anonymous and the caller neither its receiver nor
// of its office.
void case_view_veil(struct call *call, int64_t enrollment);
// "sender", "stay", "part" and "masked" into an object that is open.
void case_view_put(struct call *call, struct json *json, int64_t enrollment,
                   const struct case_view *view);
// A text that somebody outside sees: long numbers in it are blotted out.
void case_view_text(const struct value *text, struct buf *out);
