#include "care/dead_letter.h"

#include <stdio.h>

#include "base/mem.h"
#include "care/inbox_field.h"

enum { NAME_BYTES = 64, ID_BYTES = 256, REASON_BYTES = 600, BODY_BYTES = 64 << 20 };

struct letter {
  char *connector, *source_id, *reason;
};

static void letter_deinit(struct letter *letter) {
  mem_free(letter->connector);
  mem_free(letter->source_id);
  mem_free(letter->reason);
}

static int read_letter(const struct value *body, struct letter *letter,
                       struct status *status) {
  if (field_text(body, "connector", NAME_BYTES, &letter->connector, status) ||
      field_text(body, "source_id", ID_BYTES, &letter->source_id, status) ||
      field_text(body, "reason", REASON_BYTES, &letter->reason, status))
    return status->code;
  if (letter->connector && letter->reason) return OK;
  return status_fail(status, ERR_INVALID, "a dead letter needs a connector and a reason");
}

static int apply_put(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct letter letter = {0};
  struct value text = value_field(&row->body, "body");
  int code = read_letter(&row->body, &letter, status);
  if (!code && (text.kind != VALUE_TEXT || text.text.len > BODY_BYTES))
    code =
        status_fail(status, ERR_LIMIT, "a dead letter has at most %d bytes", BODY_BYTES);
  if (!code)
    store_exec(care->store,
               "INSERT INTO dead_letter (connector, source_id, reason, body, received_at)"
               " VALUES (?1, coalesce(?2, ''), ?3, ?4, ?5)"
               " ON CONFLICT (connector, source_id) WHERE state='open' AND source_id<>''"
               " DO UPDATE SET reason=?3, body=?4, received_at=?5, times=times+1",
               "tttbi", letter.connector, letter.source_id, letter.reason, text.text.data,
               text.text.len, kernel_now(care->kernel));
  letter_deinit(&letter);
  return code;
}

static int end(struct care *care, int64_t id, const char *state, const char *by,
               const char *note, struct status *status) {
  char object[48];
  if (!store_int(care->store, 0, "SELECT 1 FROM dead_letter WHERE id=?1 AND state='open'",
                 "i", id))
    return status_fail(status, ERR_CONFLICT, "it is not open any more");
  store_exec(
      care->store,
      "UPDATE dead_letter SET state=?2, ended_at=?3, ended_by=?4, note=?5 WHERE id=?1",
      "itItt", id, state, kernel_now(care->kernel), by, note);
  snprintf(object, sizeof object, "dead-letter:%lld", (long long)id);
  care_audit(care, by, state[0] == 'r' ? "dead-letter.replay" : "dead-letter.drop",
             object, note);
  return OK;
}

static int apply_end(void *self, struct inbox_row *row, struct status *status) {
  struct value given = value_field(&row->body, "state");
  bool drop = value_is(&given, "dropped");
  char by[STAFF_SIZE], *note = NULL;
  int64_t id;
  if (field_id(&row->body, "dead_letter", &id, status) ||
      field_staff(&row->body, by, status) ||
      field_text(&row->body, "note", REASON_BYTES, &note, status))
    return status->code;
  int code = drop && (!note || !*note)
                 ? status_fail(status, ERR_INVALID,
                               "field \"note\" is missing: say why it is dropped")
                 : end(self, id, drop ? "dropped" : "replayed", by, note, status);
  mem_free(note);
  return code;
}

void dead_letter_handlers(struct care *care) {
  static const struct inbox_handler put = {.kind = "dead-letter.put", .apply = apply_put},
                                    done = {.kind = "dead-letter.end",
                                            .apply = apply_end};
  kernel_handle_inbox(care->kernel, &put, care);
  kernel_handle_inbox(care->kernel, &done, care);
}

int64_t dead_letter_open(struct care *care) {
  return store_int(care->store, 0, "SELECT count(*) FROM dead_letter WHERE state='open'",
                   "");
}
