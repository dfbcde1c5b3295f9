// GET /fhir/TYPE?…: a searchset, paged by key.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/ask.h"
#include "fhir/people.h"
#include "fhir/period.h"
#include "fhir/resource.h"
#include "fhir/token.h"

enum { USUAL = 50, MOST = 200, LOOKED = 50000 };  // rows; 50,000 take 20 ms or so

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
  bool nothing;  // what is asked for can't be found
};

static void fail(struct search *search, const char *name, const char *what) {
  status_fail(search->why, ERR_INVALID, "%.40s: %s", name, what);
}

static void read_count(struct search *search, const char *name, const char *text) {
  bool number = *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 6;
  search->count = number ? strtol(text, NULL, 10) : 0;
  if (search->count > MOST) search->count = MOST;
  if (!number || !search->count)
    fail(search, name, "must be a number from 1 on; at most 200 come at once");
}

static void read_id(struct search *search, const char *name, const char *text) {
  (void)name;
  search->id = text;
  if (!search->type->each &&
      !fhir_id_parse(search->fhir, search->type, text, &search->key))
    search->nothing = true;
}

static void read_after(struct search *search, const char *name, const char *text) {
  struct fhir *fhir = search->fhir;
  search->after = public_id_parse(fhir->api->keys.public_id, search->type->kind, text);
  if (!search->after) fail(search, name, "take the link of the page before as it is");
}

static void read_patient(struct search *search, const char *name, const char *text) {
  if (!search->type->by_patient) {
    fail(search, name, "is no parameter of this type");
    return;
  }
  struct fhir *fhir = search->fhir;
  const char *id = strrchr(text, '/') ? strrchr(text, '/') + 1 : text;
  search->patient = public_id_parse(fhir->api->keys.public_id, 'p', id);
  if (!search->patient) search->nothing = true;
}

static void read_identifier(struct search *search, const char *name, const char *text) {
  if (!search->type->identifies) {
    fail(search, name, "is no parameter of this type");
  } else if (fhir_token_read(search->fhir, search->type->identifies, text,
                             &search->identifier_text)) {
    search->identifier = buf_text(&search->identifier_text);
  } else {
    search->nothing = true;
  }
}

static void read_status(struct search *search, const char *name, const char *text) {
  if (!search->type->statuses)
    fail(search, name, "is no parameter of this type");
  else if (!fhir_words_read(search->type->statuses, text, &search->statuses))
    fail(search, name, search->type->statuses);
}

static void read_date(struct search *search, const char *name, const char *text) {
  bool changed = *name == '_';
  if (changed ? search->type->each != NULL : !search->type->dated)
    fail(search, name, "is no parameter of this type");
  else if (!fhir_period_read(changed ? &search->changed : &search->date, text,
                             care_site_zone(search->fhir->care)))
    fail(search, name,
         "must be a date or time such as ge2026-03-02 or "
         "lt2026-03-02T15:00:00%2B08:00 (eq ne is not, gt lt ge le are "
         "known)");
}

static void read_nothing(struct search *search, const char *name, const char *text) {
  (void)search, (void)name, (void)text;
}

static const struct {
  const char *name;
  void (*read)(struct search *search, const char *name, const char *text);
} parameters[] = {
    {"_id", read_id},          {"_lastUpdated", read_date},     {"_count", read_count},
    {"_after", read_after},    {"identifier", read_identifier}, {"patient", read_patient},
    {"subject", read_patient}, {"status", read_status},         {"date", read_date},
    {"_format", read_nothing}};

// One that is not known can't be left out: what is found would be too much.
static void read_parameter(struct search *search, const struct http_field *field) {
  const char *dated = search->type->dated;
  const char *name = dated && !strcmp(field->name, dated) ? "date" : field->name;
  for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
    if (!strcmp(parameters[i].name, name)) {
      parameters[i].read(search, field->name, field->value);
      return;
    }
  fail(search, field->name,
       "is no parameter that this server knows; GET metadata lists them");
}

static void read_parameters(struct search *search) {
  const struct http_form *query = search->query;
  for (size_t i = 0; i < query->count && !search->why->code; i++)
    read_parameter(search, &query->fields[i]);
  if (search->type->may & FHIR_OF_PATIENT) search->count = MOST;  // few, not paged
  if (search->why->code || search->patient || search->key.row ||
      !(search->type->may & FHIR_OF_PATIENT) || search->nothing)
    return;
  fail(search, "patient", "is needed to search this type");
}

static const char *choose(const struct search *search) {
  const struct fhir_type *type = search->type;
  if (search->key.row) return type->by_id;  // of types with parts, too
  if (search->identifier) return type->by_identifier;
  return search->patient ? type->by_patient : type->walk;
}

static struct stmt *query(struct search *search) {
  struct fhir *fhir = search->fhir;
  struct store *store = fhir->care->store;
  const char *sql = choose(search);
  bool walks = sql == search->type->walk;
  search->until = walks ? search->after + LOOKED : INT64_MAX;
  return store_query(
      store, sql, "tiiittiiiiiiiit", search->caller->departments,
      kernel_now(fhir->care->kernel), search->key.row,
      search->key.row ? search->key.patient : search->patient, search->identifier,
      search->statuses.len ? buf_text(&search->statuses) : NULL, search->date.from,
      search->date.before, search->changed.from, search->changed.before, search->after,
      search->count + 1, search->until, search->key.part, search->key.rest);
}

