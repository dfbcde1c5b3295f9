#include "run/inbox.h"

#include <string.h>

#include "base/digest.h"
#include "base/mem.h"

enum { STATE_WAITING = 0, STATE_APPLIED = 1, STATE_REFUSED = 2 };
enum { KEPT_DIGITS = 16 };  // of the digest: it need not withstand the sender itself

void inbox_init(struct inbox *inbox, struct store *store) {
  *inbox = (struct inbox){.store = store, .may_wait = true};
  inbox->fresh_end = &inbox->fresh;
}

struct submission *submission_new(const char *source, const char *source_id,
                                  const char *kind, const struct value *body,
                                  enum inbox_stage stage, inbox_done *done, void *self) {
  struct submission *item = mem_alloc(sizeof *item);
  item->source = mem_copy_text(source);
  item->source_id = mem_copy_text(source_id);
  item->kind = mem_copy_text(kind);
  value_put(&item->body, body);
  digest_hex(item->body.data, item->body.len, item->digest);
  item->stage = stage;
  item->done = done;
  item->self = self;
  return item;
}

void submission_free(struct submission *submission) {
  mem_free(submission->source);
  mem_free(submission->source_id);
  mem_free(submission->kind);
  buf_deinit(&submission->body);
  mem_free(submission);
}

static void free_list(struct submission *list) {
  while (list) {
    struct submission *next = list->next;
    submission_free(list);
    list = next;
  }
}

void inbox_deinit(struct inbox *inbox) {
  free_list(inbox->fresh);
  free_list(inbox->waiting);
}

void inbox_add(struct inbox *inbox, struct submission *submission) {
  submission->next = NULL;
  submission->digest[KEPT_DIGITS] = '\0';
  *inbox->fresh_end = submission;
  inbox->fresh_end = &submission->next;
}

bool inbox_has_fresh(const struct inbox *inbox) { return inbox->fresh; }

bool inbox_may_wait(const struct inbox *inbox) { return inbox->may_wait; }

void inbox_drained(struct inbox *inbox) { inbox->may_wait = false; }

static bool find_earlier(struct store *store, struct submission *item) {
  struct stmt *row = store_query(
      store, "SELECT id, digest, state FROM inbox WHERE source_id=?1 AND source=?2", "tt",
      item->source_id, item->source);
  bool found = stmt_row(row);
  item->repeated = item->mended = item->conflict = false;
  if (found) {
    bool differs = strcmp(stmt_text(row, 1), item->digest) != 0;
    item->row = stmt_int(row, 0);
    item->mended = differs && stmt_int(row, 2) == STATE_REFUSED;
    item->conflict = differs && !item->mended;
    item->repeated = !item->mended;
  }
  stmt_done(row);
  return found;
}

// What was refused changed nothing: its id is free for what was meant. The refusal is
// kept apart.
static void mend_row(struct inbox *inbox, struct submission *item, int64_t now) {
  store_exec(inbox->store,
             "INSERT INTO refusal (inbox, digest, body, received_at, refused_at, result)"
             " SELECT id, digest, body, received_at, applied_at, result FROM inbox WHERE"
             " id=?1",
             "i", item->row);
  store_exec(inbox->store,
             "UPDATE inbox SET kind=?2, digest=?3, body=NULL, received_at=?4, state=0,"
             " applied_at=NULL, result=NULL WHERE id=?1",
             "itti", item->row, item->kind, item->digest, now);
}

// With room for the time and the usual result: a row that grows when it is applied splits
// its page.
static void add_row(struct inbox *inbox, struct submission *item, int64_t now) {
  store_exec(inbox->store,
             "INSERT INTO inbox (source, source_id, kind, digest, received_at, "
             "applied_at, result) VALUES (?1,?2,?3,?4,?5,?5,zeroblob(31))",
             "tttti", item->source, item->source_id, item->kind, item->digest, now);
  item->row = store_last_id(inbox->store);
}

static void write_row(struct inbox *inbox, struct submission *item, int64_t now) {
  bool known = find_earlier(inbox->store, item);
  if (known && !item->mended) return;
  if (known)
    mend_row(inbox, item, now);
  else
    add_row(inbox, item, now);
  store_exec(inbox->store, "INSERT INTO arrival (id, body) VALUES (?1,?2)", "ib",
             item->row, buf_text(&item->body), item->body.len);
}

