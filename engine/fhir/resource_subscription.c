// Subscription: who is told of changes by a call. Criteria are a type, with patient and
// status if need be; the address must be one that the configuration allows.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/element.h"
#include "fhir/element_put.h"
#include "fhir/hook.h"
#include "fhir/query.h"
#include "fhir/take.h"
#include "fhir/token.h"
#include "io/http_form.h"

#define STATUS "s.status"
#define QUERY(head)                                         \
  "SELECT s.id, 0, s.updated_at, 0, '', " STATUS            \
  ", s.criteria, s.endpoint, s.payload,"                    \
  " s.reason, s.error FROM fhir_subscription s WHERE " head \
  FHIR_STATUS(STATUS) FHIR_CHANGED("s.updated_at") FHIR_PAGE("s.id")

enum { STATUS_ = 5, CRITERIA, ENDPOINT, PAYLOAD, REASON, ERROR_ };

// Not its headers: they are secrets of who subscribed.
static void show_subscription(struct fhir_show *show, struct stmt *row) {
  fhir_put_text(show, "status", stmt_text(row, STATUS_));
  fhir_put_text(show, "reason", stmt_text(row, REASON));
  fhir_put_text(show, "criteria", stmt_text(row, CRITERIA));
  fhir_put_text(show, "error", stmt_text(row, ERROR_));
  fhir_put_open(show, "channel", "{");
  fhir_put_text(show, "type", "rest-hook");
  fhir_put_text(show, "endpoint", stmt_text(row, ENDPOINT));
  if (stmt_int(row, PAYLOAD)) fhir_put_text(show, "payload", "application/fhir+json");
  fhir_put_close(show, "}");
}

struct wish {  // what is subscribed to
  const struct fhir_type *type;
  int64_t patient;
  struct buf statuses;
};

static int read_field(struct fhir_taking *taking, const struct http_field *field,
                      struct wish *wish) {
  const char *id = strrchr(field->value, '/');
  if (!strcmp(field->name, "patient") || !strcmp(field->name, "subject")) {
    wish->patient = public_id_parse(taking->fhir->api->keys.public_id, 'p',
                                    id ? id + 1 : field->value);
    if (wish->patient) return OK;
  } else if (!strcmp(field->name, "status") && wish->type->statuses &&
             fhir_words_read(wish->type->statuses, field->value, &wish->statuses)) {
    return OK;
  }
  return fhir_wrong(taking,
                    "Subscription.criteria: \"%.40s\" is not understood; patient and "
                    "status are, with words of that type",
                    field->name);
}

static int read_criteria(struct fhir_taking *taking, const char *text,
                         struct wish *wish) {
  size_t len = strcspn(text, "?");
  struct http_form form = {0};
  struct status status = {0};
  wish->type = fhir_type_find(text, len);
  if (!wish->type || !fhir_hooks_know(wish->type))
    return fhir_wrong(taking,
                      "Subscription.criteria: must begin with one of Patient, Encounter, "
                      "Observation, Appointment, QuestionnaireResponse, "
                      "CommunicationRequest, Communication, Task, CarePlan");
  text += len + (text[len] == '?');
  if (http_form_parse(&form, text, strlen(text), &status))
    return fhir_wrong(taking, "Subscription.criteria: %s", status.text);
  for (size_t i = 0; i < form.count && !taking->status->code; i++)
    read_field(taking, &form.fields[i], wish);
  http_form_deinit(&form);
  return taking->status->code;
}

// Apart by spaces; an address must begin with one of them.
static int check_endpoint(struct fhir_taking *taking, const struct value *endpoint) {
  const char *allowed = taking->fhir->hooks_allowed;
  for (size_t len; allowed && *allowed && endpoint->kind == VALUE_TEXT;
       allowed += len + (allowed[len] == ' ')) {
    len = strcspn(allowed, " ");
    if (len && endpoint->text.len >= len && !memcmp(endpoint->text.data, allowed, len))
      return OK;
  }
  return fhir_wrong(
      taking,
      "Subscription.channel.endpoint: is not allowed; the configuration "
      "names what addresses may begin with, fhir = { hooks = \"https://…/\" "
      "}");
}

static int check_channel(struct fhir_taking *taking) {
  struct value type = fhir_at(&taking->resource, "channel.type"),
               endpoint = fhir_at(&taking->resource, "channel.endpoint"),
               payload = fhir_at(&taking->resource, "channel.payload");
  if (!value_is(&type, "rest-hook"))
    return fhir_wrong(taking, "Subscription.channel.type: must be rest-hook");
  if (payload.kind != VALUE_NIL && !value_is(&payload, "") &&
      !value_is(&payload, "application/fhir+json") &&
      !value_is(&payload, "application/json"))
    return fhir_wrong(taking,
                      "Subscription.channel.payload: must be application/fhir+json, "
                      "or absent");
  return check_endpoint(taking, &endpoint);
}

