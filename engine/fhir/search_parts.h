// A search, between its parameters and its answer.
#pragma once

#include "fhir/ask.h"
#include "fhir/period.h"
#include "fhir/resource.h"

enum { FHIR_LOOKED = 50000 };  // rows; 50,000 take 20 ms or so

enum fhir_order { FHIR_BY_ROW, FHIR_BY_CHANGE, FHIR_BY_DATE };

struct search {
  struct fhir *fhir;
  const struct caller *caller;
  const struct fhir_type *type;
  const struct http_form *query;
  struct status *why;   // set when it is refused
  struct fhir_key key;  // _id
  const char *id;       // the same as it came
  int64_t patient, after, until, count;
  const char *identifier;
  struct buf identifier_text, statuses;
  struct fhir_period date, changed;
  enum fhir_order order;
  bool newest_first;
  int64_t skip;     // of what is sorted: how many were on the pages before
  bool just_count;  // how many there are is all that is asked
  bool lenient;     // what isn't known is passed over
  bool nothing;     // what is asked for can't be found
};

// Reads search->query; why says what is wrong with it.
void search_read(struct search *search);
// Whether the parameter counts: the link to this page names those that do.
bool search_counts(const struct search *search, const char *name);
