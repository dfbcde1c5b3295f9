// Questionnaire: the forms of active scripts.
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "fhir/element_put.h"
#include "fhir/questionnaire.h"

static void put_id(const char *text, struct buf *out) {
  for (; *text; text++) {
    unsigned char byte = (unsigned char)*text;
    bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                 (byte >= 'A' && byte <= 'Z') || byte == '-';
    if (plain)
      buf_putc(out, (char)byte);
    else
      buf_printf(out, ".%02x", byte);
  }
}

void fhir_form_id(const char *department, const char *form, struct buf *out) {
  put_id(department, out);
  buf_putc(out, '.');
  put_id(form, out);
}

static const char *type_of(const struct value *item) {
  static const char *const types[][2] = {{"scale", "integer"},   {"number", "decimal"},
                                         {"choice", "choice"},   {"yesno", "boolean"},
                                         {"text", "text"},       {"date", "date"},
                                         {"photo", "attachment"}};
  struct value kind = value_field(item, "kind");
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (value_is(&kind, types[i][0])) return types[i][1];
  return "string";
}

static void put_words(struct fhir_show *show, const char *key, const struct value *text) {
  struct value words = text_in(text, "zh");
  char *copy = value_copy_text(&words);
  fhir_put_text(show, key, copy);
  mem_free(copy);
}

static void put_option(struct fhir_show *show, const struct value *option) {
  struct value mark = value_field(option, "value"), text = value_field(option, "text"),
               words = text_in(&text, "zh");
  struct buf code = {0};
  if (mark.kind == VALUE_TEXT)
    buf_put(&code, mark.text.data, mark.text.len);
  else
    value_to_json(&code, &mark);
  char *display = value_copy_text(&words);
  fhir_put_open(show, NULL, "{");
  json_key(&show->json, "valueCoding");
  fhir_put_coding(show, NULL, code.data, display);
  fhir_put_close(show, "}");
  mem_free(display);
  buf_deinit(&code);
}

static void put_options(struct fhir_show *show, const struct value *item) {
  struct value options = value_field(item, "options"), option;
  struct value_iter iter = value_iterate(&options);
  if (!value_count(&options)) return;
  fhir_put_open(show, "answerOption", "[");
  while (value_next(&iter, NULL, &option)) put_option(show, &option);
  fhir_put_close(show, "]");
}

static void put_item(struct fhir_show *show, const struct value *item) {
  struct value id = value_field(item, "id"), text = value_field(item, "text"),
               optional = value_field(item, "optional"), when = value_field(item, "when"),
               many = value_field(item, "many");
  char *name = value_copy_text(&id);
  fhir_put_open(show, NULL, "{");
  fhir_put_text(show, "linkId", name);
  put_words(show, "text", &text);
  fhir_put_text(show, "type", type_of(item));
  json_key(&show->json, "required");
  json_bool(&show->json, !value_true(&optional) && when.kind == VALUE_NIL);
  if (value_true(&many)) {
    json_key(&show->json, "repeats");
    json_bool(&show->json, true);
  }
  put_options(show, item);
  fhir_put_close(show, "}");
  mem_free(name);
}

static void put_items(struct fhir_show *show, const struct value *form) {
  struct value items = value_field(form, "items"), item;
  struct value_iter iter = value_iterate(&items);
  if (!value_count(&items)) return;
  fhir_put_open(show, "item", "[");
  while (value_next(&iter, NULL, &item)) put_item(show, &item);
  fhir_put_close(show, "]");
}

static void put_content(struct fhir *fhir, const char *department, const char *id,
                        const struct value *form, struct buf *out) {
  struct fhir_show show = {fhir, {.out = out}};
  struct value title = value_field(form, "title");
  fhir_put_text(&show, "name", id);
  put_words(&show, "title", &title);
  fhir_put_text(&show, "status", "active");
  fhir_put_open(&show, "subjectType", "[");
  json_text(&show.json, "Patient");
  fhir_put_close(&show, "]");
  fhir_put_text(&show, "publisher", department);
  put_items(&show, form);
}

static void put_address(struct fhir *fhir, const char *department, const char *form,
                        struct buf *out) {
  buf_printf(out, "%s/Questionnaire/", buf_text(&fhir->base));
  fhir_form_id(department, form, out);
}

static void put_version(const struct buf *content, struct buf *out) {
  char digest[33];
  digest_hex(buf_text(content), content->len, digest);
  buf_put(out, digest, 12);
}

void fhir_form_address(struct fhir *fhir, const char *department, const char *form,
                       struct buf *out) {
  struct value body = catalog_find(fhir->care->catalog, department, "form", form);
  struct buf content = {0};
  put_address(fhir, department, form, out);
  if (body.kind != VALUE_MAP) return;
  put_content(fhir, department, form, &body, &content);
  buf_putc(out, '|');
  put_version(&content, out);
  buf_deinit(&content);
}

struct walk {
  struct fhir *fhir;
  const char *departments, *department;
  void (*offer)(void *self, const char *id, const struct buf *fields);
  void *self;
};

static void offer_form(void *self, const char *id, const struct value *form) {
  struct walk *walk = self;
  struct buf name = {0}, fields = {0}, content = {0}, url = {0}, version = {0};
  struct fhir_show show = {walk->fhir, {.out = &fields}};
  fhir_form_id(walk->department, id, &name);
  put_address(walk->fhir, walk->department, id, &url);
  put_content(walk->fhir, walk->department, id, form, &content);
  put_version(&content, &version);
  fhir_put_text(&show, "url", url.data);
  fhir_put_text(&show, "version", version.data);
  buf_printf(&fields, ",%s", content.data);
  walk->offer(walk->self, name.data, &fields);
  struct buf *all[] = {&name, &fields, &content, &url, &version};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_deinit(all[i]);
}

static bool is_seen(const struct walk *walk, const char *department) {
  return store_int(walk->fhir->care->store, 0,
                   "SELECT ?1 IS NULL OR ?2 IN (SELECT value FROM json_each(?1))", "tt",
                   walk->departments, department) != 0;
}

static void each_department(void *self, const char *department) {
  struct walk *walk = self;
  if (!is_seen(walk, department)) return;
  walk->department = department;
  catalog_each(walk->fhir->care->catalog, department, "form", offer_form, walk);
}

static void each(struct fhir *fhir, const char *departments,
                 void (*offer)(void *self, const char *id, const struct buf *fields),
                 void *self) {
  struct walk walk = {fhir, departments, NULL, offer, self};
  catalog_each_department(fhir->care->catalog, each_department, &walk);
}

const struct fhir_type fhir_questionnaire = {.name = "Questionnaire", .each = each};
