#include "care/event_shape.h"

#include <string.h>

#include "care/prefer.h"

static const char *const sexes[] = {"female", "male", "other", NULL};
static const char *const languages[] = {"zh", "en", NULL};
static const char *const disclosures[] = {"self", "family", "undecided", NULL};
static const char *const relations[] = {"spouse",  "child", "parent",
                                        "sibling", "other", NULL};
static const char *const leavings[] = {"order", "transfer", "community", "against-advice",
                                       "death", "other",    NULL};
static const char *const statuses[] = {"booked",  "changed", "cancelled", "no-show",
                                       "delayed", "done",    NULL};
static const char *const actors[] = {"patient", "hospital", NULL};
static const char *const delivery_statuses[] = {"ready",     "sent",     "late",
                                                "collected", "returned", NULL};

static const struct event_field contact_fields[] = {
    {"email", FIELD_EMAIL},
    {"name", FIELD_TEXT, .most = 100},
    {"phone", FIELD_PHONE},
    {"phones", FIELD_PHONES, .most = 5},
    {"prefers", FIELD_WORDS, .most = PREFER_MOST, .words = prefer_channels},
    {"proxy", FIELD_FLAG},
    {"relation", FIELD_WORD, .words = relations},
    {NULL}};
static const struct event_shape contact_shape = {"a contact", contact_fields};

static const struct event_field patient_fields[] = {
    {"address", FIELD_TEXT, .most = 400},
    {"birth", FIELD_DATE, .hint = "1958-03-02"},
    {"contacts", FIELD_LIST, .most = 8, .shape = &contact_shape},
    {"dialect", FIELD_TEXT, .most = 60},
    {"disclosure", FIELD_WORD, .words = disclosures},
    {"email", FIELD_EMAIL},
    {"language", FIELD_WORD, .words = languages},
    {"mrn", FIELD_TEXT, .needed = true, .most = 64, .hint = "Z0012345"},
    {"name", FIELD_TEXT, .most = 100},
    {"no_phone", FIELD_FLAG},
    {"phone", FIELD_PHONE},
    {"phones", FIELD_PHONES, .most = 5},
    {"prefers", FIELD_WORDS, .most = PREFER_MOST, .words = prefer_channels},
    {"sex", FIELD_WORD, .words = sexes},
    {NULL}};
static const struct event_shape patient_shape = {"a patient", patient_fields};

static const struct event_field person_fields[] = {
    {"mrn", FIELD_TEXT, .needed = true, .most = 64, .hint = "Z0012345"}, {NULL}};
static const struct event_shape person_shape = {"a person", person_fields};

static const struct event_field was_fields[] = {
    {"code", FIELD_TEXT, .most = 40}, {"name", FIELD_TEXT, .most = 200}, {NULL}};
static const struct event_shape was_shape = {"what it was", was_fields};

static const struct event_field coded_fields[] = {{"at", FIELD_TIME},
                                                  {"code", FIELD_TEXT, .most = 40},
                                                  {"name", FIELD_TEXT, .most = 200},
                                                  {"was", FIELD_MAP, .shape = &was_shape},
                                                  {"withdrawn", FIELD_FLAG},
                                                  {NULL}};
static const struct event_shape coded_shape = {"a coded item", coded_fields};

static const char *const reading_states[] = {"final",   "preliminary",   "corrected",
                                             "deleted", "wrong-patient", NULL};
static const char *const reading_flags[] = {"H", "HH", "L", "LL", "A", "AA", "N", NULL};
static const struct event_field observation_fields[] = {
    {"at", FIELD_TIME},
    {"belongs", FIELD_TEXT, .most = 64, .hint = "Z0012345"},
    {"code", FIELD_TEXT, .needed = true, .most = 40, .hint = "temperature"},
    {"device", FIELD_TEXT, .most = 64},
    {"flag", FIELD_WORD, .words = reading_flags},
    {"high", FIELD_NUMBER},
    {"low", FIELD_NUMBER},
    {"reading", FIELD_TEXT, .most = 128, .hint = "LIS-20260302-17/GLU"},
    {"status", FIELD_WORD, .words = reading_states},
    {"text", FIELD_LONG, .most = 2000},
    {"unit", FIELD_TEXT, .most = 20},
    {"value", FIELD_NUMBER},
    {NULL}};
static const struct event_shape observation_shape = {"an observation",
                                                     observation_fields};

static const struct event_field alternative_fields[] = {
    {"at", FIELD_TIME, .needed = true, .hint = "2026-03-09T08:30:00+08:00"},
    {"doctor", FIELD_TEXT, .most = 60},
    {"id", FIELD_TEXT, .needed = true, .most = 100, .hint = "A-801"},
    {NULL}};
static const struct event_shape alternative_shape = {"an alternative",
                                                     alternative_fields};

static const struct event_field appointment_fields[] = {
    {"alternatives", FIELD_LIST, .most = 8, .shape = &alternative_shape},
    {"at", FIELD_TIME},
    {"by", FIELD_WORD, .words = actors},
    {"department", FIELD_TEXT, .most = 64},
    {"id", FIELD_TEXT, .needed = true, .most = 100, .hint = "A-778"},
    {"minutes", FIELD_COUNT, .most = 1440},
    {"status", FIELD_WORD, .needed = true, .words = statuses},
    {NULL}};
static const struct event_shape appointment_shape = {"an appointment",
                                                     appointment_fields};

static const char *const ways[] = {"web",   "qr",     "hotline", "counter", "letter",
                                   "sms",   "wechat", "review",  "survey",  "external",
                                   "robot", "reply",  NULL};
