#include "fhir/fhir.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/ask.h"
#include "fhir/hook.h"
#include "fhir/inbox.h"
#include "fhir/outcome.h"
#include "fhir/source.h"

// settings.fhir
static const struct setting {
  const char *key, *example;
  size_t offset;
} settings[] = {
    {"hooks", "https://engine.hospital.example/", offsetof(struct fhir, hooks_allowed)},

    {"mrn", "https://hospital.example/mrn", offsetof(struct fhir, mrn)},
    {"url", "https://afterward.hospital.example/fhir", offsetof(struct fhir, url)},
    {"visit", "https://hospital.example/visit", offsetof(struct fhir, visit)}};
enum { SETTINGS = sizeof settings / sizeof *settings };

static const struct setting *setting_of(const struct value *key) {
  for (size_t i = 0; i < SETTINGS; i++)
    if (value_is(key, settings[i].key)) return &settings[i];
  return NULL;
}

static int read_setting(struct fhir *fhir, const struct value *key,
                        const struct value *item, struct status *status) {
  const struct setting *setting = setting_of(key);
  if (value_is(key, "from")) return OK;  // fhir/source.h reads it
  if (!setting)
    return status_fail(
        status, ERR_INVALID,
        "fhir: there is no key '%.*s'; there are from, hooks, mrn, url and visit",
        (int)key->text.len, key->text.data);
  if (item->kind != VALUE_TEXT || !item->text.len)
    return status_fail(status, ERR_INVALID, "fhir.%s: must be text, such as \"%s\"",
                       setting->key, setting->example);
  char *text = value_copy_text(item);
  memcpy((char *)fhir + setting->offset, &text, sizeof text);
  return OK;
}

static int read_settings(struct fhir *fhir, const struct value *given,
                         struct status *status) {
  struct value_iter iter = value_iterate(given);
  struct value key, item;
  if (given->kind != VALUE_MAP && given->kind != VALUE_NIL)
    return status_fail(status, ERR_INVALID, "fhir: must be a table of keys");
  while (value_next(&iter, &key, &item))
    if (read_setting(fhir, &key, &item, status)) return status->code;
  return OK;
}

int fhir_open(struct fhir *fhir, struct api *api, const struct fhir_parts *parts,
              struct status *status) {
  struct value all, given;
  *fhir = (struct fhir){.api = api, .care = api->care};
  const struct buf *encoded = &api->care->site->settings;
  value_read(buf_text(encoded), encoded->len, &all);
  given = value_field(&all, "fhir");
  if (read_settings(fhir, &given, status)) return status->code;
  if (fhir->url)
    buf_puts(&fhir->base, fhir->url);
  else
    buf_printf(&fhir->base, "%s/fhir", api->care->site->base_url);
  api->mount = (struct api_mount){"/fhir", fhir, fhir_ask_read, fhir_ask_handle,
                                  fhir_outcome_body};
  fhir_handlers(fhir);
  fhir->hooks = fhir_hooks_new(fhir, parts->loop, parts->client);
  struct value from = value_field(&given, "from");
  fhir->sources = fhir_sources_new(fhir, &from, parts->loop, parts->client, status);
  return status->code;
}

void fhir_stop(struct fhir *fhir) {
  fhir_hooks_stop(fhir->hooks);
  fhir_sources_stop(fhir->sources);
}

void fhir_close(struct fhir *fhir) {
  fhir_hooks_free(fhir->hooks);
  fhir_sources_free(fhir->sources);
  buf_deinit(&fhir->base);
  for (size_t i = 0; i < SETTINGS; i++) {
    char *text;
    memcpy(&text, (char *)fhir + settings[i].offset, sizeof text);
    mem_free(text);
  }
  *fhir = (struct fhir){0};
}