void inbox_write(struct inbox *inbox, int64_t now) {
  inbox->may_wait = true;
  for (struct submission *item = inbox->fresh; item; item = item->next)
    write_row(inbox, item, now);
}

static void tell_status(struct submission *item, int64_t status) {
  struct buf result = {0};
  size_t map = value_begin_map(&result);
  value_put_key(&result, "status");
  value_put_int(&result, status);
  value_end(&result, map, 1);
  struct value view;
  value_read(result.data, result.len, &view);
  if (item->done) item->done(item->self, item->row, &view);
  buf_deinit(&result);
}

// An applied row has its result already: a repeat is answered as the first was.
static bool tell_stored(struct inbox *inbox, struct submission *item) {
  struct stmt *row = store_query(
      inbox->store, "SELECT state, result FROM inbox WHERE id=?1", "i", item->row);
  bool told = stmt_row(row) && stmt_int(row, 0) != STATE_WAITING;
  struct buf copy = {0};
  if (told) {
    size_t len;
    const void *bytes = stmt_bytes(row, 1, &len);
    buf_put(&copy, bytes, len);
  }
  stmt_done(row);
  struct value view;
  if (told && value_read(buf_text(&copy), copy.len, &view) && item->done)
    item->done(item->self, item->row, &view);
  buf_deinit(&copy);
  return told;
}

// Rows are applied in their order, so that who waits for one stands at the front. Only a
// repeat comes out of order.
static void wait_for_row(struct inbox *inbox, struct submission *item) {
  struct submission **at = &inbox->waiting;
  if (inbox->waiting && inbox->last->row <= item->row) at = &inbox->last->next;
  while (*at && (*at)->row <= item->row) at = &(*at)->next;
  item->next = *at;
  *at = item;
  if (!item->next) inbox->last = item;
}

static void after_write(struct inbox *inbox, struct submission *item) {
  item->recorded = true;
  if (item->conflict)
    tell_status(item, 409);
  else if (item->stage == INBOX_RECORDED)
    tell_status(item, 202);
  else if (!item->repeated || !tell_stored(inbox, item)) {
    wait_for_row(inbox, item);
    return;
  }
  submission_free(item);
}

void inbox_written(struct inbox *inbox) {
  struct submission *item = inbox->fresh;
  inbox->fresh = NULL;
  inbox->fresh_end = &inbox->fresh;
  while (item) {
    struct submission *next = item->next;
    after_write(inbox, item);
    item = next;
  }
}

struct held_row {  // owns what an inbox_row borrows
  char *source, *source_id, *kind;
  struct buf body;
};

static const struct inbox_handler *handler_of(struct inbox *inbox, const char *kind,
                                              void **self) {
  for (int i = 0; i < inbox->handler_count; i++)
    if (strcmp(inbox->handlers[i].handler->kind, kind) == 0) {
      *self = inbox->handlers[i].self;
      return inbox->handlers[i].handler;
    }
  return NULL;
}

static void read_row(struct stmt *from, struct inbox_row *row) {
  struct held_row *held = mem_alloc(sizeof *held);
  size_t len;
  held->source = mem_copy_text(stmt_text(from, 1));
  held->source_id = mem_copy_text(stmt_text(from, 2));
  held->kind = mem_copy_text(stmt_text(from, 3));
  const void *bytes = stmt_bytes(from, 4, &len);
  buf_put(&held->body, bytes, len);
  *row = (struct inbox_row){.id = stmt_int(from, 0),
                            .source = held->source,
                            .source_id = held->source_id,
                            .kind = held->kind,
                            .received_at = stmt_int(from, 5),
                            .held = held};
  value_read(buf_text(&held->body), held->body.len, &row->body);
}

