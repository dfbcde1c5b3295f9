// What was booked, changed, called off and kept; what lies ready to be collected.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/event_apply.h"
#include "care/mapping.h"
#include "care/message_day.h"

static const int64_t ahead_ms = INT64_C(5) * 366 * CIVIL_DAY_MS;

struct booking {
  char *id, *status, *department;  // department may be NULL
  int64_t at;                      // 0: not said
};

struct day_clock {  // a moment as people read it
  char day[DAY_SIZE], clock[8];
};

static struct day_clock day_clock(struct event_in *event, int64_t at) {
  const struct zone *zone = care_site_zone(event->care);
  struct civil civil = zone_civil(zone, at);
  struct day_clock out;
  day_text(zone, at, out.day);
  snprintf(out.clock, sizeof out.clock, "%02u:%02u", (unsigned)civil.hour % 24,
           (unsigned)civil.minute % 60);
  return out;
}

static bool is_delay(const struct booking *booking) {
  return !strcmp(booking->status, "delayed");
}

// "changed" says a booking's new time; it stays booked, and so does one that begins late.
static const char *booking_status(const struct booking *booking) {
  return is_delay(booking) || !strcmp(booking->status, "changed") ? "booked"
                                                                  : booking->status;
}

// How late it runs isn't kept: each such event is news.
static bool booking_changed(struct event_in *event, const struct booking *booking) {
  return is_delay(booking) ||
         !store_int(event->care->store, 0,
                    "SELECT 1 FROM appointment WHERE source_id=?1 AND source=?2 AND "
                    "status=?3 AND (?4=0 OR at=?4) AND patient=?5 AND (?6 IS NULL OR "
                    "department=?6)",
                    "tttiit", booking->id, event->row->source, booking_status(booking),
                    booking->at, event->patient, booking->department);
}

static void booking_keep(struct event_in *event, const struct booking *booking) {
  store_exec(event->care->store,
             "INSERT INTO appointment (patient, source, source_id, department, at, "
             "status, changed_at, kept_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?9) ON CONFLICT "
             "(source_id, "
             "source) DO UPDATE SET patient=?1, department=coalesce(?4,department), "
             "at=coalesce(?5,at), status=CASE WHEN ?8 THEN status ELSE ?6 END, "
             "changed_at=?7, kept_at=?9",
             "itttItiii", event->patient, event->row->source, booking->id,
             booking->department, booking->at, booking_status(booking), event->at,
             (int64_t)is_delay(booking), kernel_now(event->care->kernel));
}

static void merge_moment(struct event_in *event, struct merge *merge, int64_t at) {
  if (!at) return;
  struct day_clock when = day_clock(event, at);
  merge_int(merge, "when", at);
  merge_text(merge, "date", when.day);
  merge_text(merge, "time", when.clock);
}

// A cancellation often names the booking only: its department and time are those kept.
static void merge_booked(struct event_in *event, const struct booking *booking,
                         struct merge *merge) {
  struct stmt *row = store_query(
      event->care->store,
      "SELECT department, at FROM appointment WHERE source_id=?1 AND source=?2", "tt",
      booking->id, event->row->source);
  if (stmt_row(row)) {
    merge_text(merge, "department", stmt_text(row, 0));
    merge_moment(event, merge, stmt_int(row, 1));
  }
  stmt_done(row);
}

static int put_alternative(struct event_in *event, const struct value *item,
                           struct buf *out) {
  struct value id = value_field(item, "id"), doctor = value_field(item, "doctor");
  int64_t at;
  if (event_time(event, item, "at", ahead_ms, &at))
    return status_prefix(event->status, "in \"appointment.alternatives\"");
  struct day_clock when = day_clock(event, at);
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "date", when.day);
  mapping_value(&map, "doctor", &doctor);
  mapping_value(&map, "id", &id);
  mapping_text(&map, "time", when.clock);
  mapping_int(&map, "when", at);
  mapping_end(&map);
  return OK;
}

static int put_alternatives(struct event_in *event, const struct value *booked,
                            struct buf *out) {
  struct value all = value_field(booked, "alternatives"), item;
  struct value_iter iter = value_iterate(&all);
  if (!value_count(&all)) return OK;
  size_t list = value_begin_list(out);
  while (value_next(&iter, NULL, &item))
    if (put_alternative(event, &item, out)) return event->status->code;
  value_end(out, list, value_count(&all));
  return OK;
}

// event_check let no other word in.
static const char *told_as(const char *status) {
  static const char *const words[][2] = {{"booked", "appointment"},
                                         {"changed", "appointment"},
                                         {"cancelled", "appointment-cancelled"},
                                         {"no-show", "no-show"},
                                         {"delayed", "appointment-delayed"},
                                         {"done", "appointment-done"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(words[i][0], status)) return words[i][1];
  return NULL;
}

static void booking_tell(struct event_in *event, const struct booking *booking,
                         const struct value *booked, const struct buf *alternatives) {
  struct value by = value_field(booked, "by"), minutes = value_field(booked, "minutes");
  struct merge merge = {0};
  merge_text(&merge, "appointment", booking->id);
  merge_value(&merge, "by", &by);
  merge_value(&merge, "minutes", &minutes);
  if (alternatives->len) merge_encoded(&merge, "alternatives", alternatives);
  merge_booked(event, booking, &merge);
  event_tell(event, told_as(booking->status), &merge);
}

int event_appointment(struct event_in *event) {
  struct value booked = value_field(&event->body, "appointment"),
               id = value_field(&booked, "id"), status = value_field(&booked, "status"),
               department = value_field(&booked, "department");
  struct booking booking = {value_copy_text(&id), value_copy_text(&status),
                            value_copy_text(&department), 0};
  struct buf alternatives = {0};
  int failed = event_time(event, &booked, "at", ahead_ms, &booking.at);
  if (!failed) failed = put_alternatives(event, &booked, &alternatives);
  if (!failed && booking_changed(event, &booking)) {
    event_open_access(event, booking.department);
    booking_keep(event, &booking);
    booking_tell(event, &booking, &booked, &alternatives);
  }
  buf_deinit(&alternatives);
  mem_free(booking.id);
  mem_free(booking.status);
  mem_free(booking.department);
  return failed;
}

int event_delivery(struct event_in *event) {
  struct value delivery = value_field(&event->body, "delivery"),
               id = value_field(&delivery, "id"),
               status = value_field(&delivery, "status"),
               place = value_field(&delivery, "place");
  struct merge merge = {0};
  merge_value(&merge, "delivery", &id);
  merge_value(&merge, "place", &place);
  merge_value(&merge, "status", &status);
  event_open_access(event, event->department);
  event_tell(event, "delivery", &merge);
  return OK;
}
