// Whom a message reaches and how: contact, consent, the first channel that is known and
// has an address.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "care/binding.h"
#include "care/case.h"
#include "care/consent.h"
#include "care/facts.h"
#include "care/line.h"
#include "care/message_about.h"
#include "care/message_gate.h"
#include "care/message_staff.h"
#include "care/prefer.h"

enum { CONTACTS = 8 };

struct candidate {
  int64_t person;
  bool opted_out, bad;  // bad: nobody was ever reached
  bool wrong_number;    // all numbers are somebody else's; another address may be right
  char wants[128];      // channels, in the order this person wants them
};

struct reach {
  struct care *care;
  struct message *message;
  struct gate *gate;
  char given[256], via[256];    // in the order given; in the one that is tried
  char came_by[CASE_WAY_SIZE];  // of a case: how its sender wrote, tried first
  bool any_address, opted_out, refused;
  bool again;  // also where it may have arrived: a safety text goes again rather than not
  bool alive;  // only by channels whose provider is there
};

static void add_via(struct reach *reach, const char *names, size_t len) {
  size_t used = strlen(reach->given);
  if (used + len + 2 > sizeof reach->given) return;
  snprintf(reach->given + used, sizeof reach->given - used, "%s%.*s", used ? "," : "",
           (int)len, names);
}

// What the call asks for; else the department's order, and the site's where that ends.
static void find_via(struct reach *reach) {
  const char *asked = reach->message->via, *site = reach->care->site->via;
  reach->came_by[0] = '\0';
  if (asked && *asked) {
    add_via(reach, asked, strlen(asked));
    return;
  }
  if (reach->message->enrollment && !message_is_page(reach->message))
    case_came_by(reach->care, reach->message->enrollment, reach->came_by);
  struct value department =
      catalog_department(reach->care->catalog, reach->message->department);
  struct value list = value_field(&department, "via"), item;
  struct value_iter iter = value_iterate(&list);
  while (value_next(&iter, NULL, &item))
    if (item.kind == VALUE_TEXT) add_via(reach, item.text.data, item.text.len);
  if (site) add_via(reach, site, strlen(site));
}

// The next channel of the list that is configured; the cursor starts at NULL.
static bool next_channel(const struct reach *reach, const char **cursor, char *out,
                         size_t size) {
  const char *at = *cursor ? *cursor : reach->via;
  const struct channels_port *port = &reach->care->channels;
  while (*at) {
    size_t len = strcspn(at, ", ");
    snprintf(out, size, "%.*s", (int)(len < size ? len : size - 1), at);
    at += len;
    at += strspn(at, ", ");
    *cursor = at;
    if (len && port->known(port->self, out)) return true;
  }
  *cursor = at;
  return false;
}

// The first by position, then age: least of both in one number, which needs no sorter.
static int64_t find_address(const struct reach *reach, int64_t person,
                            const char *channel, const char *kind) {
  return store_int(reach->care->store, 0,
                   "SELECT id, min((position<<40)+id) FROM identity i WHERE person=?1"
                   " AND kind=?2"
                   " AND coalesce(flag,'')<>'void' AND coalesce(flag,'')<>'placeholder'"
                   " AND (?4<>'sms' OR coalesce(flag,'')<>'landline') AND (?6=0 OR id=?6)"
                   " AND (?2<>'wechat' OR " BINDING_STANDS("?7", "?1", "i.id") ")"
                   " AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.message=?3 AND"
                   " a.channel=?4 AND a.address=i.id AND (a.status='failed' OR"
                   " (?5=0 AND a.status='in_doubt')))",
                   "ititiii", person, kind, reach->message->id, channel,
                   (int64_t)reach->again, reach->message->address, reach->message->patient);
}

static bool may_go(struct reach *reach) {
  const struct message *message = reach->message;
  const struct gate *gate = reach->gate;
  bool given = consent_given(reach->care, message->patient, gate->person, message->class_,
                             gate->channel);
  if (!given) reach->refused = true;
  return given;
}

static bool is_passed_over(const struct reach *reach) {
  return reach->alive && line_is_shut(reach->care, reach->gate->channel);
}

// As this person wants them.
static void sort_via(struct reach *reach, const struct candidate *candidate) {
  const struct message *message = reach->message;
  struct preference preference;
  int age = candidate->person == message->patient
                ? facts_age_of(reach->care, message_about(reach->care, message)->birth,
                               kernel_now(reach->care->kernel))
                : -1;
  if (!strchr(reach->given, ',')) return;
  preference_init(&preference, reach->care, message->department, age, candidate->wants);
  preference_sort(&preference, reach->given, reach->via, sizeof reach->via);
}

// Who wrote by a channel is answered there.
static void put_first(struct reach *reach) {
  char rest[sizeof reach->via];
  size_t len = strlen(reach->came_by);
  if (!len || !strncmp(reach->via, reach->came_by, len)) return;
  snprintf(rest, sizeof rest, "%s", reach->via);
  snprintf(reach->via, sizeof reach->via, "%s,%.*s", reach->came_by,
           (int)(sizeof rest - sizeof reach->came_by - 2), rest);
}

