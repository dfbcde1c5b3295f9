#include "care/message_merge.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "care/message_approved.h"
#include "care/message_carried.h"
#include "care/message_claim.h"
#include "care/message_text.h"

enum { MOST = 6 };  // messages in one text
static const int64_t back_ms =
    7 * (int64_t)CIVIL_DAY_MS;  // what waited longer goes alone
// Another pathway of the patient is at its steps of this moment: looked at again so soon,
// and waited for no longer than that.
static const int64_t again_ms = 1000, patience_ms = CIVIL_MINUTE_MS;

struct road {  // which way the carrier goes
  const struct gate *gate;
  bool discloses;
};

struct group {
  struct message *all[MOST];  // the carrier first
  struct message loaded[MOST];
  struct buf parts[MOST];  // the words of each, without greeting
  int count;
};

// What its provider knows by number goes alone.
static bool is_approved(struct care *care, const struct message *message,
                        const char *channel) {
  struct value definition = message_definition(care, message);
  struct value approved = message_approved(&definition, channel, message->kind);
  return approved.kind != VALUE_NIL;
}

// May it go now, in a text by that road?
static bool may_join(struct care *care, struct message *message,
                     const struct road *road) {
  struct gate own;
  message_gate(care, message, &own);
  return own.verdict == GATE_GO && own.person == road->gate->person &&
         own.identity == road->gate->identity &&
         strcmp(own.channel, road->gate->channel) == 0 &&
         !is_approved(care, message, own.channel) &&
         message_discloses(care, message) == road->discloses;
}

// One look-up for all: messages, and the negative id of an enrollment whose steps of this
// moment have not begun.
static void find_due(struct care *care, const struct message *message, struct buf *ids) {
  int64_t now = kernel_now(care->kernel);
  message_ids(store_query(care->store,
                          "SELECT id FROM message WHERE patient=?1 AND created_at>=?2 AND"
                          " (due_at<=?9 OR reason='queued') AND id<>?4 AND department=?5 "
                          "AND program IS ?6 AND"
                          " kind<>'page' AND class<>'safety' AND text IS NULL AND"
                          " (status='planned' OR status='held') UNION ALL SELECT -id FROM"
                          " enrollment WHERE patient=?1 AND department=?5 AND"
                          " next_at<=?3 AND next_at>?8 LIMIT ?7",
                          "iiiittiii", message->patient, now - back_ms, now, message->id,
                          message->department, message->program, (int64_t)MOST - 1,
                          now - patience_ms, now + again_ms),
              ids);
}

static int64_t id_at(const struct buf *ids, size_t i) {
  int64_t id;
  memcpy(&id, ids->data + i * sizeof id, sizeof id);
  return id;
}

static bool more_will_come(const struct buf *ids) {
  for (size_t i = 0; i < ids->len / sizeof(int64_t); i++)
    if (id_at(ids, i) < 0) return true;
  return false;
}

// What lacks words is left to its own turn, which says so.
static void add(struct care *care, struct group *group, struct message *message,
                const struct road *road) {
  struct buf missing = {0}, *part = &group->parts[group->count];
  message_by(care, message, road->gate);
  if (message_text_part(care, message, road->gate->person, road->gate->channel, part,
                        &missing))
    group->all[group->count++] = message;
  else
    buf_deinit(part);
  buf_deinit(&missing);
}

static void gather(struct care *care, struct group *group, struct message *message,
                   const struct gate *gate, const struct buf *ids) {
  struct road road = {.gate = gate};
  if (!ids->len) return;
  road.discloses = message_discloses(care, message);
  add(care, group, message, &road);
  for (size_t i = 0; group->count && i < ids->len / sizeof(int64_t); i++) {
    struct message *other = &group->loaded[i];
    if (message_load(care->store, id_at(ids, i), other) && may_join(care, other, &road))
      add(care, group, other, &road);
  }
}

static void group_deinit(struct group *group) {
  for (int i = 0; i < MOST; i++) {
    message_deinit(&group->loaded[i]);
    buf_deinit(&group->parts[i]);
  }
}

