// The inbox kind "fhir": {entries = {{full_url, id, if_match, if_none_exist, resource,
// type}}}, applied as events, all of them or none.
#include "fhir/inbox.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/take.h"
#include "fhir/token.h"

static const struct caller everybody = {.scopes = SCOPE_READ | SCOPE_CONTACTS};

// An update needs what is to be updated, as it was seen when that is said.
static int check_known(struct fhir_taking *taking) {
  struct value match = value_field(&taking->entry, "if_match");
  struct fhir_seen seen;
  char *tag;
  bool same;
  if (!fhir_id_parse(taking->fhir, taking->type, taking->id, &taking->key) ||
      !fhir_resource_find(taking->fhir, taking->type, taking->id, &everybody, NULL,
                          &seen)) {
    taking->http = 405;
    return status_fail(taking->status, ERR_NOT_FOUND,
                       "there is no such %s, and ids are given here: create it by POST",
                       taking->type->name);
  }
  tag = value_copy_text(&match);
  same = !tag || strstr(tag, seen.version);
  mem_free(tag);
  if (same) return OK;
  taking->http = 412;
  return status_fail(taking->status, ERR_CONFLICT,
                     "If-Match: it is at version W/\"%s\" now; read it again",
                     seen.version);
}

// "identifier=system|number": 1 when one is known, 0 when none is, -1 when the text, that
// of where, says something else or it is not one.
static int find_one(struct fhir_taking *taking, const char *text, const char *where) {
  struct buf number = {0};
  bool good =
      !strncmp(text, "identifier=", 11) && taking->type->identifies && !strchr(text, '&');
  int64_t row = 0;
  if (good &&
      fhir_token_read(taking->fhir, taking->type->identifies, text + 11, &number)) {
    struct stmt *found =
        fhir_resource_by_identifier(taking->fhir, taking->type, buf_text(&number));
    if (stmt_row(found)) row = stmt_int(found, 0);
    if (row && stmt_row(found)) taking->http = 412;
    stmt_done(found);
  }
  buf_deinit(&number);
  if (row && !taking->http) fhir_made(taking, row, true);
  if (good && !taking->http) return row != 0;
  return status_fail(taking->status, taking->http ? ERR_CONFLICT : ERR_INVALID,
                     taking->http ? "%s: several match; ask more narrowly"
                                  : "%s: only identifier=system|number is understood, of "
                                    "types that have identifiers",
                     where);
}

static int find_existing(struct fhir_taking *taking) {
  struct value asked = value_field(&taking->entry, "if_none_exist");
  char *text = value_copy_text(&asked);
  int known = text ? find_one(taking, text, "If-None-Exist") : 0;
  mem_free(text);
  return known;
}

static int check_type(struct fhir_taking *taking) {
  struct value type = value_field(&taking->resource, "resourceType"),
               id = value_field(&taking->resource, "id");
  if (!value_is(&type, taking->type->name))
    return fhir_wrong(taking, "resourceType: must be %s at this address",
                      taking->type->name);
  bool named = !taking->conditional || id.kind != VALUE_NIL;
  if (taking->update && named && !taking->origin && !value_is(&id, taking->id))
    return fhir_wrong(taking, "%s.id: must be the one in the address",
                      taking->type->name);
  return OK;
}

// An update of the one that has this number; when none has, it is created.
static int find_meant(struct fhir_taking *taking) {
  struct value where = value_field(&taking->entry, "where");
  char *text = value_copy_text(&where);
  int known = text ? find_one(taking, text, "the search in the address") : 0;
  taking->conditional = text != NULL;
  taking->update = taking->update || known > 0;
  taking->found = false;
  mem_free(text);
  return known < 0 ? known : OK;
}

static int take(struct fhir_taking *taking) {
  int known = 0;
  if (find_meant(taking) || check_type(taking)) return taking->status->code;
  if (taking->update)
    known = check_known(taking);
  else
    known = find_existing(taking);
  if (known < 0) return known;
  return known && !taking->update ? OK : taking->type->take(taking);
}

// What another server has told of before is an update, under our own id.
static void read_origin(struct fhir_taking *taking) {
  struct value origin = value_field(&taking->entry, "origin"),
               remote = value_field(&taking->entry, "remote");
  taking->origin = value_copy_text(&origin);
  taking->remote = value_copy_text(&remote);
  taking->update = taking->origin && taking->type->may & FHIR_UPDATE &&
                   fhir_alias_find(taking, taking->type, taking->remote, taking->id);
}

static void close_entry(struct fhir_taking *taking) {
  mem_free(taking->source);
  mem_free(taking->origin);
  mem_free(taking->remote);
}

static void copy_id(struct fhir_taking *taking) {
  struct value id = value_field(&taking->entry, "id");
  char *text = value_copy_text(&id);
  if (text) snprintf(taking->id, sizeof taking->id, "%s", text);
  taking->update = text != NULL;
  mem_free(text);
}

