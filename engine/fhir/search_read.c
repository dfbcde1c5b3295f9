// The parameters of a search.
#include <stdlib.h>
#include <string.h>

#include "fhir/search_parts.h"
#include "fhir/token.h"

enum { USUAL = 50, MOST = 200, SKIPPED = 100000 };

static void fail(struct search *search, const char *name, const char *what) {
  status_fail(search->why, ERR_INVALID, "%.40s: %s", name, what);
}

static bool read_number(const char *text, int64_t *out) {
  bool number = *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 6;
  *out = number ? strtol(text, NULL, 10) : 0;
  return number;
}

// None wanted: FHIR has it mean how many there are.
static void read_count(struct search *search, const char *name, const char *text) {
  if (!read_number(text, &search->count))
    fail(search, name, "must be a number; at most 200 come at once");
  if (search->count > MOST) search->count = MOST;
  if (!search->count) search->just_count = true;
}

static void read_summary(struct search *search, const char *name, const char *text) {
  if (!strcmp(text, "count"))
    search->just_count = true;
  else if (strcmp(text, "false") != 0 && !search->lenient)
    fail(search, name, "only count and false are known");
}

static void read_skip(struct search *search, const char *name, const char *text) {
  if (!read_number(text, &search->skip) || search->skip > SKIPPED)
    fail(search, name, "take the link of the page before as it is");
}

static void read_sort(struct search *search, const char *name, const char *text) {
  const char *dated = search->type->dated_at ? search->type->dated : NULL;
  search->newest_first = *text == '-';
  text += search->newest_first;
  if (!strcmp(text, "_lastUpdated") && !search->type->each)
    search->order = FHIR_BY_CHANGE;
  else if (dated && (!strcmp(text, dated) || !strcmp(text, "date")))
    search->order = FHIR_BY_DATE;
  else if (!search->lenient)
    fail(search, name,
         "_lastUpdated and the type's date are sorted by, with - before it the newest "
         "first");
}

static void read_id(struct search *search, const char *name, const char *text) {
  (void)name;
  search->id = text;
  if (!search->type->each &&
      !fhir_id_parse(search->fhir, search->type, text, &search->key))
    search->nothing = true;
}

static void read_after(struct search *search, const char *name, const char *text) {
  struct fhir *fhir = search->fhir;
  search->after = public_id_parse(fhir->api->keys.public_id, search->type->kind, text);
  if (!search->after) fail(search, name, "take the link of the page before as it is");
}

static void read_patient(struct search *search, const char *name, const char *text) {
  if (!search->type->by_patient) {
    fail(search, name, "is no parameter of this type");
    return;
  }
  struct fhir *fhir = search->fhir;
  const char *id = strrchr(text, '/') ? strrchr(text, '/') + 1 : text;
  search->patient = public_id_parse(fhir->api->keys.public_id, 'p', id);
  if (!search->patient) search->nothing = true;
}

static void read_identifier(struct search *search, const char *name, const char *text) {
  if (!search->type->identifies) {
    fail(search, name, "is no parameter of this type");
  } else if (fhir_token_read(search->fhir, search->type->identifies, text,
                             &search->identifier_text)) {
    search->identifier = buf_text(&search->identifier_text);
  } else {
    search->nothing = true;
  }
}

static void read_status(struct search *search, const char *name, const char *text) {
  if (!search->type->statuses)
    fail(search, name, "is no parameter of this type");
  else if (!fhir_words_read(search->type->statuses, text, &search->statuses))
    fail(search, name, search->type->statuses);
}

static void read_date(struct search *search, const char *name, const char *text) {
  bool changed = *name == '_';
  if (changed ? search->type->each != NULL : !search->type->dated)
    fail(search, name, "is no parameter of this type");
  else if (!fhir_period_read(changed ? &search->changed : &search->date, text,
                             care_site_zone(search->fhir->care)))
    fail(search, name,
         "must be a date or time such as ge2026-03-02 or "
         "lt2026-03-02T15:00:00%2B08:00 (eq ne is not, gt lt ge le are "
         "known)");
}

static void read_nothing(struct search *search, const char *name, const char *text) {
  (void)search, (void)name, (void)text;
}

static const struct {
  const char *name;
  void (*read)(struct search *search, const char *name, const char *text);
} parameters[] = {{"_id", read_id},
                  {"_lastUpdated", read_date},
                  {"_count", read_count},
                  {"_after", read_after},
                  {"identifier", read_identifier},
                  {"patient", read_patient},
                  {"subject", read_patient},
                  {"status", read_status},
                  {"date", read_date},
                  {"_summary", read_summary},
                  {"_sort", read_sort},
                  {"_skip", read_skip},
                  {"_format", read_nothing}};
enum { PARAMETERS = sizeof parameters / sizeof *parameters };

static int find_parameter(const struct search *search, const char *name) {
  const char *dated = search->type->dated;
  if (dated && !strcmp(name, dated)) name = "date";
  for (int i = 0; i < PARAMETERS; i++)
    if (!strcmp(parameters[i].name, name)) return i;
  return -1;
}

bool search_counts(const struct search *search, const char *name) {
  return find_parameter(search, name) >= 0;
}

// One that is not known is left out only for who said so: what is found would be too
// much.
static void read_parameter(struct search *search, const struct http_field *field) {
  int at = find_parameter(search, field->name);
  if (at >= 0)
    parameters[at].read(search, field->name, field->value);
  else if (!search->lenient)
    fail(search, field->name,
         "is no parameter that this server knows; GET metadata lists them");
}

// A whole table can't be sorted on the loop.
static void check_order(struct search *search) {
  bool narrow = search->patient || search->key.row || search->identifier;
  if (search->order && !narrow && !search->nothing && !search->why->code)
    fail(search, "_sort", "needs patient, identifier or _id beside it");
}

void search_read(struct search *search) {
  const struct http_form *query = search->query;
  search->count = USUAL;
  for (size_t i = 0; i < query->count && !search->why->code; i++)
    read_parameter(search, &query->fields[i]);
  check_order(search);
  if (search->type->may & FHIR_OF_PATIENT) search->count = MOST;  // few, not paged
  if (search->why->code || search->patient || search->key.row ||
      !(search->type->may & FHIR_OF_PATIENT) || search->nothing)
    return;
  fail(search, "patient", "is needed to search this type");
}
