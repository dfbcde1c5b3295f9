#include "care/event_check.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/iso.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "care/email.h"
#include "care/event_agrees.h"
#include "care/event_anonymous.h"
#include "care/event_shape.h"
#include "care/mapping.h"
#include "care/phone.h"

enum { PATH_SIZE = 160, OLDEST_YEAR = 1890, DATA_TEXT = 400 };

struct check {
  char path[PATH_SIZE];  // of what is being looked at: "patient.contacts[2].phone"
  struct status *status;
};

static int wrong(struct check *check, const char *what) {
  return status_fail(check->status, ERR_INVALID, "field \"%s\": %s", check->path, what);
}

// Goes one name or index down; gives the length to come back to.
static size_t path_enter(struct check *check, const char *name, size_t len) {
  size_t before = strlen(check->path);
  snprintf(check->path + before, PATH_SIZE - before, "%s%.*s",
           before && *name != '[' ? "." : "", (int)len, name);
  return before;
}

static size_t path_enter_item(struct check *check, uint32_t index) {
  char name[16];
  snprintf(name, sizeof name, "[%u]", index + 1);
  return path_enter(check, name, strlen(name));
}

static void path_leave(struct check *check, size_t before) { check->path[before] = 0; }

// Spaces around, also full-width ones, mean nothing.
static struct value trim(struct value text) {
  const char *data = text.text.data;
  size_t len = text.text.len;
  for (;;) {
    if (len && (unsigned char)data[0] <= ' ')
      data++, len--;
    else if (len >= 3 && !memcmp(data, "\xE3\x80\x80", 3))
      data += 3, len -= 3;
    else if (len && (unsigned char)data[len - 1] <= ' ')
      len--;
    else if (len >= 3 && !memcmp(data + len - 3, "\xE3\x80\x80", 3))
      len -= 3;
    else
      break;
  }
  text.text.data = data;
  text.text.len = len;
  return text;
}

static bool has_control(const struct value *text, const char *but) {
  for (size_t i = 0; i < text->text.len; i++) {
    char byte = text->text.data[i];
    if (((unsigned char)byte < ' ' || byte == 0x7F) && !(byte && strchr(but, byte)))
      return true;
  }
  return false;
}

// Systems that know only texts, such as HL7's, write it as one.
static int check_flag(struct check *check, const struct value *value, struct buf *out) {
  bool yes = value_is(value, "true"), no = value_is(value, "false");
  if (value->kind == VALUE_BOOL)
    value_put(out, value);
  else if (yes || no)
    value_put_bool(out, yes);
  else
    return wrong(check, "must be true or false");
  return OK;
}

static int check_long(struct check *check, const struct value *value, size_t most,
                      struct buf *out) {
  char what[96];
  snprintf(what, sizeof what, "must be a text of at most %zu bytes", most);
  if (value->kind != VALUE_TEXT || value->text.len > most) return wrong(check, what);
  if (has_control(value, "\r\n\t"))
    return wrong(check, "holds control characters; send plain text");
  value_put(out, value);
  return OK;
}

static int check_text(struct check *check, const struct value *value, size_t most,
                      struct buf *out) {
  char what[96];
  snprintf(what, sizeof what, "must be a text of at most %zu bytes", most);
  if (value->kind != VALUE_TEXT || value->text.len > most) return wrong(check, what);
  if (has_control(value, ""))
    return wrong(check, "holds control characters; send one line of plain text");
  value_put(out, value);
  return OK;
}

static void offer_words(struct nearest *nearest, const char *const *words) {
  for (; *words; words++) nearest_offer(nearest, *words, strlen(*words));
}

static int check_word(struct check *check, const struct value *value,
                      const char *const *words, struct buf *out) {
  struct nearest nearest;
  struct buf sentence = {0};
  for (const char *const *word = words; *word; word++)
    if (value_is(value, *word)) return value_put(out, value), OK;
  buf_puts(&sentence, "must be one of ");
  for (const char *const *word = words; *word; word++)
    buf_printf(&sentence, "%s%s", word == words ? "" : ", ", *word);
  if (value->kind == VALUE_TEXT) {
    nearest_start(&nearest, value->text.data, value->text.len);
    offer_words(&nearest, words);
    nearest_put(&nearest, &sentence);
  }
  wrong(check, sentence.data);
  buf_deinit(&sentence);
  return ERR_INVALID;
}