static void open_entry(struct fhir *fhir, struct inbox_row *row,
                       const struct value *entry, struct fhir_taking *taking,
                       struct status *status) {
  struct value name = value_field(entry, "type");
  *taking = (struct fhir_taking){.fhir = fhir,
                                 .care = fhir->care,
                                 .row = row,
                                 .entry = *entry,
                                 .resource = value_field(entry, "resource"),
                                 .type = fhir_type_find(name.text.data, name.text.len),
                                 .status = status};
  copy_id(taking);
  if (!taking->update) read_origin(taking);
}

// All that was asked for as it was seen, before anything is written: a refusal then has
// its own HTTP status.
static int check_all(struct fhir *fhir, struct inbox_row *row,
                     const struct value *entries, struct fhir_taking *taking,
                     struct status *status) {
  struct value_iter iter = value_iterate(entries);
  struct value entry;
  while (value_next(&iter, NULL, &entry)) {
    open_entry(fhir, row, &entry, taking, status);
    int code = find_meant(taking);
    if (!code) code = taking->update ? check_known(taking) : find_existing(taking);
    close_entry(taking);
    if (code < 0) return code;
  }
  return OK;
}

static void tell_refusal(struct inbox_row *row, const struct fhir_taking *taking) {
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "detail", taking->status->text);
  mapping_int(&map, "status", taking->http);
  mapping_end(&map);
  taking->status->code = OK;
}

struct taken {  // what became of the entries so far
  struct fhir_link *links;
  struct buf told;  // encoded {id, status} of each
  int64_t patient;  // of the first
};

static void tell_entry(struct taken *taken, const struct fhir_taking *taking) {
  struct mapping map = mapping_begin(&taken->told);
  mapping_text(&map, "id", taking->id);
  mapping_int(&map, "status", taking->update || taking->found ? 200 : 201);
  mapping_end(&map);
  if (!taken->patient) taken->patient = taking->done.patient;
}

// The sentence says which of several it is about.
static int blame(const struct fhir_taking *taking, const struct value *entries,
                 const struct value *entry) {
  struct value place = value_field(entry, "place");
  if (value_count(entries) == 1) return taking->status->code;
  return status_prefix(taking->status, "Bundle.entry[%lld]",
                       (long long)value_int_or(&place, 0));
}

static int take_all(struct fhir *fhir, struct inbox_row *row, const struct value *entries,
                    struct taken *taken, struct status *status) {
  struct value_iter iter = value_iterate(entries);
  struct fhir_taking taking;
  struct value entry;
  for (uint32_t i = 0; value_next(&iter, NULL, &entry); i++) {
    open_entry(fhir, row, &entry, &taking, status);
    taking.links = taken->links;
    taking.link_count = value_count(entries);
    int code = take(&taking);
    if (!code) fhir_alias_keep(&taking);
    close_entry(&taking);
    if (code) return blame(&taking, entries, &entry);
    memcpy(taken->links[i].id, taking.id, FHIR_ID);
    tell_entry(taken, &taking);
  }
  return OK;
}

static void read_links(const struct value *entries, struct taken *taken) {
  struct value_iter iter = value_iterate(entries);
  struct value entry;
  taken->links = mem_alloc((value_count(entries) + 1) * sizeof *taken->links);
  for (uint32_t i = 0; value_next(&iter, NULL, &entry); i++) {
    struct value name = value_field(&entry, "type");
    taken->links[i].full_url = value_field(&entry, "full_url");
    taken->links[i].resource = value_field(&entry, "resource");
    taken->links[i].type = fhir_type_find(name.text.data, name.text.len);
  }
}

static void tell(struct inbox_row *row, const struct value *entries,
                 const struct taken *taken) {
  buf_clear(&row->result);  // the events' own word of it
  struct mapping map = mapping_begin(&row->result);
  mapping_key(&map, "entries");
  size_t list = value_begin_list(&row->result);
  buf_put(&row->result, taken->told.data, taken->told.len);
  value_end(&row->result, list, value_count(entries));
  if (taken->patient) mapping_int(&map, "patient", taken->patient);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct value entries = value_field(&row->body, "entries");
  struct fhir_taking taking;
  struct taken taken = {0};
  int code = check_all(self, row, &entries, &taking, status);
  if (code && taking.http) {
    tell_refusal(row, &taking);
    return OK;
  }
  if (code) return code;
  read_links(&entries, &taken);
  code = take_all(self, row, &entries, &taken, status);
  if (!code) tell(row, &entries, &taken);
  mem_free(taken.links);
  buf_deinit(&taken.told);
  return code;
}

void fhir_handlers(struct fhir *fhir) {
  static const struct inbox_handler handler = {.kind = "fhir", .apply = apply};
  kernel_handle_inbox(fhir->care->kernel, &handler, fhir);
}
