#include "api/read_script.h"

#include <string.h>

#include "base/mem.h"

struct callee {  // texts owned
  char *department, *pathway, *ward;
  bool english;
};

static bool callee_load(struct call *call, int64_t task, struct callee *out) {
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT t.department, e.pathway, n.ward, p.language='en' FROM task t "
                  "JOIN patient p ON p.id=t.patient LEFT JOIN enrollment e ON "
                  "e.id=t.enrollment LEFT JOIN encounter n ON n.id=e.encounter WHERE "
                  "t.id=?1",
                  "i", task);
  bool found = stmt_row(row);
  if (found)
    *out = (struct callee){mem_copy_text(stmt_text(row, 0)),
                           mem_copy_text(stmt_text(row, 1)),
                           mem_copy_text(stmt_text(row, 2)), stmt_int(row, 3) != 0};
  stmt_done(row);
  return found;
}

static void callee_deinit(struct callee *callee) {
  mem_free(callee->department);
  mem_free(callee->pathway);
  mem_free(callee->ward);
}

// Before any clinical word: nobody else may hear it, and nobody takes us for a swindler.
static void put_verify(struct call *call, struct json *json,
                       const struct callee *callee) {
  struct buf text = {0};
  const char *hospital = call->care->site->hospital,
             *ward = callee->ward ? callee->ward : "";
  buf_printf(&text,
             callee->english
                 ? "This is %s, ward %s. Verify name and month of birth before any "
                   "clinical word; say that the call is recorded. Never ask for money, "
                   "ID or bank numbers, never send links."
                 : "这里是%s%s。先核对姓名和出生年月，核对无误前不谈病情；告知本次通话录"
                   "音。不谈钱、证件号和银行卡，不发链接。",
             hospital, ward);
  json_key(json, "verify");
  json_text(json, text.data);
  buf_deinit(&text);
}

static void put_section(struct json *json, const struct value *section,
                        const char *language) {
  struct value id = value_field(section, "id"), minutes = value_field(section, "minutes"),
               must = value_field(section, "must_ask"), text = text_in(section, language);
  json_open(json, '{');
  json_key(json, "id");
  json_value(json, &id);
  json_key(json, "minutes");
  json_value(json, &minutes);
  json_key(json, "must_ask");
  json_bool(json, value_true(&must));
  json_key(json, "text");
  json_value(json, &text);
  json_close(json, '}');
}

static void put_sections(struct json *json, const struct value *script,
                         const char *language) {
  struct value_iter iter = value_iterate(script);
  struct value section;
  json_key(json, "sections");
  json_open(json, '[');
  if (script->kind == VALUE_MAP) put_section(json, script, language);
  while (script->kind == VALUE_LIST && value_next(&iter, NULL, &section))
    put_section(json, &section, language);
  json_close(json, ']');
}

static struct value script_of(struct call *call, const struct callee *callee) {
  struct catalog *catalog = call->care->catalog;
  struct value pathway =
                   catalog_find(catalog, callee->department, "pathway", callee->pathway),
               name = value_field(&pathway, "program");
  char *program = value_copy_text(&name);
  struct value body = catalog_find(catalog, callee->department, "program", program);
  mem_free(program);
  return value_field(&body, "phone_script");
}

void put_call_script(struct call *call, struct json *json, int64_t task) {
  struct callee callee;
  if (!callee_load(call, task, &callee)) return;
  struct value script = script_of(call, &callee);
  json_key(json, "script");
  json_open(json, '{');
  put_verify(call, json, &callee);
  put_sections(json, &script, callee.english ? "en" : "zh");
  json_close(json, '}');
  callee_deinit(&callee);
}