// iso_parse wants a zone for times without offset; here only the form matters, so one is
// given in the text.
static bool time_with_offset(const char *text, char out[ISO_SIZE + 8], bool *local) {
  size_t len = strlen(text), date = len > 4 && text[4] == '-' ? 10 : 8;
  const char *tail = len > date ? text + date : "";
  *local = !strpbrk(tail, "Z+-");
  const char *added = !*local ? "" : len > date ? "Z" : date == 10 ? "T00:00Z" : "0000Z";
  return snprintf(out, ISO_SIZE + 8, "%s%s", text, added) < ISO_SIZE;
}

static int check_time(struct check *check, const struct value *value, struct buf *out) {
  char text[ISO_SIZE], full[ISO_SIZE + 8];
  struct status why = {0};
  bool local;
  int64_t at;
  if (value->kind != VALUE_TEXT || value->text.len >= sizeof text ||
      has_control(value, ""))
    return wrong(check, "must be a time such as 2026-03-02T15:00:00+08:00");
  snprintf(text, sizeof text, "%.*s", (int)value->text.len, value->text.data);
  if (!time_with_offset(text, full, &local) || iso_parse(full, NULL, &at, &why))
    return wrong(check, "must be a time such as 2026-03-02T15:00:00+08:00");
  if (at < civil_days(OLDEST_YEAR, 1, 1) * CIVIL_DAY_MS)
    return wrong(check, "lies before 1890; check the year");
  if (local)
    value_put(out, value);
  else
    value_put_int(out, at);
  return OK;
}

static int check_date(struct check *check, const struct value *value, struct buf *out) {
  char text[11] = "";
  int64_t days;
  const char *at = value->kind == VALUE_TEXT ? value->text.data : "";
  if (value->kind == VALUE_TEXT && value->text.len == 8)
    snprintf(text, sizeof text, "%.4s-%.2s-%.2s", at, at + 4, at + 6);
  else if (value->kind == VALUE_TEXT && value->text.len == 10)
    snprintf(text, sizeof text, "%.10s", at);
  if (!civil_parse_date(text, strlen(text), &days) ||
      days < civil_days(OLDEST_YEAR, 1, 1))
    return wrong(check, "is not a date of a life; write YYYY-MM-DD");
  value_put_text(out, text);
  return OK;
}

static int check_phone(struct check *check, const struct value *value, struct buf *out) {
  char phone[PHONE_SIZE];
  if (value->kind != VALUE_TEXT ||
      !phone_normalize(value->text.data, value->text.len, phone))
    return wrong(check,
                 "is not a phone number; send its digits as text, or leave it out");
  value_put_text(out, phone);
  return OK;
}

static int check_email(struct check *check, const struct value *value, struct buf *out) {
  bool none = value->kind == VALUE_TEXT && !value->text.len;
  if (!none &&
      (value->kind != VALUE_TEXT || !email_is_plain(value->text.data, value->text.len)))
    return wrong(check,
                 "is not an e-mail address; send one such as name@example.org, \"\" to "
                 "take it away, or leave it out");
  value_put(out, value);
  return OK;
}

static int check_number(struct check *check, const struct value *value, struct buf *out) {
  if (value->kind != VALUE_INT && value->kind != VALUE_REAL)
    return wrong(check, "must be a number, not a text");
  value_put(out, value);
  return OK;
}

static int check_count(struct check *check, const struct value *value, size_t most,
                       struct buf *out) {
  char what[64];
  snprintf(what, sizeof what, "must be a whole number from 0 to %zu", most);
  if (value->kind != VALUE_INT || value->integer < 0 || value->integer > (int64_t)most)
    return wrong(check, what);
  value_put(out, value);
  return OK;
}

static int check_shape(struct check *check, const struct value *value,
                       const struct event_shape *shape, struct buf *out);

