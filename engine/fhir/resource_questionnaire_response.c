// QuestionnaireResponse: answers, whoever gave them and whichever way.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/questionnaire.h"
#include "fhir/resource.h"

#define QUERY(head)                                                                 \
  "SELECT w.id, w.patient, w.at, 0, '', w.department, w.form, w.by_kind, w.by_who," \
  " w.body, w.enrollment FROM answer w WHERE " head FHIR_DATED("w.at")              \
      FHIR_CHANGED("w.at") " AND " ACCESS_DEPARTMENT("w.department", "1")           \
          FHIR_PAGE("w.id")

enum { DEPARTMENT = 5, FORM, BY_KIND, BY_WHO, BODY, ENROLLMENT };

static struct value item_of(const struct value *form, const char *id) {
  struct value items = value_field(form, "items"), item;
  struct value_iter iter = value_iterate(&items);
  while (value_next(&iter, NULL, &item)) {
    struct value its = value_field(&item, "id");
    if (value_is(&its, id)) return item;
  }
  return (struct value){.kind = VALUE_NIL};
}

static void put_coding(struct fhir_show *show, const struct value *answer) {
  struct buf code = {0};
  if (answer->kind == VALUE_TEXT)
    buf_put(&code, answer->text.data, answer->text.len);
  else
    value_to_json(&code, answer);
  json_key(&show->json, "valueCoding");
  fhir_put_coding(show, NULL, code.data, NULL);
  buf_deinit(&code);
}

static const char *key_of(const struct value *kind, const struct value *answer) {
  if (answer->kind == VALUE_BOOL) return "valueBoolean";
  if (value_is(kind, "scale") && answer->kind == VALUE_INT) return "valueInteger";
  if (answer->kind == VALUE_INT || answer->kind == VALUE_REAL) return "valueDecimal";
  return value_is(kind, "date") ? "valueDate" : "valueString";
}

static void put_answer(struct fhir_show *show, const struct value *kind,
                       const struct value *answer) {
  fhir_put_open(show, NULL, "{");
  if (value_is(kind, "choice")) {
    put_coding(show, answer);
  } else {
    json_key(&show->json, key_of(kind, answer));
    json_value(&show->json, answer);
  }
  fhir_put_close(show, "}");
}

static void put_item(struct fhir_show *show, const struct value *form, const char *id,
                     const struct value *answer) {
  struct value item = item_of(form, id), kind = value_field(&item, "kind"), one,
               text = value_field(&item, "text"), words = text_in(&text, "zh");
  struct value_iter iter = value_iterate(answer);
  char *question = value_copy_text(&words);
  fhir_put_open(show, NULL, "{");
  fhir_put_text(show, "linkId", id);
  fhir_put_text(show, "text", question);
  fhir_put_open(show, "answer", "[");
  if (answer->kind != VALUE_LIST) put_answer(show, &kind, answer);
  while (answer->kind == VALUE_LIST && value_next(&iter, NULL, &one))
    put_answer(show, &kind, &one);
  fhir_put_close(show, "]}");
  mem_free(question);
}

static bool says(const struct value *answer) {
  return answer->kind != VALUE_NIL && answer->kind != VALUE_MAP &&
         (answer->kind != VALUE_LIST || value_count(answer)) &&
         (answer->kind != VALUE_TEXT || answer->text.len);
}

// In the form's order; what it doesn't have any more comes after.
static void put_items(struct fhir_show *show, const struct value *form,
                      const struct value *body) {
  struct value items = value_field(form, "items"), item, key, answer;
  struct value_iter iter = value_iterate(&items);
  while (value_next(&iter, NULL, &item)) {
    struct value id = value_field(&item, "id");
    char *name = value_copy_text(&id);
    answer = name ? value_field(body, name) : (struct value){.kind = VALUE_NIL};
    if (says(&answer)) put_item(show, form, name, &answer);
    mem_free(name);
  }
  iter = value_iterate(body);
  while (value_next(&iter, &key, &answer)) {
    char *name = value_copy_text(&key);
    struct value known = item_of(form, name);
    if (known.kind == VALUE_NIL && says(&answer)) put_item(show, form, name, &answer);
    mem_free(name);
  }
}

// A person's number, or a login.
static void put_author(struct fhir_show *show, struct stmt *row) {
  const char *kind = stmt_text(row, BY_KIND), *who = stmt_text(row, BY_WHO);
  struct buf text = {0};
  char id[FHIR_ID];
  if (!strcmp(kind, "patient")) {
    fhir_put_reference(show, "source", "Patient", 'p', stmt_int(row, 1));
  } else if (!strcmp(kind, "family") && who && strtoll(who, NULL, 10) > 0) {
    fhir_id_join(show->fhir, &fhir_related_person, stmt_int(row, 1),
                 strtoll(who, NULL, 10), "", id);
    buf_printf(&text, "RelatedPerson/%s", id);
    fhir_put_open(show, "source", "{");
    fhir_put_text(show, "reference", text.data);
    fhir_put_close(show, "}");
  } else {
    fhir_put_open(show, "author", "{");
    fhir_put_text(show, "display", who && *who ? who : kind);
    fhir_put_close(show, "}");
  }
  buf_deinit(&text);
}

static void put_body(struct fhir_show *show, struct stmt *row) {
  struct value form = catalog_find(show->fhir->care->catalog, stmt_text(row, DEPARTMENT),
                                   "form", stmt_text(row, FORM)),
               body;
  size_t len;
  const char *bytes = stmt_bytes(row, BODY, &len);
  struct buf items = {0};
  struct fhir_show list = {show->fhir, {.out = &items}, show->masked};
  if (bytes && value_read(bytes, len, &body)) put_items(&list, &form, &body);
  if (items.len) {
    fhir_put_open(show, "item", "[");
    buf_puts(show->json.out, items.data);
    fhir_put_close(show, "]");
  }
  buf_deinit(&items);
}

static void show_response(struct fhir_show *show, struct stmt *row) {
  struct buf address = {0};
  fhir_form_address(show->fhir, stmt_text(row, DEPARTMENT), stmt_text(row, FORM),
                    &address);
  if (stmt_int(row, ENROLLMENT)) {
    fhir_put_open(show, "basedOn", "[");
    fhir_put_reference(show, NULL, "CarePlan", 'e', stmt_int(row, ENROLLMENT));
    fhir_put_close(show, "]");
  }
  fhir_put_text(show, "questionnaire", address.data);
  fhir_put_text(show, "status", "completed");
  fhir_put_reference(show, "subject", "Patient", 'p', stmt_int(row, 1));
  fhir_put_time(show, "authored", stmt_int(row, 2));
  put_author(show, row);
  put_body(show, row);
  buf_deinit(&address);
}

const struct fhir_type fhir_questionnaire_response = {
    .name = "QuestionnaireResponse",
    .kind = 'w',
    .dated = "authored",
    .dated_at = "w.at",
    .by_id = QUERY("w.id=?3"),
    .by_patient = QUERY("w.patient=?4 AND w.id>?11"),
    .walk = QUERY(FHIR_WALK("w.id")),
    .last = "SELECT max(id) FROM answer",
    .show = show_response};
