// GET /fhir/TYPE?… and POST /fhir/TYPE/_search: a searchset, paged by key.
#include <string.h>

#include "fhir/people.h"
#include "fhir/search_parts.h"

static const char *choose(const struct search *search) {
  const struct fhir_type *type = search->type;
  if (search->key.row) return type->by_id;  // of types with parts, too
  if (search->identifier) return type->by_identifier;
  return search->patient ? type->by_patient : type->walk;
}

static bool walks(const struct search *search) {
  return choose(search) == search->type->walk;
}

static struct stmt *ask_rows(struct search *search, const char *sql, int64_t most) {
  struct fhir *fhir = search->fhir;
  search->until = walks(search) ? search->after + FHIR_LOOKED : INT64_MAX;
  return store_query(
      fhir->care->store, sql, "tiiittiiiiiiiit", search->caller->departments,
      kernel_now(fhir->care->kernel), search->key.row,
      search->key.row ? search->key.patient : search->patient, search->identifier,
      search->statuses.len ? buf_text(&search->statuses) : NULL, search->date.from,
      search->date.before, search->changed.from, search->changed.before, search->after,
      most, search->until, search->key.part, search->key.rest);
}

// The query in another order: what it ends with (FHIR_PAGE) is exchanged. Its third
// column is when something last came about the row.
static void put_sorted(const struct search *search, struct buf *out) {
  static const char mark[] = " ORDER BY ";
  const char *sql = choose(search), *end = strstr(sql, mark), *next;
  while (end && (next = strstr(end + 1, mark))) end = next;
  const char *way = search->newest_first ? "DESC" : "ASC";
  buf_put(out, sql, (size_t)(end - sql));
  buf_printf(out, " ORDER BY %s %s, 1 %s LIMIT coalesce(?12, ?15)",
             search->order == FHIR_BY_CHANGE ? "3" : search->type->dated_at, way, way);
}

static struct stmt *query(struct search *search) {
  struct buf sorted = {0};
  if (!search->order) return ask_rows(search, choose(search), search->count + 1);
  put_sorted(search, &sorted);
  struct stmt *row = ask_rows(search, sorted.data, search->skip + search->count + 1);
  for (int64_t i = 0; i < search->skip && stmt_row(row); i++) continue;
  buf_deinit(&sorted);
  return row;
}

static void put_link(struct search *search, struct json *json, const char *relation,
                     int64_t after) {
  struct fhir *fhir = search->fhir;
  struct buf url = {0};
  char id[PUBLIC_ID_SIZE];
  buf_printf(&url, "%s/%s?", buf_text(&fhir->base), search->type->name);
  for (size_t i = 0; i < search->query->count; i++) {
    const struct http_field *field = &search->query->fields[i];
    bool pages = !strcmp(field->name, "_after") || !strcmp(field->name, "_skip");
    if ((pages && after) || !search_counts(search, field->name)) continue;
    buf_printf(&url, "%s=", field->name);
    http_percent_encode(&url, field->value, strlen(field->value));
    buf_putc(&url, '&');
  }
  if (after && search->order) {
    buf_printf(&url, "_skip=%lld", (long long)after);
  } else if (after) {
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

// The row after which the next page begins, or how many were up to it when they are
// sorted; 0: there is none.
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
  if (more) return search->order ? search->skip + search->count : seen.row;
  return walks(search) && store_int(search->fhir->care->store, 0, search->type->last,
                                    "") > search->until
             ? search->until
             : 0;
}

struct counted {  // what are no rows
  const struct search *search;
  int64_t count;
};

static void count_offered(void *self, const char *id, const struct buf *fields) {
  struct counted *counted = self;
  (void)fields;
  counted->count += !counted->search->id || !strcmp(counted->search->id, id);
}

static int64_t count_rows(struct search *search) {
  struct buf sql = {0};
  buf_printf(&sql, "SELECT count(*) FROM (%s)", choose(search));
  struct stmt *row = ask_rows(search, sql.data, INT64_MAX);
  int64_t count = stmt_row(row) ? stmt_int(row, 0) : 0;
  stmt_done(row);
  buf_deinit(&sql);
  return count;
}

// Of a table that is too long to be looked through at once nothing is said.
static int64_t count_all(struct search *search) {
  struct counted counted = {search, 0};
  if (search->nothing) return 0;
  if (search->type->each) {
    search->type->each(search->fhir, search->caller->departments, count_offered,
                       &counted);
    return counted.count;
  }
  if (walks(search) &&
      store_int(search->fhir->care->store, 0, search->type->last, "") > FHIR_LOOKED)
    status_fail(search->why, ERR_LIMIT,
                "_summary: there are too many to be counted; say patient or identifier");
  return search->why->code ? 0 : count_rows(search);
}

static void put_bundle(struct search *search, struct json *json, struct buf *people) {
  struct buf entries = {0};
  struct json list = {.out = &entries};
  int64_t total = search->just_count ? count_all(search) : 0, next = 0;
  if (search->why->code) return;
  if (!search->nothing && !search->just_count) next = put_entries(search, &list, people);
  json_open(json, '{');
  json_key(json, "resourceType");
  json_text(json, "Bundle");
  json_key(json, "type");
  json_text(json, "searchset");
  if (search->just_count) {
    json_key(json, "total");
    json_int(json, total);
  }
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
                    bool lenient, struct json *json, struct buf *people,
                    struct status *why) {
  struct search search = {.fhir = fhir,
                          .caller = caller,
                          .type = type,
                          .query = query,
                          .why = why,
                          .lenient = lenient};
  search_read(&search);
  if (!why->code) put_bundle(&search, json, people);
  buf_deinit(&search.identifier_text);
  buf_deinit(&search.statuses);
  return why->code;
}

void fhir_search(struct fhir_ask *ask) {
  struct buf out = {0}, people = {0};
  struct json json = {.out = &out};
  struct status why = {0};
  if (!fhir_search_put(ask->fhir, ask->caller, ask->type, &ask->query, fhir_lenient(ask),
                       &json, &people, &why)) {
    fhir_people_send(ask, &(struct fhir_answer){.status = 200}, &out, &people);
  } else {
    fhir_problem(ask, 400, "%s", why.text);
    fhir_ask_free(ask);
  }
  buf_deinit(&people);
  buf_deinit(&out);
}