// A code alone: what begins with a letter or digit is a code, else a name.
static int check_bare_code(struct check *check, const struct value *value,
                           struct buf *out) {
  struct value text = trim(*value);
  unsigned char first = text.text.len ? (unsigned char)*text.text.data : 0;
  struct mapping map = mapping_begin(out);
  mapping_key(&map, first && first < 0x80 ? "code" : "name");
  int code = first ? check_text(check, &text, 200, out)
                   : wrong(check, "is empty; give a code or a name");
  if (code) value_put_nil(out);
  mapping_end(&map);
  return code;
}

static int check_coded(struct check *check, const struct value *value,
                       const struct event_shape *shape, struct buf *out) {
  if (value->kind == VALUE_TEXT) return check_bare_code(check, value, out);
  struct value code = value_field(value, "code"), name = value_field(value, "name");
  if (value->kind == VALUE_MAP && code.kind == VALUE_NIL && name.kind == VALUE_NIL)
    return wrong(check, "has neither code nor name; give one of them");
  return check_shape(check, value, shape, out);
}

static int check_item(struct check *check, const struct value *item,
                      const struct event_field *field, struct buf *out) {
  if (field->kind == FIELD_PHONES) return check_phone(check, item, out);
  if (field->kind == FIELD_WORDS) return check_word(check, item, field->words, out);
  if (field->kind == FIELD_CODES) return check_coded(check, item, field->shape, out);
  return check_shape(check, item, field->shape, out);
}

static int check_list(struct check *check, const struct value *value,
                      const struct event_field *field, struct buf *out) {
  struct value_iter iter = value_iterate(value);
  struct value item;
  char what[64];
  uint32_t count = 0;
  snprintf(what, sizeof what, "must be a list of at most %zu", field->most);
  bool empty =
      value->kind == VALUE_MAP && !value_count(value);  // {} of languages like Lua
  if ((value->kind != VALUE_LIST && !empty) || value_count(value) > field->most)
    return wrong(check, what);
  size_t list = value_begin_list(out);
  for (; value_next(&iter, NULL, &item); count++) {
    size_t before = path_enter_item(check, count);
    if (check_item(check, &item, field, out)) return ERR_INVALID;
    path_leave(check, before);
  }
  value_end(out, list, count);
  return OK;
}

static bool is_scalar(const struct value *value) {
  switch (value->kind) {
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_REAL: return true;
    case VALUE_TEXT: return value->text.len <= DATA_TEXT && !has_control(value, "");
    default: return false;
  }
}

static int check_data(struct check *check, const struct value *value, size_t most,
                      struct buf *out) {
  struct value_iter iter = value_iterate(value);
  struct value key, item;
  if (value->kind != VALUE_MAP || value_count(value) > most)
    return wrong(check, "must be a map of at most 32 facts");
  while (value_next(&iter, &key, &item))
    if (!is_scalar(&item) || !key.text.len || key.text.len > 40)
      return wrong(check,
                   "may hold short texts, numbers, true and false under names of up "
                   "to 40 bytes, nothing else");
  value_put(out, value);
  return OK;
}

static int check_field(struct check *check, const struct value *value,
                       const struct event_field *field, struct buf *out) {
  switch (field->kind) {
    case FIELD_TEXT: return check_text(check, value, field->most, out);
    case FIELD_WORD: return check_word(check, value, field->words, out);
    case FIELD_LONG: return check_long(check, value, field->most, out);
    case FIELD_TIME: return check_time(check, value, out);
    case FIELD_DATE: return check_date(check, value, out);
    case FIELD_COUNT: return check_count(check, value, field->most, out);
    case FIELD_NUMBER: return check_number(check, value, out);
    case FIELD_PHONE: return check_phone(check, value, out);
    case FIELD_EMAIL: return check_email(check, value, out);
    case FIELD_MAP: return check_shape(check, value, field->shape, out);
    case FIELD_DATA: return check_data(check, value, field->most, out);
    case FIELD_FLAG: return check_flag(check, value, out);
    default: return check_list(check, value, field, out);
  }
}

