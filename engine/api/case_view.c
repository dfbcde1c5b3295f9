#include "api/case_view.h"

#include <string.h>

#include "base/mask.h"
#include "base/mem.h"

enum { LONG_NUMBER = 5 };

bool case_view_is_office(struct call *call, const char *department) {
  return store_int(call->care->store, 0,
                   "SELECT json_array_length(?1)=1 AND json_extract(?1,'$[0]')=?2", "tt",
                   call->caller->departments, department) != 0;
}

struct case_view case_view_of(struct call *call, int64_t enrollment) {
  struct care *care = call->care;
  struct case_view view = {.part = case_part_of(care, enrollment, call->caller->staff)};
  char *department =
      store_text(care->store, "SELECT department FROM case_file WHERE enrollment=?1", "i",
                 enrollment);
  if (department && case_view_is_office(call, department)) view.part = CASE_OFFICE;
  view.whole = view.part != CASE_OUTSIDE;
  view.coarse = view.part < CASE_RECEIVER && case_is_anonymous(care, enrollment);
  mem_free(department);
  return view;
}

void case_view_veil(struct call *call, int64_t enrollment) {
  struct care *care = call->care;
  call->coarse = enrollment && case_is_anonymous(care, enrollment) &&
                 case_view_of(call, enrollment).coarse;
}

static void put_identity(struct json *json, const char *key, const char *kind,
                         const char *value, bool whole) {
  struct buf shown = {0};
  json_key(json, key);
  if (!value) {
    json_null(json);
    return;
  }
  if (whole)
    buf_puts(&shown, value);
  else if (!strcmp(kind, "name"))
    mask_name(value, &shown);
  else
    mask_number(value, &shown);
  json_text(json, buf_text(&shown));
  buf_deinit(&shown);
}

static void put_person(struct call *call, struct json *json, const char *key,
                       int64_t person, bool whole) {
  static const char *const kinds[] = {"mrn", "name", "phone"};
  json_key(json, key);
  if (!person) {
    json_null(json);
    return;
  }
  json_open(json, '{');
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char *value = store_text(call->care->store,
                             "SELECT value FROM identity WHERE person=?1 AND kind=?2"
                             " ORDER BY position, id LIMIT 1",
                             "it", person, kinds[i]);
    put_identity(json, kinds[i], kinds[i], value, whole);
    mem_free(value);
  }
  json_close(json, '}');
}

static void put_stay(struct call *call, struct json *json, int64_t enrollment,
                     bool whole) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT e.visit, e.department, e.ward, e.admitted_at, e.discharged_at, c.stay_sure"
      " FROM case_file c JOIN encounter e ON e.id=c.encounter WHERE c.enrollment=?1",
      "i", enrollment);
  json_key(json, "stay");
  if (!stmt_row(row))
    json_null(json);
  else if (whole)
    call_put_row(call, json, row,
                 "visit:s department:s ward:s admitted_at:z discharged_at:z sure:s");
  else
    json_text(json, "***");
  stmt_done(row);
}

void case_view_put(struct call *call, struct json *json, int64_t enrollment,
                   const struct case_view *view) {
  struct store *store = call->care->store;
  int64_t patient = store_int(
      store, 0, "SELECT patient FROM case_file WHERE enrollment=?1", "i", enrollment);
  int64_t sender =
      case_is_anonymous(call->care, enrollment)
          ? 0
          : store_int(store, 0, "SELECT sender FROM case_file WHERE enrollment=?1", "i",
                      enrollment);
  put_person(call, json, "sender", sender, view->whole);
  put_person(call, json, "about", patient, view->whole);
  put_stay(call, json, enrollment, view->whole);
  json_key(json, "your_part");
  json_text(json, case_part_word(view->part));
  json_key(json, "masked");
  json_bool(json, !view->whole || view->coarse);
}

void case_view_text(const struct value *text, struct buf *out) {
  const char *at = text->kind == VALUE_TEXT ? text->text.data : "";
  size_t left = text->kind == VALUE_TEXT ? text->text.len : 0;
  while (left) {
    size_t digits = 0;
    while (digits < left && at[digits] >= '0' && at[digits] <= '9') digits++;
    if (digits >= LONG_NUMBER)
      buf_puts(out, "***");
    else
      buf_put(out, at, digits ? digits : 1);
    size_t took = digits ? digits : 1;
    at += took;
    left -= took;
  }
}