static const struct event_field sender_fields[] = {
    {"name", FIELD_TEXT, .most = 100},   {"phone", FIELD_PHONE},
    {"phones", FIELD_PHONES, .most = 5}, {"relation", FIELD_WORD, .words = relations},
    {"wechat", FIELD_TEXT, .most = 100}, {NULL}};
static const struct event_shape sender_shape = {"a sender", sender_fields};

static const struct event_field feedback_fields[] = {
    {"anonymous", FIELD_FLAG},
    {"channel", FIELD_WORD, .needed = true, .words = ways},
    {"concerns", FIELD_TEXT, .most = 64},
    {"faq", FIELD_TEXT, .most = 500},
    {"nature", FIELD_TEXT, .most = 40},
    {"order", FIELD_TEXT, .most = 64, .hint = "12345-20260302-1"},
    {"receiver", FIELD_TEXT, .most = 64},
    {"score", FIELD_COUNT, .most = 100},
    {"sender", FIELD_MAP, .shape = &sender_shape},
    {"stage", FIELD_TEXT, .most = 40},
    {"stars", FIELD_COUNT, .most = 5},
    {"text", FIELD_LONG, .most = 8000},
    {"topic", FIELD_TEXT, .most = 40},
    {"type", FIELD_TEXT, .most = 40},
    {"urgency", FIELD_TEXT, .most = 40},
    {"ward", FIELD_TEXT, .most = 100},
    {NULL}};
static const struct event_shape feedback_shape = {"an item", feedback_fields};

static const struct event_field delivery_fields[] = {
    {"id", FIELD_TEXT, .needed = true, .most = 100, .hint = "D-31"},
    {"place", FIELD_TEXT, .most = 100},
    {"status", FIELD_WORD, .needed = true, .words = delivery_statuses},
    {NULL}};
static const struct event_shape delivery_shape = {"a delivery", delivery_fields};

static const struct event_field merge_fields[] = {
    {"from_mrn", FIELD_TEXT, .needed = true, .most = 64, .hint = "Z0099999"},
    {"into_mrn", FIELD_TEXT, .needed = true, .most = 64, .hint = "Z0012345"},
    {NULL}};
static const struct event_shape merge_shape = {"a merge", merge_fields};

static const struct event_field move_fields[] = {
    {"from_mrn", FIELD_TEXT, .needed = true, .most = 64, .hint = "Z0099999"},
    {"from_visit", FIELD_TEXT, .most = 100, .hint = "ZY0012345-2"},
    {NULL}};
static const struct event_shape move_shape = {"a move", move_fields};

const char *const event_kinds[] = {"admission",
                                   "appointment",
                                   "birth-loss",
                                   "contact",
                                   "cancel-admission",
                                   "cancel-discharge",
                                   "death",
                                   "delivery",
                                   "diagnosis",
                                   "discharge",
                                   "drug",
                                   "feedback",
                                   "merge",
                                   "move-visit",
                                   "observation",
                                   "patient",
                                   "procedure",
                                   "transfer",
                                   "unmerge",
                                   NULL};

static const struct event_field event_fields[] = {
    {"appointment", FIELD_MAP, .shape = &appointment_shape},
    {"at", FIELD_TIME, .needed = true, .hint = "2026-03-02T15:00:00+08:00"},
    {"child", FIELD_MAP, .shape = &person_shape},
    {"data", FIELD_DATA, .most = 32},
    {"delivery", FIELD_MAP, .shape = &delivery_shape},
    {"department", FIELD_TEXT, .most = 64},
    {"diagnoses", FIELD_CODES, .most = 50, .shape = &coded_shape},
    {"doctor", FIELD_TEXT, .most = 100},
    {"drugs", FIELD_CODES, .most = 100, .shape = &coded_shape},
    {"id", FIELD_TEXT, .needed = true, .most = 200, .hint = "HIS-20260302-17"},
    {"item", FIELD_MAP, .shape = &feedback_shape},
    {"kind", FIELD_WORD, .needed = true, .words = event_kinds},
    {"leaving", FIELD_WORD, .words = leavings},
    {"admitted", FIELD_TIME},
    {"merge", FIELD_MAP, .shape = &merge_shape},
    {"move", FIELD_MAP, .shape = &move_shape},
    {"mother", FIELD_MAP, .shape = &person_shape},
    {"nurse", FIELD_TEXT, .most = 100},
    {"observation", FIELD_MAP, .shape = &observation_shape},
    {"patient", FIELD_MAP, .shape = &patient_shape},
    {"planned", FIELD_FLAG},
    {"procedures", FIELD_CODES, .most = 50, .shape = &coded_shape},
    {"return_planned", FIELD_FLAG},
    {"source", FIELD_TEXT, .most = 64},
    {"stays", FIELD_COUNT, .most = 999},
    {"visit", FIELD_TEXT, .most = 100},
    {"ward", FIELD_TEXT, .most = 100},
    {NULL}};
const struct event_shape event_shape = {"an event", event_fields};

const char *const *event_needs(const char *kind) {
  static const struct {
    const char *kind;
    const char *needs[4];
  } table[] = {{"procedure", {"patient", "procedures"}},
               {"diagnosis", {"patient", "diagnoses"}},
               {"drug", {"patient", "drugs"}},
               {"observation", {"patient", "observation"}},
               {"appointment", {"patient", "appointment"}},
               {"delivery", {"patient", "delivery"}},
               {"merge", {"merge"}},
               {"unmerge", {"merge"}},
               {"move-visit", {"patient", "visit", "move"}},
               {"feedback", {"item"}}};
  static const char *const patient[] = {"patient", NULL};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(table[i].kind, kind) == 0) return table[i].needs;
  for (const char *const *known = event_kinds; *known; known++)
    if (strcmp(*known, kind) == 0) return patient;
  return NULL;
}