static const struct event_field *find_field(const struct event_shape *shape,
                                            const struct value *name) {
  for (const struct event_field *field = shape->fields; field->name; field++)
    if (name->text.len && field->name[0] == name->text.data[0] &&
        value_is(name, field->name))
      return field;
  return NULL;
}

static int unknown(struct check *check, const struct event_shape *shape,
                   const struct value *name) {
  struct nearest nearest;
  struct buf sentence = {0};
  nearest_start(&nearest, name->text.data, name->text.len);
  for (const struct event_field *field = shape->fields; field->name; field++)
    nearest_offer(&nearest, field->name, strlen(field->name));
  buf_printf(&sentence, "%s has no such field", shape->name);
  nearest_put(&nearest, &sentence);
  wrong(check, sentence.data);
  buf_deinit(&sentence);
  return ERR_INVALID;
}

// Systems fill in "" for what they don't know; an e-mail address is taken away by it.
static bool is_absent(struct value *item, enum field_kind kind) {
  if (item->kind != VALUE_TEXT) return item->kind == VALUE_NIL;
  *item = trim(*item);
  return !item->text.len && kind != FIELD_EMAIL;
}

// given: a bit for each field of the shape.
static int check_needed(struct check *check, const struct event_shape *shape,
                        uint64_t given) {
  for (const struct event_field *field = shape->fields; field->name; field++) {
    if (!field->needed || given >> (field - shape->fields) & 1) continue;
    path_enter(check, field->name, strlen(field->name));
    char what[96];
    snprintf(what, sizeof what, "is missing%s%s",
             field->hint ? "; give one, such as " : "", field->hint ? field->hint : "");
    return wrong(check, what);
  }
  return OK;
}

static size_t printable(const struct value *name) {
  return name->text.len < 40 && !has_control(name, "") ? name->text.len : 0;
}

// The clean map is written as it is read: keys are in order already.
static int check_shape(struct check *check, const struct value *value,
                       const struct event_shape *shape, struct buf *out) {
  struct value_iter iter = value_iterate(value);
  struct value key, item;
  if (value->kind != VALUE_MAP) return wrong(check, "must be an object");
  struct mapping map = mapping_begin(out);
  uint64_t given = 0;
  while (value_next(&iter, &key, &item)) {
    size_t before = path_enter(check, key.text.data, printable(&key));
    const struct event_field *field = find_field(shape, &key);
    if (!field) return unknown(check, shape, &key);
    if (!is_absent(&item, field->kind)) {
      given |= UINT64_C(1) << (field - shape->fields);
      mapping_key(&map, field->name);
      if (check_field(check, &item, field, out)) return ERR_INVALID;
    }
    path_leave(check, before);
  }
  mapping_end(&map);
  return check_needed(check, shape, given);
}

static int check_kind(struct check *check, const struct value *clean) {
  struct value field = value_field(clean, "kind");
  char *kind = value_copy_text(&field);
  for (const char *const *need = event_needs(kind); *need; need++) {
    struct value item = value_field(clean, *need);
    if (item.kind != VALUE_NIL && (item.kind != VALUE_LIST || value_count(&item)))
      continue;
    path_enter(check, *need, strlen(*need));
    char what[96];
    snprintf(what, sizeof what, "is missing; an event of kind %s needs it", kind);
    wrong(check, what);
    break;
  }
  mem_free(kind);
  return check->status->code;
}

int event_check(const struct value *posted, const struct measures *measures,
                struct buf *clean, struct status *status) {
  struct check check = {.status = status};
  struct value view;
  size_t before = clean->len;
  status->code = OK;
  if (posted->kind != VALUE_MAP)
    return status_fail(status, ERR_INVALID,
                       "an event must be an object; see the manual, page events");
  int code = check_shape(&check, posted, &event_shape, clean);
  if (!code && !value_read(clean->data + before, clean->len - before, &view))
    code = status_fail(status, ERR_INTERNAL, "the checked event can't be read");
  if (!code) code = check_kind(&check, &view);
  if (!code) code = event_agrees(&view, measures, status);
  if (code) clean->len = before;
  if (!code) event_anonymous(clean, before);
  return code;
}
