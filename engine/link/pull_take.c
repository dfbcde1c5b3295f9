// The records of one answer on their way into the inbox.
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/event_check.h"
#include "care/mapping.h"
#include "link/pull_parts.h"

enum { ID_BYTES = 128, INBOX_IS_APPLIED = 1, AT_ONCE = 100 };

struct record {
  struct value at, event;  // where it stands; what the plugin made of it, or nil
  char *wrong;             // why nothing can be made of it; owned
  struct buf id;           // with its version
  struct buf clean;        // encoded: what is submitted
  const char *kind;
};

// "entry.1.resource" within the answer.
static struct value find(const struct value *json, const char *path) {
  struct value at = *json;
  while (*path) {
    size_t len = strcspn(path, ".");
    char *step = mem_copy_bytes(path, len);
    at = at.kind == VALUE_LIST ? value_at(&at, (uint32_t)strtoul(step, NULL, 10) - 1)
                               : value_field(&at, step);
    mem_free(step);
    path += len + (path[len] == '.');
  }
  return at;
}

// One version of one record is one id: what is read again is known.
static void name(struct record *record, const struct value *item) {
  struct value id = value_field(item, "id"), version = value_field(item, "version");
  struct buf bytes = {0};
  char digest[33];
  if (id.kind == VALUE_TEXT) buf_put(&record->id, id.text.data, id.text.len);
  value_put(&bytes, record->event.kind == VALUE_NIL ? &record->at : &record->event);
  digest_hex(buf_text(&bytes), bytes.len, digest);
  buf_deinit(&bytes);
  digest[16] = '\0';
  if (version.kind == VALUE_TEXT)
    buf_printf(&record->id, "/%.*s", (int)version.text.len, version.text.data);
  else
    buf_printf(&record->id, "/%s", digest);
  if (record->id.len <= ID_BYTES) return;
  digest_hex(record->id.data, record->id.len, digest);
  buf_clear(&record->id);
  buf_puts(&record->id, digest);
}

static void refuse(struct record *record, const char *why) {
  mem_free(record->wrong);
  record->wrong = mem_copy_text(why);
}

// The id that it goes by is the event's, too.
static void make_event(const struct pull *pull, struct record *record) {
  struct status status = {0};
  struct merge fields = {0};
  struct buf given = {0}, whole = {0};
  struct value view;
  record->kind = "event";
  value_put(&given, &record->event);
  merge_bytes(&fields, given.data, given.len);
  merge_text(&fields, "id", buf_text(&record->id));
  merge_end(&fields, &whole);
  value_read(whole.data, whole.len, &view);
  if (event_check(&view, pull->parts.measures, &record->clean, &status))
    refuse(record, status.text);
  buf_deinit(&given);
  buf_deinit(&whole);
}

static void put_entry(const struct pull *pull, const struct record *record,
                      struct buf *out) {
  struct value id = value_field(&record->at, "id"),
               type = value_field(&record->at, "resourceType");
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "origin", pull->name);
  mapping_value(&map, "remote", &id);
  mapping_value(&map, "resource", &record->at);
  mapping_value(&map, "type", &type);
  mapping_end(&map);
}

// As another server that tells us of it (fhir/inbox.h). What has been taken since makes
// one that was refused before another body, which is tried again: whom it is about may be
// known now. When nothing came, it is answered as before.
static void make_resource(const struct pull *pull, struct record *record) {
  struct value type = value_field(&record->at, "resourceType"),
               id = value_field(&record->at, "id"), view;
  record->kind = "fhir";
  if (type.kind != VALUE_TEXT || id.kind != VALUE_TEXT || !id.text.len) {
    refuse(record, "it is no resource with resourceType and id");
  } else if (!pull->parts.takes(type.text.data, type.text.len)) {
    refuse(record, "resources of this type are not taken: leave them out of types");
  } else {
    struct mapping map = mapping_begin(&record->clean);
    mapping_key(&map, "entries");
    size_t list = value_begin_list(&record->clean);
    put_entry(pull, record, &record->clean);
    value_end(&record->clean, list, 1);
    mapping_int(&map, "taken", pull->began + (int64_t)pull->taken);
    mapping_end(&map);
    if (!value_read(record->clean.data, record->clean.len, &view))
      refuse(record, "it is nested too deeply");
  }
}

