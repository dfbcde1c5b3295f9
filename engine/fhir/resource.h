// A resource as it is shown: its version is a digest of its content, so that it changes
// exactly when that does, whichever way it was changed.
#pragma once

#include "fhir/type.h"

enum { FHIR_VERSION = 17 };

struct fhir_key {  // what an id names
  int64_t row, patient, part;
  char rest[FHIR_ID];
};

struct fhir_seen {  // one that was shown
  char id[FHIR_ID], version[FHIR_VERSION];
  int64_t changed;  // ms
  int64_t row, patient;
};

void fhir_id_format(const struct fhir *fhir, const struct fhir_type *type,
                    struct stmt *row, char out[FHIR_ID]);
// The parts of an id of FHIR_OF_PATIENT; rest may be "".
void fhir_id_join(const struct fhir *fhir, const struct fhir_type *type, int64_t patient,
                  int64_t part, const char *rest, char out[FHIR_ID]);
bool fhir_id_parse(const struct fhir *fhir, const struct fhir_type *type, const char *id,
                   struct fhir_key *out);

// Puts the row of one of the type's queries. out may be NULL.
void fhir_resource_put(struct fhir *fhir, const struct fhir_type *type, struct stmt *row,
                       bool masked, struct json *json, struct fhir_seen *out);
// The same of one that is no row.
void fhir_fields_put(struct fhir *fhir, const struct fhir_type *type, const char *id,
                     const struct buf *fields, struct json *json, struct fhir_seen *out);
// Finds one by its id among those that the departments (NULL: all) see; false: there is
// none. json NULL: only looks.
bool fhir_resource_find(struct fhir *fhir, const struct fhir_type *type, const char *id,
                        const struct caller *caller, struct json *json,
                        struct fhir_seen *out);
// Those that have this number; stmt_done closes. The type has identifiers.
struct stmt *fhir_resource_by_identifier(struct fhir *fhir, const struct fhir_type *type,
                                         const char *number);
