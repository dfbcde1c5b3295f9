// What people ask a connector, and what it answers.
#include "base/mem.h"
#include "care/mapping.h"
#include "link/connector_parts.h"

static void tell(struct aw_asked *asked, int code, const struct value *said) {
  struct buf out = {0};
  struct value view;
  struct mapping map = mapping_begin(&out);
  mapping_value(&map, "answer", said);
  mapping_int(&map, "status", code);
  mapping_end(&map);
  value_read(out.data, out.len, &view);
  registered_remove(&asked->in);
  asked->done(asked->ctx, 0, &view);
  buf_deinit(&out);
  mem_free(asked);
}

static void answer(struct aw_asked *asked, int code, const char *json, size_t count) {
  struct buf encoded = {0};
  struct status status = {0};
  struct value said = {.kind = VALUE_NIL};
  if (!value_from_json(&encoded, json, count, &status))
    value_read(encoded.data, encoded.len, &said);
  else
    code = 500;
  tell(asked, code, &said);
  buf_deinit(&encoded);
}

void connector_leave_asked(struct connector *connector) {
  while (connector->asked)
    tell((struct aw_asked *)connector->asked, 503, &(struct value){.kind = VALUE_NIL});
}

int connector_ask(struct connector *connector, const char *what, const char *bytes,
                  size_t count, inbox_done *done, void *ctx, struct status *status) {
  if (!connector->plugin->ask || connector->stopped)
    return status_fail(status, ERR_NOT_FOUND, "connector \"%s\" answers no questions",
                       connector->name);
  struct aw_asked *asked = mem_alloc(sizeof *asked);
  asked->done = done;
  asked->ctx = ctx;
  registered_add(&asked->in, connector, &connector->asked);
  connector->plugin->ask(connector->self, asked, what, bytes, count);
  return OK;
}

void connector_host_answers(struct aw_host *host) { host->answer = answer; }
