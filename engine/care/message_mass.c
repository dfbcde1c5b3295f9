#include "care/message_mass.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "care/alert.h"
#include "care/keys.h"
#include "care/message_day.h"
#include "care/message_gate.h"

static const int64_t approval_ms = 3 * (int64_t)CIVIL_DAY_MS;

struct text {  // one text on one day
  const char *department, *name;
  char day[DAY_SIZE];
};

static struct text today(struct care *care, const char *department, const char *name) {
  struct text text = {.department = department, .name = name};
  day_text(care_zone(care, department), kernel_now(care->kernel), text.day);
  return text;
}

void message_mass_count(struct care *care, const struct message *message) {
  struct text text = today(care, message->department, message->name);
  store_exec(care->store,
             "INSERT INTO mass (department,name,day,count) VALUES (?1,?2,?3,1)"
             " ON CONFLICT (department,name,day) DO UPDATE SET count=count+1",
             "ttt", text.department, text.name, text.day);
}

static bool is_approved(struct care *care, const struct text *text) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM mass WHERE department=?1 AND name=?2 AND"
                   " approved_until>?3 LIMIT 1",
                   "tti", text->department, text->name, kernel_now(care->kernel)) != 0;
}

static bool is_withdrawn(struct care *care, const struct text *text) {
  return store_int(care->store, 0,
                   "SELECT withdrawn_by IS NOT NULL FROM mass WHERE department=?1 AND"
                   " name=?2 AND day=?3",
                   "ttt", text->department, text->name, text->day) != 0;
}

bool gate_mass(struct care *care, struct message *message, struct gate *gate) {
  if (message->attempts || care->site->mass_limit <= 0) return true;
  struct text text = today(care, message->department, message->name);
  int64_t count = store_int(
      care->store, 0, "SELECT count FROM mass WHERE department=?1 AND name=?2 AND day=?3",
      "ttt", text.department, text.name, text.day);
  if (count < care->site->mass_limit || is_approved(care, &text)) return true;
  if (is_withdrawn(care, &text)) return gate_end(gate, "suppressed", "withdrawn");
  return gate_hold_open(gate, message, "mass-send");
}

// One for a text, however many wait: its name tells which.
static void put_alert_name(const char *name, struct buf *out) {
  buf_printf(out, "mass-send:%s", name);
}

static void put_reason(struct care *care, const struct message *message, int64_t held,
                       struct buf *out) {
  struct keys keys;
  struct status status = {0};
  char id[PUBLIC_ID_SIZE] = "";
  if (keys_load(care->store, &keys, &status) == OK)
    public_id_format(keys.public_id, 'm', message->id, id);
  buf_printf(out,
             "the text \"%s\" went to %d people today, as many as it may; %lld more wait"
             " for a second person: afterward messages approve %s, or afterward messages"
             " withdraw %s",
             message->name, care->site->mass_limit, (long long)held, id, id);
}

void message_mass_held(struct care *care, const struct message *message) {
  struct text text = today(care, message->department, message->name);
  struct buf name = {0}, reason = {0};
  store_exec(care->store,
             "INSERT INTO mass (department,name,day,count,held) VALUES (?1,?2,?3,0,1)"
             " ON CONFLICT (department,name,day) DO UPDATE SET held=held+1",
             "ttt", text.department, text.name, text.day);
  int64_t held = store_int(
      care->store, 0, "SELECT held FROM mass WHERE department=?1 AND name=?2 AND day=?3",
      "ttt", text.department, text.name, text.day);
  put_alert_name(text.name, &name);
  put_reason(care, message, held, &reason);
  int64_t alert = alert_open(care, &(struct alert_spec){.department = text.department,
                                                        .name = name.data,
                                                        .level = "urgent",
                                                        .reason = reason.data});
  store_exec(care->store, "UPDATE alert SET reason=?2 WHERE id=?1", "it", alert,
             reason.data);
  log_line(LOG_LEVEL_WARN, "message.mass-send",
           "message=%lld department=%s name=%s held=%lld", (long long)message->id,
           text.department, text.name, (long long)held);
  buf_deinit(&reason);
  buf_deinit(&name);
}

static void go(struct care *care, struct message *message) {
  message_wait(care, message, "planned", NULL, kernel_now(care->kernel));
}

static void stop(struct care *care, struct message *message) {
  message_end(care, message, "suppressed", "withdrawn");
}

static int64_t each_held(struct care *care, const struct text *text,
                         void (*fn)(struct care *care, struct message *message)) {
  struct buf ids = {0};
  int64_t count = 0;
  message_ids(store_query(care->store,
                          "SELECT id FROM message WHERE status='held' AND"
                          " reason='mass-send' AND department=?1 AND name=?2",
                          "tt", text->department, text->name),
              &ids);
  for (size_t at = 0; at < ids.len; at += sizeof(int64_t)) {
    int64_t id;
    struct message message;
    memcpy(&id, ids.data + at, sizeof id);
    if (message_load(care->store, id, &message)) {
      fn(care, &message);
      count++;
    }
    message_deinit(&message);
  }
  buf_deinit(&ids);
  return count;
}

static void close_alert(struct care *care, const struct text *text, const char *by,
                        const char *reason) {
  struct buf name = {0};
  put_alert_name(text->name, &name);
  int64_t alert = store_int(care->store, 0,
                            "SELECT id FROM alert WHERE patient IS NULL AND name=?1 AND"
                            " department=?2 AND status<>'closed' LIMIT 1",
                            "tt", name.data, text->department);
  if (alert) alert_close(care, alert, by, reason);
  buf_deinit(&name);
}

static void decided(struct care *care, const struct text *text, const char *by,
                    const char *action, const char *reason) {
  char object[256];
  snprintf(object, sizeof object, "%s/%s", text->department, text->name);
  care_audit(care, by, action, object, NULL);
  close_alert(care, text, by, reason);
}

int64_t message_mass_release(struct care *care, const char *department, const char *name,
                             const char *by) {
  struct text text = today(care, department, name);
  store_exec(care->store,
             "INSERT INTO mass (department,name,day,count,approved_until,approved_by)"
             " VALUES (?1,?2,?3,0,?4,?5) ON CONFLICT (department,name,day) DO UPDATE SET"
             " approved_until=?4, approved_by=?5, withdrawn_by=NULL",
             "tttit", text.department, text.name, text.day,
             kernel_now(care->kernel) + approval_ms, by);
  decided(care, &text, by, "message.approve", "released");
  return each_held(care, &text, go);
}

int64_t message_mass_withdraw(struct care *care, const char *department, const char *name,
                              const char *by) {
  struct text text = today(care, department, name);
  store_exec(care->store,
             "INSERT INTO mass (department,name,day,count,withdrawn_by)"
             " VALUES (?1,?2,?3,0,?4) ON CONFLICT (department,name,day) DO UPDATE SET"
             " withdrawn_by=?4",
             "tttt", text.department, text.name, text.day, by);
  store_exec(care->store,
             "UPDATE mass SET approved_until=NULL WHERE department=?1 AND name=?2 AND"
             " approved_until>?3",
             "tti", text.department, text.name, kernel_now(care->kernel));
  decided(care, &text, by, "message.withdraw", "withdrawn");
  return each_held(care, &text, stop);
}
