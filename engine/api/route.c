// The routes under /api/v1 and what is asked of every call before it gets there.
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/bundles.h"
#include "api/call.h"
#include "api/card_bind.h"
#include "api/card_poster.h"
#include "api/card_print.h"
#include "api/channels.h"
#include "api/compare.h"
#include "api/dead_letters.h"
#include "api/desk.h"
#include "api/desk_case.h"
#include "api/desk_case_files.h"
#include "api/events.h"
#include "api/improvements.h"
#include "api/observations.h"
#include "api/plugins.h"
#include "api/quality.h"
#include "api/read.h"
#include "api/read_forecast.h"
#include "api/read_wards.h"
#include "base/mem.h"
#include "io/http_answer.h"

struct route {
  const char *method, *path;  // "*" stands for an id or a name
  unsigned scope;
  void (*handle)(struct call *call);
  void (*read)(struct call *call);  // what handle needs of the body; NULL: nothing
  bool file;                        // the body is one, as it is
};

static const struct route routes[] = {
    {"POST", "events", SCOPE_EVENTS, events_post, events_read},
    {"POST", "observations", SCOPE_EVENTS, events_post, observations_read},
    {"GET", "cases", SCOPE_READ, read_cases},
    {"POST", "cases", SCOPE_STAFF, desk_case_new},
    {"GET", "cases/*", SCOPE_READ, read_case},
    {"POST", "cases/*/add", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/correct", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/transfer", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/link", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/merge", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/unmask", SCOPE_CONTACTS, desk_case_unmask},
    {"GET", "unmaskings", SCOPE_STAFF, read_unmaskings},
    {"GET", "cases/*/attachments", SCOPE_READ, read_case_files},
    {"POST", "cases/*/attachments", SCOPE_STAFF, desk_case_attach, .file = true},
    {"POST", "cases/*/extend", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/join", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/leave", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/told", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/publish", SCOPE_STAFF, desk_case},
    {"POST", "cases/*/unpublish", SCOPE_STAFF, desk_case},
    {"GET", "quality", SCOPE_READ, quality_list},
    {"POST", "quality/draw", SCOPE_STAFF, quality_draw},
    {"GET", "improvements", SCOPE_READ, improvements_list},
    {"POST", "improvements", SCOPE_STAFF, improvements_new},
    {"POST", "improvements/*/link", SCOPE_STAFF, improvements_link},
    {"GET", "tasks", SCOPE_READ, read_tasks},
    {"GET", "tasks/*", SCOPE_READ, read_task},
    {"POST", "tasks/*/claim", SCOPE_STAFF, desk_task},
    {"POST", "tasks/*/release", SCOPE_STAFF, desk_task},
    {"POST", "tasks/*/done", SCOPE_STAFF, desk_task},
    {"POST", "tasks/*/dial", SCOPE_STAFF, desk_task},
    {"GET", "tasks/*/numbers", SCOPE_STAFF, read_numbers},
    {"GET", "alerts", SCOPE_READ, read_alerts},
    {"GET", "alerts/*", SCOPE_READ, read_alert},
    {"POST", "alerts/*/ack", SCOPE_STAFF, desk_alert},
    {"POST", "alerts/*/act", SCOPE_STAFF, desk_alert},
    {"POST", "alerts/*/done", SCOPE_STAFF, desk_alert},
    {"GET", "messages", SCOPE_READ, read_messages},
    {"GET", "messages/in-doubt", SCOPE_READ, read_doubts},
    {"GET", "messages/*", SCOPE_READ, read_message},
    {"POST", "messages/*/approve", SCOPE_STAFF, desk_message},
    {"POST", "messages/*/withdraw", SCOPE_STAFF, desk_message},
    {"POST", "messages/*/resolve", SCOPE_STAFF, desk_message},
    {"POST", "messages/*/cancel", SCOPE_STAFF, desk_message},
    {"GET", "templates/*/preview", SCOPE_READ, read_template_preview},
    {"GET", "enrollments", SCOPE_READ, read_enrollments},
    {"GET", "ahead", SCOPE_READ, read_ahead},
    {"GET", "enrollments/closed", SCOPE_READ, read_closed},
    {"POST", "enrollments/*/skip", SCOPE_STAFF, desk_enrollment},
    {"POST", "enrollments/*/unskip", SCOPE_STAFF, desk_enrollment},
    {"GET", "runs", SCOPE_READ, read_runs},
    {"GET", "runs/*", SCOPE_READ, read_run},
    {"GET", "runs/*/record", SCOPE_READ, read_run_record},
    {"POST", "runs/*/pause", SCOPE_ADMIN, desk_run},
    {"POST", "runs/*/resume", SCOPE_ADMIN, desk_run},
    {"POST", "runs/*/cancel", SCOPE_ADMIN, desk_run},
    {"POST", "runs/*/skip", SCOPE_ADMIN, desk_run},
    {"POST", "runs/*/retry", SCOPE_ADMIN, desk_run},
    {"POST", "runs/*/reset", SCOPE_ADMIN, desk_run},
    {"POST", "runs/*/waive", SCOPE_ADMIN, desk_run},
    {"GET", "jobs", SCOPE_READ, read_jobs},
    {"GET", "jobs/*", SCOPE_READ, read_job},
    {"GET", "ring-back", SCOPE_READ, read_ring_back},
    {"POST", "ring-back", SCOPE_STAFF, desk_ring_back},
    {"GET", "patients", SCOPE_READ, read_patients},
    {"GET", "wards", SCOPE_READ, read_wards},
    {"GET", "wards/*/poster", SCOPE_READ, card_poster},
    {"GET", "numbers", SCOPE_READ, read_flagged},
    {"GET", "patients/*", SCOPE_READ, read_patient},
    {"GET", "patients/*/card", SCOPE_STAFF, card_print},
    {"GET", "patients/*/bind", SCOPE_STAFF, card_bind},
    {"POST", "patients/*/unbind", SCOPE_STAFF, desk_patient},
    {"GET", "patients/*/timeline", SCOPE_READ, read_timeline},
    {"GET", "patients/*/facts", SCOPE_READ, read_facts},
    {"GET", "patients/*/history", SCOPE_READ, read_history},
    {"GET", "patients/*/scores", SCOPE_READ, read_scores},
    {"GET", "patients/*/curves", SCOPE_READ, read_curves},
    {"GET", "patients/*/curves.svg", SCOPE_READ, read_curves_svg},
    {"POST", "patients/*/opt-out", SCOPE_STAFF, desk_patient},
    {"POST", "patients/*/opt-in", SCOPE_STAFF, desk_patient},
    {"POST", "patients/*/send-code", SCOPE_STAFF, desk_patient},
    {"POST", "patients/*/prove", SCOPE_STAFF, desk_patient},
    {"POST", "patients/*/consent", SCOPE_STAFF, desk_patient},
    {"POST", "patients/*/prefer", SCOPE_STAFF, desk_patient},
    {"GET", "attachments/*", SCOPE_READ, read_attachment},
    {"GET", "summary", SCOPE_READ, read_summary},
    {"GET", "reports/feedback", SCOPE_READ, report_feedback},
    {"GET", "reports/follow-up", SCOPE_READ, report_follow_up},
    {"GET", "forecast", SCOPE_READ, read_forecast},
    {"GET", "events", SCOPE_ADMIN, read_inbox},
    {"GET", "inbox/refused", SCOPE_ADMIN, read_refused},
    {"POST", "duty", SCOPE_STAFF, desk_duty},
    {"GET", "staff", SCOPE_ADMIN, read_staff},
    {"POST", "staff", SCOPE_ADMIN, desk_staff},
    {"POST", "clock/confirm", SCOPE_ADMIN, desk_clock},
    {"GET", "codes", SCOPE_READ, read_codes},
    {"GET", "channels", SCOPE_READ, desk_channels},
    {"GET", "plugins", SCOPE_READ, desk_plugins},
    {"POST", "plugins/*/ask/*", SCOPE_ADMIN, desk_ask},
    {"GET", "dead-letters", SCOPE_ADMIN, dead_letters},
    {"GET", "dead-letters/*", SCOPE_ADMIN, dead_letter},
    {"POST", "dead-letters/*/replay", SCOPE_ADMIN, dead_letter_replay},
    {"POST", "dead-letters/*/drop", SCOPE_ADMIN, dead_letter_drop},
    {"POST", "channels/*/test", SCOPE_ADMIN, desk_channel_test},
    {"GET", "inbound", SCOPE_READ, read_inbound},
    {"GET", "forms/*/*", SCOPE_READ, read_form},
    {"GET", "bundles", SCOPE_READ, bundles_list},
    {"GET", "bundles/*", SCOPE_READ, bundles_show},
    {"POST", "bundles/reload", SCOPE_ADMIN, bundles_reload},
    {"POST", "bundles/*/reload", SCOPE_ADMIN, bundles_reload},
    {"POST", "bundles/*/activate", SCOPE_ADMIN, bundles_activate},
    {"POST", "bundles/*/promote", SCOPE_ADMIN, bundles_activate},
    {"POST", "bundles/*/withdraw", SCOPE_ADMIN, bundles_activate},
    {"POST", "bundles/*/diff", SCOPE_ADMIN, compare_bundle},
    {"GET", "pathways/*/compare", SCOPE_READ, read_compare},
    {"POST", "pathways/*/upgrade", SCOPE_ADMIN, compare_upgrade},
    {"POST", "bundles/*/rollback", SCOPE_ADMIN, bundles_activate},
};
enum { ROUTES = sizeof routes / sizeof *routes };

static bool split(struct call *call) {
  static const char prefix[] = "/api/v1/";
  const char *path = call->request->path;
  for (int i = 0; i < CALL_SEGMENTS; i++) call->segments[i] = "";
  if (strncmp(path, prefix, sizeof prefix - 1) || strlen(path) >= sizeof call->path)
    return false;
  snprintf(call->path, sizeof call->path, "%s", path + sizeof prefix - 1);
  for (char *at = call->path; at;) {
    char *slash = strchr(at, '/');
    if (slash) *slash = '\0';
    if (call->segment_count == CALL_SEGMENTS || !*at) return false;
    call->segments[call->segment_count++] = at;
    at = slash ? slash + 1 : NULL;
  }
  return true;
}

static bool matches(const struct call *call, const char *path) {
  for (int i = 0; i < call->segment_count; i++) {
    size_t len = strcspn(path, "/");
    bool any = len == 1 && *path == '*';
    if (!len || (!any && (strlen(call->segments[i]) != len ||
                          strncmp(call->segments[i], path, len))))
      return false;
    path += len;
    if (*path == '/') path++;
  }
  return !*path;
}

static bool is_method(const struct call *call, const char *method) {
  const char *asked = call->request->method;
  return !strcmp(asked, method) || (!strcmp(asked, "HEAD") && !strcmp(method, "GET"));
}

static const struct route *find(const struct call *call, struct buf *allow) {
  for (int i = 0; i < ROUTES; i++) {
    if (!matches(call, routes[i].path)) continue;
    if (is_method(call, routes[i].method)) return &routes[i];
    buf_printf(allow, "%s%s", allow->len ? ", " : "",
               strcmp(routes[i].method, "GET") ? routes[i].method : "GET, HEAD");
  }
  return NULL;
}

static bool is_json(const char *type) {
  static const char json[] = "application/json";
  size_t len = sizeof json - 1;
  return type && !strncasecmp(type, json, len) && (!type[len] || strchr("; ", type[len]));
}

static void read_body(struct call *call) {
  const struct http_request *request = call->request;
  struct status status = {0};
  if (!request->body_len || call->route->file) {
    value_end(&call->body_bytes, value_begin_map(&call->body_bytes), 0);
  } else if (!is_json(http_header_find(request->headers, request->header_count,
                                       "Content-Type"))) {
    call_refuse(call, 415, "send the body as application/json");
    return;
  } else if (value_from_json(&call->body_bytes, request->body, request->body_len,
                             &status)) {
    call_refuse(call, 400, "%s", status.text);
    return;
  }
  value_read(call->body_bytes.data, call->body_bytes.len, &call->body);
  if (call->body.kind != VALUE_MAP)
    call_refuse(call, 422, "the body must be a JSON object");
  else if (call->route->read)
    call->route->read(call);
}

static bool admit(struct call *call) {
  const struct http_request *request = call->request;
  const char *authorization =
      http_header_find(request->headers, request->header_count, "Authorization");
  call->caller = tokens_find(&call->api->tokens, authorization);
  if (!call->caller) {
    call_refuse(call, 401, "%s", tokens_refusal(authorization));
    call->refusal.header =
        (struct http_header){"WWW-Authenticate", "Bearer realm=\"afterward\""};
  } else if (!caller_may(call->caller, call->route->scope)) {
    call_refuse(call, 403, "this token has not the scope that this needs");
  }
  return !call->refusal.status;
}

static void read_call(struct call *call) {
  struct status status = {0};
  struct buf *allow = &call->refusal.allow;
  const char *query = call->request->query;
  call->route = split(call) ? find(call, allow) : NULL;
  if (!call->route && allow->len) {
    call->refusal.status = 405;
    call->refusal.header = (struct http_header){"Allow", allow->data};
  } else if (!call->route) {
    call_refuse(call, 404, "there is nothing at this address");
  } else if (admit(call)) {
    if (http_form_parse(&call->query, query, strlen(query), &status))
      call_refuse(call, 400, "query: %s", status.text);
    else if (!strcmp(call->route->method, "POST"))
      read_body(call);
  }
}

static void call_free(struct http_prepared *prepared) {
  struct call *call = (struct call *)prepared;
  events_free(call->posting);
  http_form_deinit(&call->query);
  buf_deinit(&call->body_bytes);
  buf_deinit(&call->refusal.allow);
  buf_deinit(&call->refusal.detail);
  mem_free(call);
}

struct http_prepared *call_read(struct api *api, const struct http_request *request) {
  struct call *call = mem_alloc(sizeof *call);
  call->prepared.free = call_free;
  call->api = api;
  call->care = api->care;
  call->request = (struct http_request *)request;
  read_call(call);
  return &call->prepared;
}

static void refuse(struct call *call) {
  const struct call_refusal *refusal = &call->refusal;
  struct buf body = {0};
  struct http_header headers[] = {{"Content-Type", "application/problem+json"},
                                  refusal->header};
  http_problem_put(&body, refusal->status, refusal->detail.data);
  call->api->unauthorized += refusal->status == 401;
  http_respond(call->request, refusal->status, headers, refusal->header.name ? 2 : 1,
               body.data, body.len);
  buf_deinit(&body);
}

void call_handle(struct http_request *request) {
  struct call *call = (struct call *)request->prepared;
  request->prepared = NULL;  // the request may be gone before the call
  if (call->refusal.status)
    refuse(call);
  else
    call->route->handle(call);
  call_free(&call->prepared);
}