static void put_link(struct search *search, struct json *json, const char *relation,
                     int64_t after) {
  struct fhir *fhir = search->fhir;
  struct buf url = {0};
  char id[PUBLIC_ID_SIZE];
  buf_printf(&url, "%s/%s?", buf_text(&fhir->base), search->type->name);
  for (size_t i = 0; i < search->query->count; i++) {
    const struct http_field *field = &search->query->fields[i];
    if (!strcmp(field->name, "_after") && after) continue;
    buf_printf(&url, "%s=", field->name);
    http_percent_encode(&url, field->value, strlen(field->value));
    buf_putc(&url, '&');
  }
  if (after) {
    public_id_format(fhir->api->keys.public_id, search->type->kind, after, id);
    buf_printf(&url, "_after=%s", id);
  } else {
    buf_reserve(&url, 1);
    url.data[--url.len] = '\0';
  }
  json_open(json, '{');
  json_key(json, "relation");
  json_text(json, relation);
  json_key(json, "url");
  json_text(json, url.data);
  json_close(json, '}');
  buf_deinit(&url);
}

static void open_entry(struct search *search, struct json *json, const char *id) {
  struct buf url = {0};
  buf_printf(&url, "%s/%s/%s", buf_text(&search->fhir->base), search->type->name, id);
  json_open(json, '{');
  json_key(json, "fullUrl");
  json_text(json, url.data);
  json_key(json, "resource");
  buf_deinit(&url);
}

static void close_entry(struct json *json) {
  json_key(json, "search");
  json_open(json, '{');
  json_key(json, "mode");
  json_text(json, "match");
  json_close(json, '}');
  json_close(json, '}');
}

static void put_entry(struct search *search, struct json *json, struct stmt *row,
                      struct buf *people, struct fhir_seen *seen) {
  char id[FHIR_ID];
  fhir_id_format(search->fhir, search->type, row, id);
  open_entry(search, json, id);
  fhir_resource_put(search->fhir, search->type, row,
                    !caller_may(search->caller, SCOPE_CONTACTS), json, seen);
  close_entry(json);
  fhir_people_add(people, search->type, seen->patient);
}

struct offered {  // what are no rows
  struct search *search;
  struct json *json;
};

static void put_offered(void *self, const char *id, const struct buf *fields) {
  struct offered *offered = self;
  struct search *search = offered->search;
  struct json *json = offered->json;
  if (search->id && strcmp(search->id, id)) return;
  open_entry(search, json, id);
  fhir_fields_put(search->fhir, search->type, id, fields, json, NULL);
  close_entry(json);
}

// The row after which the next page begins; 0: there is none.
static int64_t put_entries(struct search *search, struct json *json, struct buf *people) {
  struct fhir_seen seen = {0};
  if (search->type->each) {
    search->type->each(search->fhir, search->caller->departments, put_offered,
                       &(struct offered){search, json});
    return 0;
  }
  struct stmt *row = query(search);
  int64_t count = 0;
  bool more = false;
  while (!more && stmt_row(row)) {
    more = count++ == search->count;
    if (!more) put_entry(search, json, row, people, &seen);
  }
  stmt_done(row);
  if (more) return seen.row;
  return choose(search) == search->type->walk &&
                 store_int(search->fhir->care->store, 0, search->type->last, "") >
                     search->until
             ? search->until
             : 0;
}

static void put_bundle(struct search *search, struct json *json, struct buf *people) {
  struct buf entries = {0};
  struct json list = {.out = &entries};
  int64_t next = search->nothing ? 0 : put_entries(search, &list, people);
  json_open(json, '{');
  json_key(json, "resourceType");
  json_text(json, "Bundle");
  json_key(json, "type");
  json_text(json, "searchset");
  json_key(json, "link");
  json_open(json, '[');
  put_link(search, json, "self", 0);
  if (next) put_link(search, json, "next", next);
  json_close(json, ']');
  if (entries.len) buf_printf(json->out, ",\"entry\":[%s]", entries.data);
  json_close(json, '}');
  buf_deinit(&entries);
}

int fhir_search_put(struct fhir *fhir, const struct caller *caller,
                    const struct fhir_type *type, const struct http_form *query,
                    struct json *json, struct buf *people, struct status *why) {
  struct search search = {.fhir = fhir,
                          .caller = caller,
                          .type = type,
                          .query = query,
                          .why = why,
                          .count = USUAL};
  read_parameters(&search);
  if (!why->code) put_bundle(&search, json, people);
  buf_deinit(&search.identifier_text);
  buf_deinit(&search.statuses);
  return why->code;
}

void fhir_search(struct fhir_ask *ask) {
  struct buf out = {0}, people = {0};
  struct json json = {.out = &out};
  struct status why = {0};
  if (!fhir_search_put(ask->fhir, ask->caller, ask->type, &ask->query, &json, &people,
                       &why)) {
    fhir_people_send(ask, &(struct fhir_answer){.status = 200}, &out, &people);
  } else {
    fhir_problem(ask, 400, "%s", why.text);
    fhir_ask_free(ask);
  }
  buf_deinit(&people);
  buf_deinit(&out);
}