// All channels of one person, in order.
static bool reach_person(struct reach *reach, const struct candidate *candidate) {
  const struct channels_port *port = &reach->care->channels;
  int64_t person = candidate->person;
  const char *cursor = NULL;
  sort_via(reach, candidate);
  put_first(reach);
  struct gate *gate = reach->gate;
  while (next_channel(reach, &cursor, gate->channel, sizeof gate->channel)) {
    const char *kind = port->address_kind(port->self, gate->channel);
    bool rings_a_stranger = candidate->wrong_number && strcmp(kind, "phone") == 0;
    gate->identity =
        rings_a_stranger ? 0 : find_address(reach, person, gate->channel, kind);
    gate->person = person;
    if (gate->identity && may_go(reach) && !is_passed_over(reach)) return true;
    if (store_int(reach->care->store, 0,
                  "SELECT 1 FROM identity WHERE person=?1 AND kind=?2 LIMIT 1", "it",
                  person, kind))
      reach->any_address = true;
  }
  return false;
}

// Of a contact of patient ?1, for a message of department ?2.
#define CANDIDATE                                                                      \
  "SELECT person, opted_out_at IS NOT NULL OR instr(coalesce(opted_out_of,''), '|' ||" \
  " ?2 || '|')>0, unreachable_at IS NOT NULL, prefers, wrong_number_at IS NOT NULL"

static int read_candidates(struct stmt *row, struct candidate *out) {
  int count = 0;
  while (count < CONTACTS && stmt_row(row)) {
    struct candidate *candidate = &out[count++];
    const char *wants = stmt_text(row, 3);
    *candidate = (struct candidate){.person = stmt_int(row, 0),
                                    .opted_out = stmt_int(row, 1) != 0,
                                    .bad = stmt_int(row, 2) != 0,
                                    .wrong_number = stmt_int(row, 4) != 0};
    snprintf(candidate->wants, sizeof candidate->wants, "%s", wants ? wants : "");
  }
  stmt_done(row);
  return count;
}

static int find_patient(struct reach *reach, struct candidate *out) {
  int64_t patient = reach->message->patient;
  int count = read_candidates(
      store_query(reach->care->store,
                  CANDIDATE " FROM contact WHERE patient=?1 AND (proxy=1"
                            " OR person=?1) ORDER BY proxy DESC, position, person",
                  "it", patient, reach->message->department),
      out);
  for (int i = 0; i < count; i++)
    if (out[i].person == patient) return count;
  if (count < CONTACTS) out[count++] = (struct candidate){.person = patient};
  return count;
}

static int find_family(struct reach *reach, struct candidate *out) {
  return read_candidates(
      store_query(reach->care->store,
                  CANDIDATE
                  " FROM contact WHERE patient=?1 AND"
                  " person<>?1 AND relation<>'self' ORDER BY position, CASE relation"
                  " WHEN 'spouse' THEN 1 WHEN 'child' THEN 2 WHEN 'parent' THEN 3"
                  " WHEN 'sibling' THEN 4 ELSE 5 END, person",
                  "it", reach->message->patient, reach->message->department),
      out);
}

static int find_person(struct reach *reach, int64_t person, struct candidate *out) {
  int count = read_candidates(
      store_query(reach->care->store,
                  CANDIDATE " FROM contact WHERE patient=?1 AND"
                            " person=?3",
                  "iti", reach->message->patient, reach->message->department, person),
      out);
  if (count || person != reach->message->patient) return count;
  out[0] = (struct candidate){.person = person};
  return 1;
}

// The text is frozen with the first claim, so later tries stay with that person.
static int find_candidates(struct reach *reach, struct candidate *out) {
  const struct message *message = reach->message;
  if (message->person) return find_person(reach, message->person, out);
  if (strcmp(message->audience, "patient") == 0) return find_patient(reach, out);
  if (strcmp(message->audience, "family") == 0) return find_family(reach, out);
  return find_person(reach, strtoll(message->audience, NULL, 10), out);
}

// A proxy who wants no messages is not got round by writing to the patient; in a family
// the next one is asked.
static bool reach_first(struct reach *reach, const struct candidate *list, int count) {
  bool family = strcmp(reach->message->audience, "family") == 0;
  for (int i = 0; i < count; i++) {
    if (list[i].opted_out) {
      reach->opted_out = true;
      if (!family) return false;
    } else if (list[i].bad) {
      reach->any_address = true;
    } else if (reach_person(reach, &list[i])) {
      return true;
    } else if (reach->refused && !family) {
      return false;
    }
  }
  return false;
}

static const char *why_nobody(const struct reach *reach) {
  if (reach->opted_out) return "opted-out";
  if (reach->refused) return "no-consent";
  return reach->any_address ? "unreachable" : "no-contact";
}

