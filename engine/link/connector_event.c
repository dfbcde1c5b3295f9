// Events that a connector brings: the same way as POST /api/v1/events.
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/event_check.h"
#include "care/mapping.h"
#include "link/connector_parts.h"

static void on_told(void *self, int64_t row, const struct value *result) {
  struct connector_event *event = self;
  struct value status = value_field(result, "status"),
               detail = value_field(result, "detail");
  char *text = value_copy_text(&detail);
  struct aw_told told = {.status = (int32_t)value_int_or(&status, 500), .detail = text};
  (void)row;
  if (told.status == 409 && !text)
    told.detail = "another event was taken with this id before: give each its own";
  if (told.status < 300)
    event->in.connector->taken++;
  else
    event->in.connector->refused++;
  registered_remove(&event->in);
  if (event->told) event->told(event->self, &told);
  mem_free(text);
  mem_free(event);
}

static int read_event(const struct aw_host *host, const struct aw_event *given,
                      struct buf *clean, char **id, struct status *status) {
  const struct measures *measures = connector_of(host)->parts.measures;
  struct buf encoded = {0};
  struct value event;
  int code = value_from_json(&encoded, given->json, given->size, status);
  if (!code) {
    value_read_front(encoded.data, encoded.len, &event);
    code = event_check(&event, measures, clean, status);
  }
  if (!code) {
    struct value own = value_field(&event, "id");
    bool fits = own.kind == VALUE_TEXT && own.text.len && own.text.len <= 128 &&
                !memchr(own.text.data, '\0', own.text.len);
    *id = fits ? value_copy_text(&own) : NULL;
    if (!fits)
      code = status_fail(status, ERR_INVALID,
                         "field \"id\" is missing: give the source's own id of the "
                         "event, a text of at most 128 bytes");
  }
  buf_deinit(&encoded);
  return code;
}

static struct connector_event *waiting(struct connector *connector,
                                       void (*told)(void *, const struct aw_told *),
                                       void *self) {
  struct connector_event *event = mem_alloc(sizeof *event);
  event->told = told;
  event->self = self;
  registered_add(&event->in, connector, &connector->events);
  return event;
}

int connector_check(const struct aw_host *host, const struct aw_event *given, char *why,
                    size_t room) {
  struct status status = {0};
  struct buf clean = {0};
  char *id = NULL;
  if (read_event(host, given, &clean, &id, &status) && room)
    snprintf(why, room, "%s", status.text);
  mem_free(id);
  buf_deinit(&clean);
  return status.code;
}

int connector_submit(const struct aw_host *host, const struct aw_event *given, char *why,
                     size_t room) {
  struct connector *connector = connector_of(host);
  struct status status = {0};
  struct buf clean = {0};
  struct value view;
  char *id = NULL;
  if (connector->stopped)
    status_fail(&status, ERR_CONFLICT, "the connector is being unloaded");
  else
    read_event(host, given, &clean, &id, &status);
  if (status.code) {
    if (room) snprintf(why, room, "%s", status.text);
    connector->refused++;
  } else {
    value_read_front(clean.data, clean.len, &view);
    kernel_submit(connector->parts.kernel, connector->name, id, "event", &view,
                  INBOX_RECORDED, on_told, waiting(connector, given->told, given->self));
  }
  mem_free(id);
  buf_deinit(&clean);
  return status.code;
}

static void on_kept(void *self, int64_t row, const struct value *result) {
  struct connector_event *event = self;
  struct value status = value_field(result, "status");
  struct aw_told told = {.status = (int32_t)value_int_or(&status, 500)};
  (void)row;
  registered_remove(&event->in);
  if (event->told) event->told(event->self, &told);
  mem_free(event);
}

void connector_keep(const struct aw_host *host, const struct aw_letter *letter) {
  struct connector *connector = connector_of(host);
  struct buf body = {0};
  struct value view;
  char once[17];  // each is kept; dead_letter joins what is the same
  struct mapping map = mapping_begin(&body);
  digest_random_id(once);
  mapping_key(&map, "body");
  value_put_bytes(&body, letter->bytes, letter->count);
  mapping_text(&map, "connector", connector->name);
  mapping_text(&map, "reason", letter->reason);
  mapping_text(&map, "source_id", letter->id);
  mapping_end(&map);
  value_read(body.data, body.len, &view);
  kernel_submit(connector->parts.kernel, connector->name, once, "dead-letter.put", &view,
                INBOX_APPLIED, on_kept, waiting(connector, letter->told, letter->self));
  buf_deinit(&body);
}

void connector_leave_events(struct connector *connector) {
  static const struct aw_told unknown = {0, "the engine stops; send it again later"};
  for (struct registered *at = connector->events; at; at = at->next) {
    struct connector_event *event = (struct connector_event *)at;
    if (event->told) event->told(event->self, &unknown);
    event->told = NULL;
  }
}

void connector_drop_events(struct connector *connector) {
  while (connector->events) {
    struct registered *event = connector->events;
    registered_remove(event);
    mem_free(event);
  }
}