static void make_refused(struct record *record) {
  buf_clear(&record->clean);
  record->kind = "pull";
  struct mapping map = mapping_begin(&record->clean);
  mapping_text(&map, "reason", record->wrong);
  mapping_value(&map, "record", &record->at);
  mapping_end(&map);
}

static void open_record(const struct pull *pull, const struct value *json,
                        const struct value *item, struct record *record) {
  struct value path = value_field(item, "at"), wrong = value_field(item, "wrong");
  char *text = value_copy_text(&path);
  *record = (struct record){.event = value_field(item, "event")};
  if (text) record->at = find(json, text);
  mem_free(text);
  record->wrong = value_copy_text(&wrong);
  name(record, item);
  if (!record->wrong && record->event.kind == VALUE_MAP)
    make_event(pull, record);
  else if (!record->wrong)
    make_resource(pull, record);
  if (record->wrong) make_refused(record);
}

static void close_record(struct record *record) {
  mem_free(record->wrong);
  buf_deinit(&record->id);
  buf_deinit(&record->clean);
}

static bool is_known(const struct pull *pull, const struct record *record) {
  return store_int(kernel_store(pull->parts.kernel), 0,
                   "SELECT state FROM inbox WHERE source_id=?1 AND source=?2", "tt",
                   buf_text(&record->id), pull->name) == INBOX_IS_APPLIED;
}

// A page of thousands must not hold up the loop: the next come in another round.
static void settle(struct pull *pull) {
  if (--pull->left || pull->stopped) return;
  pull->taking = pull->records.left && !pull->full;
  if (pull->taking)
    loop_timer_arm(pull->timer, 0);
  else
    pull_taken(pull);
}

static void told(void *self, int64_t row, const struct value *result) {
  struct pull *pull = self;
  struct value status = value_field(result, "status");
  int64_t code = value_int_or(&status, 500);
  (void)row;
  if (code < 300)
    pull->taken++;
  else if (code == 409)
    pull->known++;
  else if (code < 500)
    pull->refused++;
  else
    pull->full = true;
  settle(pull);
}

static void submit(struct pull *pull, const struct record *record) {
  struct value body = pull_read(&record->clean);
  pull->left++;
  kernel_submit(pull->parts.kernel, pull->name, buf_text(&record->id), record->kind,
                &body, INBOX_APPLIED, told, pull);
}

void pull_take_some(struct pull *pull) {
  struct value json = pull_read(&pull->json), item;
  pull->left = 1;
  for (int i = 0; i < AT_ONCE && value_next(&pull->records, NULL, &item); i++) {
    struct record record;
    open_record(pull, &json, &item, &record);
    if (is_known(pull, &record))
      pull->known++;
    else
      submit(pull, &record);
    close_record(&record);
  }
  settle(pull);
}

void pull_take(struct pull *pull) {
  struct value result = pull_read(&pull->result),
               records = value_field(&result, "records");
  pull->records = value_iterate(&records);
  pull->full = false;
  pull_take_some(pull);
}

void pull_preview(struct pull *pull, struct buf *out) {
  struct value result = pull_read(&pull->result), json = pull_read(&pull->json),
               records = value_field(&result, "records"), item;
  struct value_iter iter = value_iterate(&records);
  size_t list = value_begin_list(out);
  while (value_next(&iter, NULL, &item)) {
    struct record record;
    open_record(pull, &json, &item, &record);
    struct mapping map = mapping_begin(out);
    if (record.event.kind == VALUE_MAP) mapping_value(&map, "event", &record.event);
    mapping_text(&map, "id", buf_text(&record.id));
    mapping_text(&map, "kind", record.kind);
    mapping_bool(&map, "known", is_known(pull, &record));
    mapping_text(&map, "reason", record.wrong);
    mapping_end(&map);
    close_record(&record);
  }
  value_end(out, list, value_count(&records));
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct value reason = value_field(&row->body, "reason");
  (void)self;
  return status_fail(status, ERR_INVALID, "%.*s", (int)reason.text.len, reason.text.data);
}

void pull_handlers(struct kernel *kernel) {
  static const struct inbox_handler handler = {.kind = "pull", .apply = apply};
  kernel_handle_inbox(kernel, &handler, NULL);
}
