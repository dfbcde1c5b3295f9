// GET templates/*/preview: what a template would say, to a patient or to one who is made
// up, and how long it is.
#include <string.h>

#include "api/access.h"
#include "api/desk.h"
#include "api/known.h"
#include "api/read.h"
#include "base/known.h"
#include "base/mem.h"
#include "base/sms.h"
#include "care/mapping.h"
#include "care/message_preview.h"
#include "care/message_text.h"

static const char own_departments[] =
    "SELECT department FROM bundle WHERE active=1 AND (?2 IS NULL OR department=?2) AND "
    "(?1 IS NULL OR department IN (SELECT value FROM json_each(?1))) ORDER BY department";

// The department that has it, owned; NULL when it is answered: none has, or several.
static char *find_department(struct call *call, const char *name, const char *asked) {
  struct care *care = call->care;
  char *found = NULL;
  int count = 0;
  struct known known;
  struct stmt *row =
      store_query(care->store, own_departments, "tt", access_departments(call), asked);
  known_start(&known, "template", name);
  while (stmt_row(row)) {
    const char *department = stmt_text(row, 0);
    struct value all = catalog_definitions(care->catalog, department), id, body;
    struct value templates = value_field(&all, "template");
    struct value_iter iter = value_iterate(&templates);
    while (value_next(&iter, &id, &body)) {
      char *text = value_copy_text(&id);
      if (known_offer(&known, text) && !count++) found = mem_copy_text(department);
      mem_free(text);
    }
  }
  stmt_done(row);
  struct buf said = {0};
  if (!count) known_put(&known, &said);
  if (count > 1) buf_puts(&said, "several departments have it: say department=NAME");
  if (said.len) call_problem(call, count ? 400 : 404, "%s", said.data);
  if (said.len) mem_free(found);
  known_deinit(&known);
  bool good = !said.len;
  buf_deinit(&said);
  return good ? found : NULL;
}

static void read_fields(struct call *call, struct buf *out) {
  static const char prefix[] = "field.";
  struct merge fields = {0};
  for (size_t i = 0; i < call->query.count; i++) {
    const struct http_field *field = &call->query.fields[i];
    if (strncmp(field->name, prefix, sizeof prefix - 1) == 0)
      merge_text(&fields, field->name + sizeof prefix - 1, field->value);
  }
  merge_end(&fields, out);
}

struct limits {         // what the channel takes, as the engine tells of it
  int64_t longest;      // 0: no limit, or no such channel
  bool approved, only;  // it knows texts by number; it takes no others
};

static struct limits limits_of(struct call *call, const char *channel) {
  struct buf encoded = {0};
  struct value list, item;
  struct limits out = {0};
  if (!channel || !call->api->engine.channels) return out;
  call->api->engine.channels(call->api->engine.self, &encoded);
  if (value_read(buf_text(&encoded), encoded.len, &list)) {
    struct value_iter iter = value_iterate(&list);
    while (value_next(&iter, NULL, &item)) {
      struct value name = value_field(&item, "name"),
                   length = value_field(&item, "max_length"),
                   approved = value_field(&item, "approved"),
                   only = value_field(&item, "approved_only");
      if (value_is(&name, channel))
        out = (struct limits){value_int_or(&length, 0), approved.kind != VALUE_NIL,
                              value_true(&only)};
    }
  }
  buf_deinit(&encoded);
  return out;
}

// What a provider that knows texts by number does with one that has none.
static void put_warning(struct json *json, const struct preview_asked *asked,
                        const struct preview *preview, const struct limits *limits) {
  struct buf words = {0};
  const char *text = buf_text(&preview->text);
  if (preview->approved.len || preview->missing.len || !limits->approved) return;
  if (limits->only)
    buf_printf(&words,
               "%s takes only texts that its provider approved: this one goes to "
               "nobody by it",
               asked->channel);
  else if (!strstr(text, "://"))
    buf_printf(&words,
               "%s has no approved text of this template and sends it in its "
               "general one, which cuts it; without a link to the whole it then goes by "
               "the next channel",
               asked->channel);
  if (!words.len) return;
  buf_printf(&words, ". Give the template approved = { %s = { id = …, params = … } }",
             asked->channel);
  json_key(json, "warning");
  json_text(json, words.data);
  buf_deinit(&words);
}

