// A resource on its way to events: within the inbox, in the transaction that commits
// them.
#pragma once

#include "care/event_apply.h"
#include "care/mapping.h"
#include "fhir/resource.h"

struct fhir_link {  // an entry of the same transaction
  struct value full_url;
  const struct fhir_type *type;
  struct value resource;
  char id[FHIR_ID];  // "": not made yet
};

struct fhir_taking {
  struct fhir *fhir;
  struct care *care;
  struct inbox_row *row;
  const struct fhir_type *type;
  struct value resource;  // what came
  struct value entry;     // the entry it came in
  const struct fhir_link *links;
  uint32_t link_count;
  char id[FHIR_ID];        // of an update; then, of what was made or changed
  bool update;             // of what is known under the id
  bool conditional;        // the address names it by its number
  char *origin, *remote;   // of another server: its name here, its own id. Owned
  bool found;              // a create turned out to be of what was known
  struct fhir_key key;     // of the id of an update
  char *source;            // whose numbers are meant; NULL: those of who sends. Owned
  int http;                // the HTTP status of a refusal, where code doesn't say; or 0
  struct event_done done;  // of the last event
  struct status *status;
};

int fhir_wrong(struct fhir_taking *taking, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Has the event checked and applied as any that comes; fields are freed. at NULL: now.
int fhir_event(struct fhir_taking *taking, const char *kind, const struct value *at,
               struct merge *fields);
// What a server's own id stands for here, once it has told of it; false: it hasn't.
bool fhir_alias_find(struct fhir_taking *taking, const struct fhir_type *type,
                     const char *remote, char id[FHIR_ID]);
void fhir_alias_keep(struct fhir_taking *taking);
// The id that a Reference names: "Type/ID" at any server's address, the fullUrl of an
// entry of the same transaction, or "Type?identifier=…". False when it is none of these.
bool fhir_reference(struct fhir_taking *taking, const struct value *reference,
                    const struct fhir_type *type, char id[FHIR_ID]);
// The number of the Patient of the same transaction that it names, when that is not made
// yet; false: there is none.
bool fhir_number_ahead(struct fhir_taking *taking, const struct value *reference,
                       struct buf *mrn);
// The patient that a Reference names, by address or by identifier: the row, with mrn
// appended. 0: refused, with element in the sentence.
int64_t fhir_subject(struct fhir_taking *taking, const struct value *reference,
                     const char *element, struct buf *mrn);
// The same with the event's patient put into fields; patient NULL: just the number.
int fhir_event_of(struct fhir_taking *taking, const char *kind, const struct value *at,
                  const char *mrn, struct merge *patient, struct merge *fields);
// The number of the stay that a Reference names; nil reference: none, and OK.
int fhir_visit(struct fhir_taking *taking, const struct value *reference,
               const char *element, struct buf *visit);
// The id of this row becomes taking->id.
void fhir_made(struct fhir_taking *taking, int64_t row, bool found);
// The same of a type whose ids have parts; rest may be NULL.
void fhir_made_part(struct fhir_taking *taking, int64_t patient, int64_t part,
                    const char *rest, bool found);
