#include "care/case_add.h"

#include <string.h>

#include "base/mem.h"
#include "care/attachment.h"
#include "care/case_class.h"
#include "care/case_dispute.h"
#include "care/enrollment.h"
#include "care/inbox_field.h"
#include "care/mapping.h"

enum { TEXT_MOST = 6000, ALL_MOST = 24000 };
#define LATELY_MS ((int64_t)3 * 24 * 3600 * 1000)

static bool is_corrected(struct care *care, int64_t enrollment, const char *field) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM case_step WHERE enrollment=?1 AND what='corrected' AND"
                   " detail LIKE ?2 || '=%' LIMIT 1",
                   "it", enrollment, field) != 0;
}

// No phrases make a dispute none (WARD 5).
static bool stays(struct care *care, int64_t enrollment, const char *field,
                  const struct value *given) {
  struct value said = value_field(given, field);
  return said.kind != VALUE_NIL || is_corrected(care, enrollment, field) ||
         (!strcmp(field, "urgency") && case_is_dispute(care, enrollment));
}

static void forget_classes(struct care *care, int64_t enrollment,
                           const struct value *given, struct merge *merge) {
  static const char *const names[] = {"stage", "type", "nature", "urgency",
                                      "topic", "faq",  "because"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!stays(care, enrollment, names[i], given))
      merge_value(merge, names[i], &(struct value){0});
}

static void put_text(const struct value *facts, const char *text, struct merge *merge) {
  struct value was = value_field(facts, "text");
  struct buf all = {0};
  if (was.kind == VALUE_TEXT && was.text.len) {
    buf_put(&all, was.text.data, was.text.len);
    buf_putc(&all, '\n');
  }
  buf_puts(&all, text);
  merge_text(merge, "text", buf_text(&all));
  buf_deinit(&all);
}

// Whether it had nothing but a keyword before.
static bool put_facts(struct care *care, int64_t enrollment, const char *text,
                      const struct value *stars) {
  struct merge merge = {0};
  struct buf out = {0};
  size_t facts_len, given_len;
  struct value facts = {0}, given = {0};
  struct stmt *row =
      store_query(care->store,
                  "SELECT c.facts, e.body FROM case_file c JOIN enrollment n ON"
                  " n.id=c.enrollment JOIN event e ON e.id=n.event WHERE c.enrollment=?1",
                  "i", enrollment);
  bool found = stmt_row(row), bare = false;
  if (found) {
    const char *bytes = stmt_bytes(row, 0, &facts_len);
    value_read(bytes, facts_len, &facts);
    merge_bytes(&merge, bytes, facts_len);
    bytes = stmt_bytes(row, 1, &given_len);
    value_read(bytes, given_len, &given);
    struct value flag = value_field(&facts, "bare");
    bare = value_true(&flag);
    put_text(&facts, text, &merge);
    forget_classes(care, enrollment, &given, &merge);
    merge_value(&merge, "bare", &(struct value){0});
    if (stars->kind == VALUE_INT) merge_value(&merge, "stars", stars);
  }
  stmt_done(row);
  merge_end(&merge, &out);
  if (found)
    store_exec(care->store,
               "UPDATE case_file SET facts=?2, revision=revision+1 WHERE enrollment=?1",
               "ib", enrollment, out.data, out.len);
  buf_deinit(&out);
  return bare;
}

static int64_t sender_of(struct care *care, int64_t enrollment) {
  return store_int(care->store, 0, "SELECT sender FROM case_file WHERE enrollment=?1",
                   "i", enrollment);
}

// A run of it that waits for a reply hears this one; else a person reads it.
static bool is_waited_for(struct care *care, int64_t enrollment) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM run WHERE patient=?1 AND enrollment=?2 AND ended_at IS"
                   " NULL AND wait='event' AND wait_label='reply' LIMIT 1",
                   "ii", sender_of(care, enrollment), enrollment) != 0;
}

static void record_reply(struct care *care, int64_t enrollment, const char *text) {
  struct buf body = {0};
  struct value view;
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "channel", "page");
  mapping_text(&map, "text", text);
  mapping_end(&map);
  value_read(body.data, body.len, &view);
  event_record(care, sender_of(care, enrollment), "reply", kernel_now(care->kernel), 0, 0,
               &view);
  buf_deinit(&body);
}