static void put_size(struct json *json, const struct buf *text) {
  struct sms_size size = sms_size_of(buf_text(text), text->len);
  json_key(json, "sms");
  json_open(json, '{');
  json_key(json, "alphabet");
  json_text(json, size.gsm ? "GSM-7" : "UCS-2");
  json_number(json, "units", size.units);
  json_number(json, "parts", size.parts);
  json_number(json, "units_a_part", size.each);
  json_close(json, '}');
}

static void put_brand(struct json *json, struct call *call, const char *department,
                      const char *program) {
  static const char *const keys[] = {"color", "name", "slogan"};
  struct value brand = catalog_find(call->care->catalog, department, "program", program);
  json_key(json, "brand");
  if (brand.kind == VALUE_NIL) {
    json_null(json);
    return;
  }
  json_open(json, '{');
  for (int i = 0; i < 3; i++) {
    struct value shown = value_field(&brand, keys[i]);
    json_key(json, keys[i]);
    json_value(json, &shown);
  }
  json_close(json, '}');
}

static void put_text(struct json *json, const char *key, const char *text) {
  json_key(json, key);
  if (text && *text)
    json_text(json, text);
  else
    json_null(json);
}

static void put_preview(struct call *call, const struct preview_asked *asked,
                        const struct preview *preview, struct buf *out) {
  struct json json = {.out = out};
  struct value approved = {.kind = VALUE_NIL};
  struct limits limits = limits_of(call, asked->channel);
  if (preview->approved.len)
    value_read(preview->approved.data, preview->approved.len, &approved);
  json_open(&json, '{');
  put_text(&json, "template", asked->name);
  put_text(&json, "department", asked->department);
  put_text(&json, "channel", asked->channel);
  put_text(&json, "language", preview->english ? "en" : "zh");
  put_text(&json, "text", preview->missing.len ? NULL : buf_text(&preview->text));
  put_text(&json, "missing", buf_text(&preview->missing));
  json_key(&json, "discreet");
  json_bool(&json, preview->veiled);
  put_size(&json, &preview->text);
  if (limits.longest) json_number(&json, "max_length", limits.longest);
  put_warning(&json, asked, preview, &limits);
  json_key(&json, "approved");
  json_value(&json, &approved);
  put_brand(&json, call, asked->department, preview->program);
  json_close(&json, '}');
}

// What stands in it of a patient is kept: who looked.
static void answer(struct call *call, const struct preview_asked *asked,
                   const struct buf *out) {
  struct buf objects = {0}, object = {0};
  if (!asked->patient) {
    call_send(call, 200, out, NULL);
    return;
  }
  size_t begun = value_begin_list(&objects);
  buf_printf(&object, "patient:%lld", (long long)asked->patient);
  value_put_text(&objects, object.data);
  value_end(&objects, begun, 1);
  desk_audited(call, "template.preview", &objects, asked->name, out);
  buf_deinit(&objects);
  buf_deinit(&object);
}

static bool read_asked(struct call *call, struct preview_asked *asked) {
  bool bad = false;
  *asked = (struct preview_asked){.name = call->segments[1]};
  asked->department = known_department_filter(call, &bad);
  asked->channel = call_filter(call, "channel", &bad);
  asked->program = call_filter(call, "program", &bad);
  asked->language = call_filter_word(call, "lang", "zh en", &bad);
  asked->patient = call_filter_id(call, "patient", 'p', &bad);
  if (bad) return false;
  if (asked->channel &&
      !call->care->channels.known(call->care->channels.self, asked->channel)) {
    call_problem(call, 404, "no channel is called %s: afterward channels lists them",
                 asked->channel);
    return false;
  }
  if (!asked->patient || access_patient(call, asked->patient)) return true;
  call_problem(call, 404, "there is no such patient among those you see");
  return false;
}

void read_template_preview(struct call *call) {
  struct preview_asked asked;
  struct preview preview;
  struct buf fields = {0}, out = {0};
  struct status status = {0};
  if (!read_asked(call, &asked)) return;
  char *department = find_department(call, asked.name, asked.department);
  if (!department) return;
  asked.department = department;
  read_fields(call, &fields);
  value_read(fields.data, fields.len, &asked.fields);
  if (message_preview(call->care, &asked, &preview, &status) == OK) {
    put_preview(call, &asked, &preview, &out);
    answer(call, &asked, &out);
  } else {
    call_problem(call, 404, "%s", status.text);
  }
  message_preview_deinit(&preview);
  buf_deinit(&out);
  buf_deinit(&fields);
  mem_free(department);
}