static int read_headers(struct fhir_taking *taking, struct buf *out) {
  struct value list = fhir_at(&taking->resource, "channel.header"), line;
  struct value_iter iter = value_iterate(&list);
  if (value_count(&list) > 8)
    return fhir_wrong(taking, "Subscription.channel.header: at most 8");
  while (value_next(&iter, NULL, &line)) {
    char *text = value_copy_text(&line), *colon = text ? strchr(text, ':') : NULL;
    if (colon) *colon = '\0';
    const char *value = colon ? colon + 1 + strspn(colon + 1, " ") : "";
    bool good = colon && http_header_valid(&(struct http_header){text, value});
    if (good) buf_printf(out, "%s: %s\n", text, value);
    mem_free(text);
    if (!good)
      return fhir_wrong(taking, "Subscription.channel.header: must be \"Name: value\"");
  }
  return OK;
}

static void keep(struct fhir_taking *taking, const struct wish *wish,
                 const char *criteria, const char *headers) {
  struct store *store = taking->care->store;
  struct value endpoint = fhir_at(&taking->resource, "channel.endpoint"),
               payload = fhir_at(&taking->resource, "channel.payload"),
               reason = value_field(&taking->resource, "reason");
  char *url = value_copy_text(&endpoint), *why = value_copy_text(&reason);
  bool whole = payload.kind == VALUE_TEXT && payload.text.len;
  int64_t now = kernel_now(taking->care->kernel);
  size_t len = strlen(url);
  while (len && url[len - 1] == '/') url[--len] = '\0';
  store_exec(store,
             "INSERT INTO fhir_subscription (staff, type, criteria, patient, statuses,"
             " endpoint, payload, headers, reason, status, told, created_at, updated_at)"
             " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,'active',(SELECT coalesce(max(seq),0)"
             " FROM sqlite_sequence WHERE name='fhir_change'),?10,?10)",
             "tttIttitti", taking->row->source, wish->type->name, criteria, wish->patient,
             wish->statuses.len ? wish->statuses.data : NULL, url, (int64_t)whole,
             headers, why ? why : "not said", now);
  fhir_made(taking, store_last_id(store), false);
  mem_free(url);
  mem_free(why);
}

static int take_new(struct fhir_taking *taking) {
  struct value field = value_field(&taking->resource, "criteria");
  char *criteria = value_copy_text(&field);
  struct wish wish = {0};
  struct buf headers = {0};
  if (!criteria)
    fhir_wrong(taking, "Subscription.criteria: is missing");
  else if (!read_criteria(taking, criteria, &wish) && !check_channel(taking) &&
           !read_headers(taking, &headers))
    keep(taking, &wish, criteria, buf_text(&headers));
  buf_deinit(&wish.statuses);
  buf_deinit(&headers);
  mem_free(criteria);
  return taking->status->code;
}

// Once made it can be ended, and begun again from then on.
static int take_again(struct fhir_taking *taking) {
  struct value status = value_field(&taking->resource, "status");
  bool off = value_is(&status, "off");
  if (!off && !value_is(&status, "requested") && !value_is(&status, "active"))
    return fhir_wrong(taking, "Subscription.status: must be off, or requested");
  store_exec(taking->care->store,
             "UPDATE fhir_subscription SET status=?2, error=NULL, updated_at=?3, told="
             "iif(status='off', (SELECT coalesce(max(seq),0) FROM sqlite_sequence WHERE"
             " name='fhir_change'), told) WHERE id=?1",
             "iti", taking->key.row, off ? "off" : "active",
             kernel_now(taking->care->kernel));
  return OK;
}

static int take_subscription(struct fhir_taking *taking) {
  int code = taking->update ? take_again(taking) : take_new(taking);
  if (!code && taking->fhir->hooks) fhir_hooks_watch(taking->fhir->hooks);
  return code;
}

const struct fhir_type fhir_subscription = {
    .name = "Subscription",
    .kind = 'y',
    .may = FHIR_CREATE | FHIR_UPDATE,
    .statuses = "active error off",
    .by_id = QUERY("s.id=?3"),
    .walk = QUERY(FHIR_WALK("s.id")),
    .last = "SELECT max(id) FROM fhir_subscription",
    .show = show_subscription,
    .take = take_subscription};
