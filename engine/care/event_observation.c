// A reading comes, comes again, is corrected, is taken back, or was another patient's.
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "care/event_apply.h"
#include "care/measure.h"
#include "care/observation.h"
#include "care/patient.h"

struct arriving {
  struct event_in *event;
  struct value map;
  char *code, *unit, *text, *flag, *reading, *device, *status, *belongs;
  struct buf given;
  struct observation_spec spec;
};

struct earlier {  // the newest row of the same reading
  int64_t row, root;
  double value;
  bool gone, same;
};

static void arriving_open(struct arriving *arriving) {
  arriving->code = value_copy_field(&arriving->map, "code");
  arriving->unit = value_copy_field(&arriving->map, "unit");
  arriving->text = value_copy_field(&arriving->map, "text");
  arriving->flag = value_copy_field(&arriving->map, "flag");
  arriving->reading = value_copy_field(&arriving->map, "reading");
  arriving->device = value_copy_field(&arriving->map, "device");
  arriving->status = value_copy_field(&arriving->map, "status");
  arriving->belongs = value_copy_field(&arriving->map, "belongs");
}

static void arriving_close(struct arriving *arriving) {
  char *owned[] = {arriving->code,   arriving->unit,    arriving->text,
                   arriving->flag,   arriving->reading, arriving->device,
                   arriving->status, arriving->belongs};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) mem_free(owned[i]);
  buf_deinit(&arriving->given);
}

static double number_of(const struct arriving *arriving, const char *name) {
  struct value field = value_field(&arriving->map, name);
  return field.kind == VALUE_NIL ? NAN : value_real_or(&field, 0);
}

static double in_unit(const struct measured *measured, double value) {
  return measured->converted ? value * measured->factor + measured->offset : value;
}

// In the one unit of its measure. Without a number only the code's name is looked up.
static int measure(struct arriving *arriving) {
  struct care *care = arriving->event->care;
  struct observation_spec *spec = &arriving->spec;
  double value = number_of(arriving, "value");
  struct measured measured = {.code = arriving->code, .unit = arriving->unit};
  const struct measure *known = measures_find(care->measures, arriving->code, NULL);
  if (!isnan(value) && measure_read(care->measures, arriving->code, arriving->unit, value,
                                    &measured, arriving->event->status))
    return arriving->event->status->code;
  if (measured.converted)
    buf_printf(&arriving->given, "%.15g %s", value, arriving->unit ? arriving->unit : "");
  spec->code = known ? known->code : arriving->code;
  spec->unit = measured.unit;
  spec->value = isnan(value) ? NAN : measured.value;
  spec->low = in_unit(&measured, number_of(arriving, "low"));
  spec->high = in_unit(&measured, number_of(arriving, "high"));
  spec->given = arriving->given.data;
  return OK;
}

static bool same_text(const char *a, const char *b) {
  return !a || !b ? a == b : !strcmp(a, b);
}

static void read_earlier(const struct arriving *arriving, struct stmt *row,
                         struct earlier *out) {
  const struct observation_spec *spec = &arriving->spec;
  if (stmt_row(row)) {
    bool number = !stmt_null(row, 2);
    out->row = stmt_int(row, 0);
    out->root = stmt_int(row, 1);
    out->value = number ? stmt_real(row, 2) : NAN;
    out->gone = !stmt_null(row, 4);
    out->same = number ? out->value == spec->value
                       : isnan(spec->value) && same_text(stmt_text(row, 3), spec->text);
  }
  stmt_done(row);
}

// By the source's own id of the reading, else by its time, and by this value unless it is
// NAN.
static struct earlier find_earlier(const struct arriving *arriving, double value) {
  const struct observation_spec *spec = &arriving->spec;
  struct store *store = arriving->event->care->store;
  struct earlier out = {0};
  if (spec->reading)
    read_earlier(
        arriving,
        store_query(store,
                    "SELECT id, coalesce(root,id), value, text, gone FROM "
                    "observation WHERE reading=?1 AND patient=?2 AND code=?3 "
                    "AND source=?4 ORDER BY id DESC LIMIT 1",
                    "titt", spec->reading, spec->patient, spec->code, spec->source),
        &out);
  else
    read_earlier(
        arriving,
        store_query(store,
                    "SELECT id, coalesce(root,id), value, text, gone FROM "
                    "observation WHERE patient=?2 AND code=?3 AND at=?1 AND "
                    "source=?4 AND answer IS NULL AND (?5 IS NULL OR value=?5) "
                    "ORDER BY id DESC LIMIT 1",
                    "iittd", spec->at, spec->patient, spec->code, spec->source, value),
        &out);
  return out;
}

