#include "care/message_preview.h"

#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "care/message_about.h"
#include "care/message_approved.h"
#include "care/message_row.h"

bool preview_word(const struct care *care, const char *name, bool english,
                  struct buf *out) {
  static const char *const words[][3] = {{"patient.name", "王小明", "Wang Xiaoming"},
                                         {"patient.title", "王先生", "Mr Wang"},
                                         {"ward.name", "一病区", "Ward 1"},
                                         {"code", "12345678", "12345678"},
                                         {"visit.date", "2026-12-31", "2026-12-31"},
                                         {"visit.time", "09:30", "09:30"},
                                         {"case.number", "0001", "0001"}};
  if (strcmp(name, "case.page") == 0) {
    buf_printf(out, "%s/feedback?case=20261231-00001&code=12345678",
               care->site->base_url);
    return true;
  }
  if (strcmp(name, "link") == 0 || strcmp(name, "case.link") == 0) {
    buf_printf(out, "%s/f/12345678", care->site->base_url);
    return true;
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(name, words[i][0]) != 0) continue;
    buf_puts(out, words[i][english ? 2 : 1]);
    return true;
  }
  return false;
}

// The only program of the department; the newest is not a guess that anybody would want.
static char *only_program(struct care *care, const char *department) {
  struct value definitions = catalog_definitions(care->catalog, department);
  struct value programs = value_field(&definitions, "program"), id, body;
  struct value_iter iter = value_iterate(&programs);
  bool one = value_count(&programs) == 1 && value_next(&iter, &id, &body);
  return one ? value_copy_text(&id) : NULL;
}

// Fields that nobody gave show their names.
static void put_fields(const struct value *definition, const struct value *given,
                       struct buf *out) {
  struct value declared = value_field(definition, "fields"), name;
  struct value_iter iter = value_iterate(&declared);
  struct merge fields = {0};
  while (value_next(&iter, NULL, &name)) {
    char *key = value_copy_text(&name);
    struct value own = value_field(given, key);
    struct buf shown = {0};
    buf_printf(&shown, "<%s>", key);
    if (own.kind == VALUE_NIL)
      merge_text(&fields, key, shown.data);
    else
      merge_value(&fields, key, &own);
    buf_deinit(&shown);
    mem_free(key);
  }
  merge_end(&fields, out);
}

static void read_language(struct words *words, const struct preview_asked *asked) {
  struct value approved =
      message_approved(&words->definition, asked->channel, words->message->kind);
  struct value english = value_field(&approved, "en");
  bool chinese_only = approved.kind != VALUE_NIL && english.kind == VALUE_NIL;
  if (asked->language && !chinese_only) words->language = asked->language;
}

static bool is_veiled(const struct words *words) {
  struct value discloses = value_field(&words->definition, "discloses");
  return value_true(&discloses) && !words->may_know;
}

static void write(struct care *care, const struct preview_asked *asked,
                  struct message *message, struct preview *out) {
  struct words words;
  const struct channels_port *port = &care->channels;
  message->linkless =
      asked->channel && port->links && !port->links(port->self, asked->channel);
  words_init(&words, care, message, asked->patient, asked->channel);
  words.made_up = !asked->patient;
  read_language(&words, asked);
  out->english = strcmp(words.language, "en") == 0;
  out->veiled = is_veiled(&words);
  if (message_text_whole(&words, &out->text, &out->missing))
    message_approved_put(&words, &out->approved, &out->missing);
}

int message_preview(struct care *care, const struct preview_asked *asked,
                    struct preview *out, struct status *status) {
  struct message message = {.patient = asked->patient,
                            .department = (char *)asked->department,
                            .name = (char *)asked->name,
                            .kind = "send",
                            .class_ = "",
                            .audience = "patient"};
  struct message_about about = {0};
  struct value definition =
      catalog_find(care->catalog, asked->department, "template", asked->name);
  *out = (struct preview){0};
  if (definition.kind == VALUE_NIL)
    return status_fail(status, ERR_NOT_FOUND, "there is no template %s in %s",
                       asked->name, asked->department);
  out->program = asked->program ? mem_copy_text(asked->program)
                                : only_program(care, asked->department);
  message.program = out->program;
  message.about = &about;
  put_fields(&definition, &asked->fields, &message.fields);
  write(care, asked, &message, out);
  buf_deinit(&message.fields);
  return OK;
}

void message_preview_deinit(struct preview *preview) {
  buf_deinit(&preview->text);
  buf_deinit(&preview->approved);
  buf_deinit(&preview->missing);
  mem_free(preview->program);
}