int inbox_collect(struct inbox *inbox, struct inbox_row *rows, int room) {
  int count = 0;
  if (!inbox->may_wait) return 0;
  struct stmt *found =
      store_query(inbox->store,
                  "SELECT arrival.id, source, source_id, kind, arrival.body, received_at "
                  "FROM arrival CROSS JOIN inbox ON inbox.id=arrival.id "
                  "ORDER BY arrival.id LIMIT ?1",
                  "i", (int64_t)room);
  while (count < room && stmt_row(found)) read_row(found, &rows[count++]);
  stmt_done(found);
  inbox->may_wait = count > 0 || store_broken(inbox->store);
  for (int i = 0; i < count; i++) {
    void *self;
    const struct inbox_handler *handler = handler_of(inbox, rows[i].kind, &self);
    if (handler && handler->prepare) handler->prepare(self, &rows[i]);
  }
  return count;
}

static void put_result(struct inbox *inbox, struct inbox_row *row, int64_t state,
                       int64_t now) {
  store_exec(inbox->store,
             "UPDATE inbox SET state=?2, applied_at=?3, result=?4 WHERE id=?1", "iiib",
             row->id, state, now, row->result.data, row->result.len);
  store_exec(inbox->store, "DELETE FROM arrival WHERE id=?1", "i", row->id);
}

// Its body stays, for whoever mends it.
static void keep_body(struct inbox *inbox, struct inbox_row *row) {
  store_exec(inbox->store,
             "UPDATE inbox SET body=(SELECT body FROM arrival WHERE id=?1) WHERE id=?1",
             "i", row->id);
}

static int64_t http_status(int code) {
  switch (code) {
    case ERR_INVALID: return 422;
    case ERR_NOT_FOUND: return 404;
    case ERR_CONFLICT: return 409;
    case ERR_LIMIT: return 429;
    case ERR_FULL: return 507;
    default: return 500;
  }
}

void inbox_refuse_fresh(struct inbox *inbox, int code) {
  struct submission *item = inbox->fresh;
  inbox->fresh = NULL;  // taken out first: a sender that is told may submit again
  inbox->fresh_end = &inbox->fresh;
  while (item) {
    struct submission *next = item->next;
    tell_status(item, http_status(code));
    submission_free(item);
    item = next;
  }
}

void inbox_refuse(struct inbox *inbox, struct inbox_row *row, int64_t now,
                  const struct status *why) {
  buf_clear(&row->result);
  size_t map = value_begin_map(&row->result);
  value_put_key(&row->result, "detail");
  value_put_text(&row->result, why->text);
  value_put_key(&row->result, "status");
  value_put_int(&row->result, http_status(why->code));
  value_end(&row->result, map, 2);
  keep_body(inbox, row);
  put_result(inbox, row, STATE_REFUSED, now);
}

static void put_ok(struct buf *result) {
  size_t map = value_begin_map(result);
  value_put_key(result, "status");
  value_put_int(result, 200);
  value_end(result, map, 1);
}

static int hand_to(struct inbox *inbox, struct inbox_row *row, struct status *why) {
  void *self = NULL;
  const struct inbox_handler *handler = handler_of(inbox, row->kind, &self);
  if (handler) return handler->apply(self, row, why);
  return status_fail(why, ERR_INVALID, "inbox kind '%s' is not known to this version",
                     row->kind);
}

static void put_applied(struct inbox *inbox, struct inbox_row *row, int64_t now) {
  if (!row->result.len) put_ok(&row->result);
  put_result(inbox, row, STATE_APPLIED, now);
}

bool inbox_try(struct inbox *inbox, struct inbox_row *row, int64_t now) {
  struct status why = {0};
  buf_clear(&row->result);
  if (hand_to(inbox, row, &why)) return false;
  put_applied(inbox, row, now);
  return true;
}

void inbox_apply(struct inbox *inbox, struct inbox_row *row, int64_t now) {
  struct status why = {0};
  buf_clear(&row->result);
  store_exec(inbox->store, "SAVEPOINT inbox_row", "");
  int code = hand_to(inbox, row, &why);
  if (code) store_undo(inbox->store, "ROLLBACK TO inbox_row");
  store_exec(inbox->store, "RELEASE inbox_row", "");
  if (code)
    inbox_refuse(inbox, row, now, &why);
  else
    put_applied(inbox, row, now);
}