static void correct(struct arriving *arriving, const struct earlier *earlier) {
  struct care *care = arriving->event->care;
  if (!earlier->gone) observation_end(care, earlier->row, "corrected");
  arriving->spec.root = earlier->root;
  arriving->spec.corrects = earlier->value;
  observation_keep(care, &arriving->spec);
  arriving->event->about = earlier->root;
}

// What was said before is not said again; a second value of one moment without an id is
// another reading.
static int take(struct arriving *arriving) {
  bool corrects = same_text(arriving->status, "corrected");
  bool known = arriving->spec.reading || corrects;
  struct earlier earlier = find_earlier(arriving, known ? NAN : arriving->spec.value);
  bool repeated = earlier.gone ? !corrects : earlier.same;
  arriving->event->about = earlier.root;
  if (earlier.row && repeated) return OK;
  if (earlier.row && known)
    correct(arriving, &earlier);
  else
    arriving->event->about = observation_keep(arriving->event->care, &arriving->spec);
  return OK;
}

static int move(struct arriving *arriving, const struct earlier *earlier) {
  struct event_in *event = arriving->event;
  int64_t owner = patient_by_mrn(event->care, arriving->belongs);
  if (!owner)
    return status_fail(event->status, ERR_NOT_FOUND,
                       "field \"observation.belongs\": no patient has this number; send "
                       "the patient first");
  if (earlier->row) observation_move(event->care, earlier->row, owner);
  return OK;
}

// One that never came is kept as taken back, so that it doesn't count when it comes late.
static int take_back(struct arriving *arriving, const char *why) {
  struct care *care = arriving->event->care;
  struct earlier earlier = find_earlier(arriving, arriving->spec.value);
  arriving->event->about = earlier.root;
  if (earlier.gone) return OK;
  if (arriving->belongs && move(arriving, &earlier)) return arriving->event->status->code;
  if (earlier.row) {
    observation_end(care, earlier.row, why);
  } else {
    arriving->spec.gone = why;
    arriving->event->about = observation_keep(care, &arriving->spec);
  }
  return OK;
}

static int64_t stay_of(const struct event_in *event) {
  if (!event->visit || event->newcomer) return 0;
  return store_int(event->care->store, 0,
                   "SELECT id FROM encounter WHERE visit=?1 AND patient=?2 ORDER BY "
                   "source=?3 DESC, id DESC LIMIT 1",
                   "tit", event->visit, event->patient, event->row->source);
}

static int put(struct arriving *arriving) {
  struct event_in *event = arriving->event;
  struct observation_spec *spec = &arriving->spec;
  int64_t at;
  if (event_time(event, &arriving->map, "at", CIVIL_DAY_MS, &at) || measure(arriving))
    return event->status->code;
  spec->patient = event->patient;
  spec->at = at ? at : event->at;
  spec->encounter = stay_of(event);
  spec->source = event->row->source;
  spec->text = arriving->text;
  spec->flag = arriving->flag;
  spec->reading = arriving->reading;
  spec->device = arriving->device;
  event_open_access(event, event->department);
  if (same_text(arriving->status, "deleted") ||
      same_text(arriving->status, "wrong-patient"))
    return take_back(arriving, arriving->status);
  return take(arriving);
}

int event_observation(struct event_in *event) {
  struct arriving arriving = {.event = event,
                              .map = value_field(&event->body, "observation")};
  arriving_open(&arriving);
  int code = arriving.code ? put(&arriving)
                           : status_fail(event->status, ERR_INVALID,
                                         "field \"observation.code\": is missing");
  arriving_close(&arriving);
  return code;
}