static bool nobody(struct reach *reach) {
  struct care *care = reach->care;
  struct gate *gate = reach->gate;
  const struct message *message = reach->message;
  char channel[32];
  const char *cursor = NULL;
  if (reach->opted_out) return gate_end(gate, "suppressed", "opted-out");
  if (!next_channel(reach, &cursor, channel, sizeof channel)) {
    if (!message->reason || strcmp(message->reason, "no-channel") != 0)  // said once
      log_line(LOG_LEVEL_ERROR, "message.no-channel", "message=%lld via=%s",
               (long long)message->id, reach->via);
    return gate_hold(gate, message, "no-channel",
                     kernel_now(care->kernel) + MESSAGE_CONFIG_MS);
  }
  if (message->attempts && !reach->refused)
    return gate_end(gate, "failed", "unreachable");
  return gate_end(gate, "suppressed", why_nobody(reach));
}

static bool tried_in_vain(const struct reach *reach, const char *channel) {
  return store_int(reach->care->store, 0,
                   "SELECT 1 FROM attempt WHERE message=?1 AND channel=?2 AND"
                   " (status='failed' OR (?3=0 AND status='in_doubt')) LIMIT 1",
                   "iti", reach->message->id, channel, (int64_t)reach->again) != 0;
}

// The first channel that knows the post.
static bool reach_post(struct reach *reach) {
  const struct channels_port *port = &reach->care->channels;
  struct gate *gate = reach->gate;
  char address[STAFF_ADDRESS];
  const char *cursor = NULL;
  while (next_channel(reach, &cursor, gate->channel, sizeof gate->channel)) {
    const char *kind = port->address_kind(port->self, gate->channel);
    if (!tried_in_vain(reach, gate->channel) && !is_passed_over(reach) &&
        message_staff_address(reach->care, reach->message, kind, address, sizeof address))
      return true;
  }
  return false;
}

// The ways of what can't wait: by channels whose provider is there before one that is
// waited for, and where nobody doubts that it arrived before where it may have.
static bool take_way(struct reach *reach, int way, bool retry) {
  enum { WAYS = 4 };
  reach->alive = way < WAYS / 2;
  reach->again = retry || way % 2;
  return way < WAYS;
}

// Staff; without a number, or without a channel, the log at least.
static bool reach_staff(struct reach *reach) {
  const struct channels_port *port = &reach->care->channels;
  struct gate *gate = reach->gate;
  for (int way = 0; take_way(reach, way, false); way++)
    if (reach_post(reach)) return true;
  snprintf(gate->channel, sizeof gate->channel, "log");
  if (port->known(port->self, "log")) return true;
  bool tried = reach->message->attempts > 0;
  return gate_end(gate, tried ? "failed" : "suppressed",
                  tried ? "unreachable" : "no-channel");
}

bool gate_has_other_road(struct care *care, struct message *message) {
  struct gate gate = {0};
  struct reach reach = {.care = care, .message = message, .gate = &gate, .alive = true};
  struct candidate list[CONTACTS];
  find_via(&reach);
  memcpy(reach.via, reach.given, sizeof reach.via);
  if (message_is_page(message)) return reach_post(&reach);
  int count = find_candidates(&reach, list);
  return reach_first(&reach, list, count);
}

bool gate_first_road(struct care *care, struct message *message, struct gate *gate) {
  struct reach reach = {.care = care, .message = message, .gate = gate};
  struct candidate list[CONTACTS];
  char channel[32];
  const char *cursor = NULL;
  find_via(&reach);
  memcpy(reach.via, reach.given, sizeof reach.via);
  int count = find_candidates(&reach, list);
  if (reach_first(&reach, list, count)) return true;
  bool any = next_channel(&reach, &cursor, channel, sizeof channel);
  return gate_end(gate, "suppressed", any ? why_nobody(&reach) : "no-channel");
}

static bool reach_at_once(struct reach *reach, const struct candidate *list, int count) {
  bool retry = reach->again;
  for (int way = 0; !reach->opted_out && take_way(reach, way, retry); way++)
    if (reach_first(reach, list, count)) return true;
  return false;
}

bool gate_addressee(struct care *care, struct message *message, struct gate *gate) {
  struct reach reach = {.care = care, .message = message, .gate = gate};
  struct candidate list[CONTACTS];
  find_via(&reach);
  memcpy(reach.via, reach.given, sizeof reach.via);
  if (message_is_page(message)) return reach_staff(&reach);
  // A retry keeps its road: the channel knows the key.
  bool retry = message->reason && strcmp(message->reason, "retry") == 0;
  reach.again = retry || !message_is_safety(message);
  int count = find_candidates(&reach, list);
  bool found = message_is_safety(message) ? reach_at_once(&reach, list, count)
                                          : reach_first(&reach, list, count);
  return found || nobody(&reach);
}
