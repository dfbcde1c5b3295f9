#include "script/records.h"

#include <string.h>

#include "base/utf8.h"

static bool is_text_or_nil(const struct value *value) {
  return value->kind == VALUE_TEXT || value->kind == VALUE_NIL;
}

static bool read_outcome(struct value_iter *iter, struct record *out) {
  out->kind = RECORD_OUTCOME;
  return value_next(iter, NULL, &out->value) && value_next(iter, NULL, &out->label);
}

static bool read_call(struct value_iter *iter, struct record *out) {
  return value_next(iter, NULL, &out->op) && out->op.kind == VALUE_TEXT &&
         value_next(iter, NULL, &out->label) && is_text_or_nil(&out->label) &&
         value_next(iter, NULL, &out->value);
}

static size_t read_record(const char *bytes, size_t len, struct record *out) {
  struct value list, kind;
  size_t took = value_read_front(bytes, len, &list);
  struct value_iter iter = value_iterate(&list);
  *out = (struct record){0};
  if (list.kind != VALUE_LIST || !value_next(&iter, NULL, &kind)) return 0;
  int64_t number = value_int_or(&kind, 0);
  if (number == RECORD_OUTCOME) return read_outcome(&iter, out) ? took : 0;
  if (number != RECORD_COMMAND && number != RECORD_READ) return 0;
  out->kind = (enum record_kind)number;
  return read_call(&iter, out) ? took : 0;
}

static void look(struct journal *journal) {
  journal->next_len =
      journal->len > 0 ? read_record(journal->data, journal->len, &journal->next) : 0;
  journal->more = journal->next_len > 0;
  journal->damaged = journal->len > 0 && !journal->more;
}

void journal_start(struct journal *journal, const char *data, size_t len) {
  *journal = (struct journal){.data = data, .len = len, .position = 1};
  look(journal);
}

void journal_step(struct journal *journal) {
  journal->data += journal->next_len;
  journal->len -= journal->next_len;
  journal->position++;
  look(journal);
}

void record_put(struct buf *out, enum record_kind kind, const char *op, const char *label,
                size_t label_len, const struct value *value, int64_t version) {
  static const struct value nothing = {.kind = VALUE_NIL};
  size_t begun = value_begin_list(out);
  value_put_int(out, kind);
  value_put_text(out, op);
  if (label)
    value_put_bytes(out, label, label_len);
  else
    value_put_nil(out);
  value_put(out, value ? value : &nothing);
  if (version) value_put_int(out, version);
  value_end(out, begun, version ? 5 : 4);
}

static void put_short(struct buf *out, const char *text, size_t len) {
  size_t end = 0, took;
  while (end < len && end < 60 && (took = utf8_char(text + end, len - end)) > 0)
    end += took;
  buf_put(out, text, end);
  if (end < len) buf_puts(out, "…");
}

void record_describe(struct buf *out, const struct record *record) {
  if (record->kind == RECORD_OUTCOME) {
    buf_puts(out, "an outcome");
    return;
  }
  buf_put(out, record->op.text.data, record->op.text.len);
  if (record->label.kind != VALUE_TEXT) return;
  buf_puts(out, " '");
  put_short(out, record->label.text.data, record->label.text.len);
  buf_puts(out, "'");
}
