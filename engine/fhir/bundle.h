// POST /fhir: a Bundle of type batch or transaction, entry by entry.
#pragma once

#include "fhir/ask.h"

enum { FHIR_ENTRIES_MOST = 1000 };

enum fhir_part_act { FHIR_PART_READ, FHIR_PART_SEARCH, FHIR_PART_WRITE };

struct fhir_bundle;
struct fhir_part {  // one entry
  struct fhir_bundle *bundle;
  struct value entry, request;
  enum fhir_part_act act;
  const struct fhir_type *type;
  char id[FHIR_ID];  // in the url; then, of what was made
  bool named;        // the url has an id
  bool conditional;  // it is to be updated, and the url says by which identifier
  struct http_form query;
  int status;  // 0: not done yet
  struct buf detail;
  uint32_t place;  // in the Bundle
};

struct fhir_bundle {  // lives until its request is answered
  struct fhir_ask *ask;
  struct fhir_part *parts;
  uint32_t count, left;
  struct fhir_part **order;  // those that write, as a transaction applies them; owned
  uint32_t ordered;
  bool transaction;
  struct pending *pending;
};

// Reads the entries; those that are wrong have a status and a detail.
struct fhir_bundle *fhir_bundle_read(struct fhir_ask *ask, bool transaction);
void fhir_bundle_free(void *bundle);
// The first entry that was refused; NULL: none was.
const struct fhir_part *fhir_bundle_refused(const struct fhir_bundle *bundle);
// Answers, entry by entry; frees the bundle and its ask.
void fhir_bundle_answer(struct fhir_bundle *bundle);