// For as many as the channel takes in one text; the last ones are left for the next.
static bool write_text(struct care *care, struct group *group, const struct gate *gate,
                       int64_t most) {
  for (; group->count > 1; group->count--) {
    struct buf text = {0};
    message_text_join(care, group->all[0], gate->person, gate->channel, group->parts,
                      group->count, &text);
    bool fits = (int64_t)utf8_count(buf_text(&text), text.len) <= most;
    for (int i = 0; fits && i < group->count; i++)
      group->all[i]->text = mem_copy_text(buf_text(&text));
    buf_deinit(&text);
    if (fits) return true;
  }
  return false;
}

// The text counts once for each budget that one of its messages counts for.
static void link_carried(struct care *care, const struct group *group, int at) {
  const struct message *message = group->all[at];
  bool again = false, spent = false;
  for (int i = 0; i < at; i++) {
    again = again || strcmp(group->all[i]->class_, message->class_) == 0;
    spent = spent || strcmp(group->all[i]->class_, "medicine") != 0;
  }
  store_exec(care->store,
             "INSERT INTO carried (message,carrier,again,spent) VALUES (?1,?2,?3,?4)"
             " ON CONFLICT (message) DO UPDATE SET carrier=?2, again=?3, spent=?4",
             "iiii", message->id, group->all[0]->id, (int64_t)again, (int64_t)spent);
}

static void claim_group(struct care *care, struct group *group, const struct gate *gate) {
  char key[MESSAGE_KEY_SIZE];
  message_key(group->all[0], key);
  message_claim(care, group->all[0], gate);
  for (int i = 1; i < group->count; i++) {
    message_take(care, group->all[i], gate, key);
    link_carried(care, group, i);
  }
}

struct repeat {
  const struct gate *gate;
  char key[MESSAGE_KEY_SIZE];
};

static void take_again(void *self, struct care *care, struct message *message) {
  const struct repeat *repeat = self;
  if (message_is(message, "in_flight"))
    message_take(care, message, repeat->gate, repeat->key);
}

static void claim_again(struct care *care, struct message *carrier,
                        const struct gate *gate) {
  struct repeat repeat = {.gate = gate};
  message_key(carrier, repeat.key);
  message_claim(care, carrier, gate);
  message_carried_each(care, carrier->id, take_again, &repeat);
}

struct inspection {
  struct road road;
  bool good;
};

static void inspect(void *self, struct care *care, struct message *message) {
  struct inspection *inspection = self;
  inspection->good = inspection->good && message_is(message, "in_flight") &&
                     !message->reason && may_join(care, message, &inspection->road);
}

// A text that may have left stays what it is; another one is tried again only while each
// of its messages may still go so.
static bool stands(struct care *care, const struct message *carrier,
                   const struct gate *gate) {
  struct inspection inspection = {.road = {gate, message_discloses(care, carrier)},
                                  .good = strcmp(carrier->channel, gate->channel) == 0};
  if (message_is_doubtful(care, carrier)) return true;
  message_carried_each(care, carrier->id, inspect, &inspection);
  return inspection.good;
}

// Characters; 0: it goes alone.
static int64_t longest(struct care *care, const struct message *message,
                       const char *channel) {
  const struct channels_port *port = &care->channels;
  if (message_is_safety(message) || message->text || !port->merges ||
      is_approved(care, message, channel))
    return 0;
  return port->merges(port->self, channel);
}

static void go_together(struct care *care, struct message *message,
                        const struct gate *gate, int64_t most, const struct buf *ids) {
  struct group group = {0};
  gather(care, &group, message, gate, ids);
  if (group.count > 1 && write_text(care, &group, gate, most))
    claim_group(care, &group, gate);
  else
    message_claim(care, message, gate);
  group_deinit(&group);
}

void message_go(struct care *care, struct message *message, const struct gate *gate) {
  if (message->carries && !stands(care, message, gate)) message_regenerate(care, message);
  if (message->carries) {
    claim_again(care, message, gate);
    return;
  }
  struct buf ids = {0};
  int64_t most = longest(care, message, gate->channel);
  int64_t again = kernel_now(care->kernel) + again_ms;
  if (most) find_due(care, message, &ids);
  if (more_will_come(&ids) && again < message->valid_until)
    message_wait(care, message, "planned", NULL, again);
  else
    go_together(care, message, gate, most, &ids);
  buf_deinit(&ids);
}
