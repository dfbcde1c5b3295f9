#include "care/event_apply.h"

#include <string.h>

#include "base/iso.h"
#include "base/mem.h"
#include "care/case.h"
#include "care/enrollment.h"
#include "care/mapping.h"
#include "care/patient.h"

enum { AHEAD_MS = CIVIL_DAY_MS };  // clocks differ, and lists name tonight's discharges

int event_time(struct event_in *event, const struct value *map, const char *name,
               int64_t ahead_ms, int64_t *out) {
  struct value field = value_field(map, name);
  *out = value_int_or(&field, 0);
  if (field.kind == VALUE_TEXT) {
    char *text = value_copy_text(&field);
    int code = iso_parse(text, care_site_zone(event->care), out, event->status);
    mem_free(text);
    if (code) return status_prefix(event->status, "field \"%s\"", name);
  }
  if (*out <= kernel_now(event->care->kernel) + ahead_ms) return OK;
  return status_fail(event->status, ERR_INVALID,
                     "field \"%s\" lies in the future; check the date", name);
}

int64_t event_tell(struct event_in *event, const char *kind, struct merge *extra) {
  struct merge none = {0}, *merge = extra ? extra : &none;
  struct buf body = {0};
  struct value view, data = value_field(&event->body, "data"), key, item;
  struct value_iter iter = value_iterate(&data);
  while (value_next(&iter, &key, &item)) {
    char name[48] = "";
    memcpy(name, key.text.data, key.text.len < 47 ? key.text.len : 47);
    merge_value(merge, name, &item);
  }
  merge_text(merge, "department", event->department);
  merge_text(merge, "ward", event->ward);
  merge_text(merge, "leaving", event->leaving);
  merge_end(merge, &body);
  value_read(body.data, body.len, &view);
  int64_t id = event_record(event->care, event->patient, kind, event->at,
                            event->encounter, event->row->id, &view);
  buf_deinit(&body);
  return id;
}

static int event_open(struct event_in *event) {
  event->kind = value_copy_field(&event->body, "kind");
  event->visit = value_copy_field(&event->body, "visit");
  event->department = value_copy_field(&event->body, "department");
  event->ward = value_copy_field(&event->body, "ward");
  event->doctor = value_copy_field(&event->body, "doctor");
  event->nurse = value_copy_field(&event->body, "nurse");
  event->leaving = value_copy_field(&event->body, "leaving");
  if (!event->kind)
    return status_fail(event->status, ERR_INVALID, "field \"kind\": is missing");
  if (event_time(event, &event->body, "at", AHEAD_MS, &event->at)) return ERR_INVALID;
  return event_time(event, &event->body, "admitted", AHEAD_MS, &event->admitted);
}

static void event_close(struct event_in *event) {
  char *owned[] = {event->kind,   event->visit, event->department, event->ward,
                   event->doctor, event->nurse, event->leaving};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) mem_free(owned[i]);
}

static int just_patient(struct event_in *event) {
  (void)event;
  return OK;
}

struct applier {
  const char *kind;
  int (*fn)(struct event_in *event);
  bool correct, replace;  // see patient_put
};

static const struct applier *applier_of(const char *kind) {
  static const struct applier table[] = {{"discharge", event_discharge},
                                         {"admission", event_admission},
                                         {"transfer", event_transfer},
                                         {"procedure", event_clinical},
                                         {"diagnosis", event_clinical},
                                         {"drug", event_clinical},
                                         {"observation", event_observation},
                                         {"appointment", event_appointment},
                                         {"delivery", event_delivery},
                                         {"feedback", event_feedback},
                                         {"patient", just_patient, .correct = true},
                                         {"contact", event_contact, .replace = true},
                                         {"death", event_death},
                                         {"birth-loss", event_birth_loss},
                                         {"merge", event_merge},
                                         {"unmerge", event_unmerge},
                                         {"move-visit", event_move_visit},
                                         {"cancel-admission", event_cancel_admission},
                                         {"cancel-discharge", event_cancel_discharge}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (!strcmp(table[i].kind, kind)) return &table[i];
  return NULL;
}

static int put_patient(struct event_in *event, const struct applier *applier) {
  struct value patient = value_field(&event->body, "patient");
  struct patient_in in;
  if (patient.kind == VALUE_NIL) return OK;
  int code = patient_put(event->care, &patient, applier->correct, applier->replace, &in,
                         event->status);
  event->patient = in.id;
  event->newcomer = in.newcomer;
  event->flag = in.flag;
  return code;
}

static void put_stays(struct event_in *event) {
  struct value stays = value_field(&event->body, "stays");
  if (stays.kind == VALUE_INT)
    store_exec(event->care->store,
               "UPDATE patient SET stays=max(coalesce(stays,0),?2) WHERE id=?1", "ii",
               event->patient, stays.integer);
}

static void tell_sender(struct event_in *event) {
  struct mapping map = mapping_begin(&event->row->result);
  mapping_text(&map, "flag", event->flag);
  mapping_text(&map, "number", event->number[0] ? event->number : NULL);
  mapping_int(&map, "patient", event->patient);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

int event_do(struct care *care, struct inbox_row *row, const struct value *body,
             struct event_done *done, struct status *status) {
  struct event_in event = {.care = care, .row = row, .body = *body, .status = status};
  int code = event_open(&event);
  const struct applier *applier = code ? NULL : applier_of(event.kind);
  if (!code && !applier)
    code = status_fail(status, ERR_INVALID,
                       "field \"kind\": this version knows no events of kind %.40s",
                       event.kind);
  if (!code) code = put_patient(&event, applier);
  if (!code && event.patient) put_stays(&event);
  if (!code) code = applier->fn(&event);
  *done = (struct event_done){event.patient, event.encounter, event.about};
  if (!code) {
    buf_clear(&row->result);
    tell_sender(&event);
  }
  event_close(&event);
  return code;
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct event_done done;
  return event_do(self, row, &row->body, &done, status);
}

void event_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "event", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
  contact_handlers(care);
}