void inbox_applied(struct inbox *inbox, struct inbox_row *row) {
  struct value view;
  value_read(buf_text(&row->result), row->result.len, &view);
  struct submission **at = &inbox->waiting, *told = NULL, *before = NULL;
  while (*at && (*at)->row < row->id) {
    before = *at;
    at = &before->next;
  }
  while (*at && (*at)->row == row->id) {  // taken out first: who is told may submit again
    struct submission *item = *at;
    if (item == inbox->last) inbox->last = before;
    *at = item->next;
    item->next = told;
    told = item;
  }
  while (told) {
    struct submission *next = told->next;
    if (told->done) told->done(told->self, row->id, &view);
    submission_free(told);
    told = next;
  }
}

static void release_prepared(struct inbox *inbox, struct inbox_row *row) {
  void *self;
  const struct inbox_handler *handler = handler_of(inbox, row->kind, &self);
  if (handler && handler->release) handler->release(self, row);
}

void inbox_release(struct inbox *inbox, struct inbox_row *row) {
  struct held_row *held = row->held;
  release_prepared(inbox, row);
  mem_free(held->source);
  mem_free(held->source_id);
  mem_free(held->kind);
  buf_deinit(&held->body);
  mem_free(held);
  buf_deinit(&row->result);
}

int inbox_collect_fresh(struct inbox *inbox, struct inbox_row *rows, int room) {
  int count = 0;
  for (struct submission *item = inbox->fresh; item && count < room; item = item->next) {
    struct inbox_row *row = &rows[count++];
    void *self;
    const struct inbox_handler *handler = handler_of(inbox, item->kind, &self);
    *row = (struct inbox_row){.source = item->source,
                              .source_id = item->source_id,
                              .kind = item->kind,
                              .held = item};
    value_read(buf_text(&item->body), item->body.len, &row->body);
    if (handler && handler->prepare) handler->prepare(self, row);
  }
  return count;
}

// Under an id given beforehand, so that a row is written once, with its result.
static bool apply_fresh(struct inbox *inbox, struct inbox_row *row, int64_t id,
                        int64_t now) {
  struct submission *item = row->held;
  struct status why = {0};
  row->id = item->row = id;
  row->received_at = now;
  if (hand_to(inbox, row, &why)) return false;
  if (!row->result.len) put_ok(&row->result);
  store_exec(inbox->store,
             "INSERT INTO inbox (id, source, source_id, kind, digest, received_at, state,"
             " applied_at, result) VALUES (?1,?2,?3,?4,?5,?6,1,?6,?7)",
             "ittttib", id, item->source, item->source_id, item->kind, item->digest, now,
             row->result.data, row->result.len);
  return true;
}

bool inbox_apply_fresh(struct inbox *inbox, struct inbox_row *rows, int count,
                       int64_t now) {
  int64_t id = store_int(inbox->store, 0, "SELECT max(id) FROM inbox", "");
  for (int i = 0; i < count; i++) {
    struct submission *item = rows[i].held;
    bool earlier = find_earlier(inbox->store, item);
    if (item->mended) return false;
    if (!earlier && !apply_fresh(inbox, &rows[i], ++id, now)) return false;
  }
  return true;
}

void inbox_tell_fresh(struct inbox *inbox, struct inbox_row *row) {
  struct submission *item = row->held;
  struct value view;
  if (!row->id || item->stage == INBOX_RECORDED) {
    after_write(inbox, item);
  } else {
    value_read(buf_text(&row->result), row->result.len, &view);
    if (item->done) item->done(item->self, item->row, &view);
    submission_free(item);
  }
  buf_deinit(&row->result);
}

void inbox_take_fresh(struct inbox *inbox, struct inbox_row *rows, int count) {
  struct submission *last = rows[count - 1].held;
  inbox->fresh = last->next;
  if (!inbox->fresh) inbox->fresh_end = &inbox->fresh;
  for (int i = 0; i < count; i++) release_prepared(inbox, &rows[i]);
}

void inbox_drop_fresh(struct inbox_row *row) {
  submission_free(row->held);
  buf_deinit(&row->result);
}

void inbox_undo_fresh(struct inbox *inbox, struct inbox_row *rows, int count) {
  for (int i = 0; i < count; i++) {
    release_prepared(inbox, &rows[i]);
    buf_deinit(&rows[i].result);
  }
}
