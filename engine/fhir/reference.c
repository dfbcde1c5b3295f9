// References to other resources, as they come.
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/element.h"
#include "fhir/take.h"
#include "fhir/token.h"

static const struct fhir_link *find_link(const struct fhir_taking *taking,
                                         const char *text, const struct fhir_type *type) {
  for (uint32_t i = 0; i < taking->link_count; i++)
    if (value_is(&taking->links[i].full_url, text) && taking->links[i].type == type)
      return &taking->links[i];
  return NULL;
}

// "Patient?identifier=…": the only one that has this number.
static bool by_number(struct fhir_taking *taking, const struct fhir_type *type,
                      const char *token, char id[FHIR_ID]) {
  struct buf number = {0};
  bool found = false;
  if (type->identifies &&
      fhir_token_read(taking->fhir, type->identifies, token, &number)) {
    struct stmt *row = fhir_resource_by_identifier(taking->fhir, type, buf_text(&number));
    found = stmt_row(row);
    if (found) fhir_id_format(taking->fhir, type, row, id);
    found = found && !stmt_row(row);
    stmt_done(row);
  }
  buf_deinit(&number);
  return found;
}

// "https://…/Patient/ID/_history/2" gives ID.
static bool by_path(const struct fhir_type *type, char *text, char id[FHIR_ID]) {
  char *history = strstr(text, "/_history/"), *slash;
  size_t len = strlen(type->name);
  if (history) *history = '\0';
  slash = strrchr(text, '/');
  if (!slash || (size_t)(slash - text) < len || memcmp(slash - len, type->name, len) ||
      ((size_t)(slash - text) > len && slash[-(ptrdiff_t)len - 1] != '/'))
    return false;
  snprintf(id, FHIR_ID, "%s", slash + 1);
  return true;
}

bool fhir_alias_find(struct fhir_taking *taking, const struct fhir_type *type,
                     const char *remote, char id[FHIR_ID]) {
  struct stmt *row =
      store_query(taking->care->store,
                  "SELECT id FROM fhir_alias WHERE origin=?1 AND type=?2 AND remote=?3",
                  "ttt", taking->origin, type->name, remote);
  bool found = stmt_row(row);
  if (found) snprintf(id, FHIR_ID, "%s", stmt_text(row, 0));
  stmt_done(row);
  return found;
}

void fhir_alias_keep(struct fhir_taking *taking) {
  if (taking->origin)
    store_exec(taking->care->store,
               "INSERT OR REPLACE INTO fhir_alias (origin, type, remote, id) VALUES "
               "(?1,?2,?3,?4)",
               "tttt", taking->origin, taking->type->name, taking->remote, taking->id);
}

bool fhir_reference(struct fhir_taking *taking, const struct value *reference,
                    const struct fhir_type *type, char id[FHIR_ID]) {
  struct value field = value_field(reference, "reference");
  char *text = value_copy_text(&field);
  const struct fhir_link *link = text ? find_link(taking, text, type) : NULL;
  size_t len = strlen(type->name);
  bool found = false;
  if (link)
    found = snprintf(id, FHIR_ID, "%s", link->id) > 0;
  else if (text && !strncmp(text, type->name, len) &&
           !strncmp(text + len, "?identifier=", 12))
    found = by_number(taking, type, text + len + 12, id);
  else if (text)
    found = by_path(type, text, id);
  if (found && taking->origin && !link) {  // it is the other server's id
    char remote[FHIR_ID];
    memcpy(remote, id, FHIR_ID);
    found = fhir_alias_find(taking, type, remote, id);
  }
  mem_free(text);
  return found;
}

bool fhir_number_ahead(struct fhir_taking *taking, const struct value *reference,
                       struct buf *mrn) {
  struct value field = value_field(reference, "reference");
  char *text = value_copy_text(&field);
  const struct fhir_link *link = text ? find_link(taking, text, &fhir_patient) : NULL;
  mem_free(text);
  if (!link || *link->id) return false;
  struct value list = value_field(&link->resource, "identifier"),
               number = fhir_identifier(&list, taking->fhir->mrn, "MR");
  if (number.kind == VALUE_TEXT) buf_put(mrn, number.text.data, number.text.len);
  return mrn->len > 0;
}