static void have_it_read(struct care *care, int64_t enrollment, const char *text) {
  struct buf note = {0};
  buf_printf(&note, "诉求人补充：%s", text);
  case_ask_receiver(care, enrollment, "read-added", note.data);
  buf_deinit(&note);
}

void case_add(struct care *care, int64_t enrollment, const char *staff, const char *text,
              const struct value *stars) {
  struct buf was = {0};
  case_class_put(care, enrollment, &was);
  bool bare = put_facts(care, enrollment, text, stars);
  case_step(care, enrollment, "added", staff ? staff : "sender",
            bare ? "first words" : was.data);
  buf_deinit(&was);
  if (!bare && !staff && is_waited_for(care, enrollment))
    record_reply(care, enrollment, text);
  else if (!bare && !staff)
    have_it_read(care, enrollment, text);
  case_class_look(care, enrollment);
}

int64_t case_wordless(struct care *care, int64_t identity) {
  size_t len;
  struct value facts = {0};
  struct stmt *row = store_query(
      care->store,
      "SELECT c.enrollment, c.facts FROM identity mine JOIN identity i ON"
      " i.value=mine.value AND i.kind=mine.kind JOIN enrollment e ON e.patient=i.person"
      " JOIN case_file c ON c.enrollment=e.id WHERE mine.id=?1 AND c.closed_at IS NULL"
      " AND c.received_at>=?2 ORDER BY c.enrollment DESC LIMIT 1",
      "ii", identity, kernel_now(care->kernel) - LATELY_MS);
  int64_t id = stmt_row(row) ? stmt_int(row, 0) : 0;
  if (id) {
    const char *bytes = stmt_bytes(row, 1, &len);
    value_read(bytes, len, &facts);
    struct value flag = value_field(&facts, "bare");
    if (!value_true(&flag)) id = 0;
  }
  stmt_done(row);
  return id;
}

// --- "case.add"

static char *number_of(struct care *care, int64_t id) {
  return store_text(care->store, "SELECT number FROM case_file WHERE enrollment=?1", "i",
                    id);
}

static int check(struct care *care, int64_t id, const char *text, struct status *status) {
  if (!case_is(care, id))
    return status_fail(status, ERR_NOT_FOUND, "there is no such case");
  if (store_int(care->store, 0, "SELECT closed_at FROM case_file WHERE enrollment=?1",
                "i", id))
    return status_fail(status, ERR_CONFLICT, "this case is closed; take in a new one");
  if (store_int(care->store, 0, "SELECT length(facts) FROM case_file WHERE enrollment=?1",
                "i", id) > ALL_MOST)
    return status_fail(status, ERR_LIMIT, "this case has as many words as it can hold");
  if (text && *text) return OK;
  return status_fail(status, ERR_INVALID, "field \"text\" is missing; say what was said");
}

static int keep_files(struct care *care, int64_t id, const char *who,
                      const struct value *files, struct status *status) {
  if (files->kind == VALUE_NIL) return OK;
  char *number = number_of(care, id);
  int code = attachment_keep(care, number, who, files, status);
  mem_free(number);
  return code;
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct value files = value_field(&row->body, "attachments"),
               stars = value_field(&row->body, "stars");
  char *text = NULL, *staff = NULL;
  int64_t id = 0;
  if (!field_id(&row->body, "case", &id, status) &&
      !field_text(&row->body, "text", TEXT_MOST, &text, status) &&
      !field_text(&row->body, "staff", STAFF_SIZE - 1, &staff, status) &&
      !check(care, id, text, status) &&
      !keep_files(care, id, staff ? staff : "sender", &files, status)) {
    case_add(care, id, staff, text, &stars);
    char *number = number_of(care, id);
    struct mapping map = mapping_begin(&row->result);
    mapping_text(&map, "number", number);
    mapping_int(&map, "status", 200);
    mapping_end(&map);
    mem_free(number);
  }
  mem_free(text);
  mem_free(staff);
  return status->code;
}

void case_add_handler(struct care *care) {
  static const struct inbox_handler handler = {.kind = "case.add", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
