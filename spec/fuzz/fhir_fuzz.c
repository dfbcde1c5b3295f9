// A resource from outside, all the way: into the inbox, as events into a hospital in
// memory, and shown again. Whatever comes, the sender is told something, and what is
// shown is JSON.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "api/api.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/enrollment.h"
#include "care/mapping.h"
#include "care/measure.h"
#include "care/message.h"
#include "care/patient.h"
#include "care/task.h"
#include "fhir/hook.h"
#include "fhir/outcome.h"
#include "fhir/period.h"
#include "fhir/resource.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct hospital {
  struct store *store;
  struct kernel *kernel;
  struct clock clock;
  struct zones zones;
  struct site site;
  struct measures *measures;
  struct care care;
  struct api api;
  struct fhir fhir;
  struct loop *loop;
  bool told;
};

static const struct caller anybody = {.scopes = SCOPE_READ | SCOPE_CONTACTS};

static void site_open(struct site *site) {
  static const char settings[] =
      "{\"fhir\":{\"hooks\":\"http://127.0.0.1/\",\"mrn\":\"urn:m\"},\"tokens\":[]}";
  struct status status = {0};
  int code = value_from_json(&site->settings, settings, sizeof settings - 1, &status);
  assert(!code);
  site->zone = "Asia/Shanghai";
  site->hospital = site->phone = site->festivals = "";
  site->base_url = "http://127.0.0.1";
  site->quiet_hours = "21:00-08:00";
  site->contact = (struct window){1, {{9 * 60, 20 * 60}}};
  site->via = "sms";
  site->overdue_role = "nurse";
}

static void open_parts(struct hospital *self, struct status *status) {
  clock_init_set(&self->clock, INT64_C(1772420400000));
  zones_init(&self->zones, NULL);
  site_open(&self->site);
  self->loop = loop_new();
  if (store_open(&self->store, ":memory:", status) ||
      kernel_new(&self->kernel, self->store, &self->clock, status) ||
      measures_read(&self->measures, NULL, status))
    return;
  self->care = (struct care){.kernel = self->kernel,
                             .store = self->store,
                             .catalog = catalog_new(),
                             .site = &self->site,
                             .measures = self->measures,
                             .zones = &self->zones};
  event_handlers(&self->care);
  enrollment_handlers(&self->care);
  message_handlers(&self->care);
  task_handlers(&self->care);
}

static void hospital_open(struct hospital *self) {
  struct status status = {0};
  open_parts(self, &status);
  if (!status.code) api_init(&self->api, &self->care, &status);
  if (!status.code)
    fhir_open(&self->fhir, &self->api, &(struct fhir_parts){.loop = self->loop}, &status);
  assert(!status.code);
}

// One for all inputs; each finds it empty.
static struct hospital *hospital(void) {
  static struct hospital self;
  struct status status = {0};
  if (!self.store) {
    log_set_level(LOG_LEVEL_ERROR);
    hospital_open(&self);
  }
  store_empty(self.store, &status);
  fhir_hooks_watch(self.fhir.hooks);
  return &self;
}

static void show(struct hospital *self, const struct fhir_type *type, const char *id) {
  struct buf out = {0}, bytes = {0};
  struct status status = {0};
  struct json json = {.out = &out};
  if (fhir_resource_find(&self->fhir, type, id, &anybody, &json, NULL))
    assert(!value_from_json(&bytes, out.data, out.len, &status));
  buf_deinit(&out);
  buf_deinit(&bytes);
}

static void on_told(void *ctx, int64_t row, const struct value *result) {
  struct hospital *self = ctx;
  struct value status = value_field(result, "status"),
               detail = value_field(result, "detail");
  struct buf out = {0};
  (void)row;
  self->told = true;
  assert(value_int_or(&status, 0) >= 200);
  char *text = value_copy_text(&detail);
  if (text) fhir_outcome_body((int)status.integer, text, &out);
  mem_free(text);
  buf_deinit(&out);
}

static void put_entry(const struct value *resource, const struct fhir_type *type,
                      const char *id, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "full_url", "urn:uuid:1");
  mapping_text(&map, "id", id);
  mapping_value(&map, "resource", resource);
  mapping_text(&map, "type", type->name);
  mapping_end(&map);
}

static void send(struct hospital *self, const char *as, const struct value *resource,
                 const struct fhir_type *type, const char *id) {
  struct buf body = {0};
  struct status status = {0};
  struct value view;
  struct mapping map = mapping_begin(&body);
  mapping_key(&map, "entries");
  size_t list = value_begin_list(&body);
  put_entry(resource, type, id, &body);
  value_end(&body, list, 1);
  mapping_end(&map);
  if (value_read(body.data, body.len, &view)) {
    self->told = false;
    kernel_submit(self->kernel, "his", as, "fhir", &view, INBOX_APPLIED, on_told, self);
    for (int i = 0; i < 20 && kernel_step(self->kernel, &status); i++) continue;
    assert(self->told);
  }
  buf_deinit(&body);
}

// Created, shown, and sent again as an update of what it became.
static void try_resource(struct hospital *self, const struct value *resource) {
  struct value name = value_field(resource, "resourceType");
  const struct fhir_type *type =
      name.kind == VALUE_TEXT ? fhir_type_find(name.text.data, name.text.len) : NULL;
  char id[FHIR_ID];
  if (!type || !type->take) return;
  send(self, "new", resource, type, NULL);
  public_id_format(self->api.keys.public_id, type->kind, 1, id);
  show(self, type, id);
  if (type->may & FHIR_UPDATE) send(self, "again", resource, type, id);
  public_id_format(self->api.keys.public_id, 'p', 1, id);
  show(self, &fhir_patient, id);
}

// A patient that others can name by number, and by the address "Patient/1" of no one.
static void admit(struct hospital *self) {
  static const char patient[] =
      "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:m\",\"value\":"
      "\"M1\"}"
      "],\"name\":[{\"text\":\"a\"}]}";
  struct buf bytes = {0};
  struct status status = {0};
  struct value view;
  int code = value_from_json(&bytes, patient, sizeof patient - 1, &status);
  assert(!code && value_read(bytes.data, bytes.len, &view));
  send(self, "first", &view, &fhir_patient, NULL);
  buf_deinit(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct buf bytes = {0};
  struct status status = {0};
  struct value resource;
  struct fhir_period period = {0};
  char text[64] = "";
  memcpy(text, data, size < sizeof text ? size : sizeof text - 1);
  struct hospital *self = hospital();
  fhir_period_read(&period, text, care_site_zone(&self->care));
  if (!value_from_json(&bytes, (const char *)data, size, &status) &&
      value_read(bytes.data, bytes.len, &resource) && resource.kind == VALUE_MAP) {
    admit(self);
    try_resource(self, &resource);
  }
  buf_deinit(&bytes);
  return 0;
}
