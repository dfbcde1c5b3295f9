#include "care/line.h"

#include <string.h>

#include "care/line_row.h"
#include "care/mapping.h"
#include "care/message_carried.h"
#include "care/message_result.h"

bool line_is_shut(struct care *care, const char *channel) {
  struct line line;
  line_load(care, channel, &line);
  return breaker_is_down(&line.breaker);
}

bool line_admits(struct care *care, struct line *line, bool safety) {
  int64_t now = kernel_now(care->kernel), next;
  if (!breaker_lets(&line->breaker, now)) return false;
  if (!care->lines.serving && (safety ? line->safety : line->waited_for)) return false;
  if (line_day_is_full(care, line)) return false;
  return line_has_token(care, line, &next) && (safety || line_has_room(care, line));
}

int64_t line_opens(struct care *care, const struct line *line) {
  int64_t now = kernel_now(care->kernel), next;
  if (!breaker_lets(&line->breaker, now)) return line->breaker.until;
  if (!line_has_token(care, line, &next)) return next;
  return line_has_room(care, line) ? now : 0;
}

bool line_holds(const struct message *message) {
  return message_is(message, "held") && message->reason &&
         strcmp(message->reason, "queued") == 0;
}

void line_leave(struct care *care, const struct message *message) {
  store_exec(care->store, "DELETE FROM waiting WHERE message=?1", "i", message->id);
}

const char *line_reason(struct care *care, const struct message *message) {
  struct line line;
  int64_t channel = store_int(
      care->store, 0, "SELECT channel FROM waiting WHERE message=?1", "i", message->id);
  bool shut = channel && line_load_id(care, channel, &line) && line.breaker.shut;
  return shut ? line.breaker.shut : "queued";
}

// By age; but what found nobody goes behind the others, so that no single message can
// keep a door shut.
static int64_t place_of(struct care *care, const struct message *message) {
  static const char sql[] =
      "SELECT CASE WHEN EXISTS (SELECT 1 FROM attempt WHERE message=?1 AND lost=1) THEN"
      " ?2 ELSE created_at END FROM message WHERE id=?1";
  return store_int(care->store, 0, sql, "ii", message->id, kernel_now(care->kernel));
}

// A key that its channel forgets is not sent again after that.
static int64_t good_until(struct care *care, const struct message *message) {
  bool doubtful = message->attempts && !message_is_safety(message) &&
                  message_is_doubtful(care, message);
  int64_t keyed = doubtful ? message_keyed_until(care, message) : message->valid_until;
  return keyed < message->valid_until ? keyed : message->valid_until;
}

void line_join(struct care *care, struct message *message, const char *channel) {
  struct line line;
  line_load(care, channel, &line);
  if (line_day_is_full(care, &line) && !line.breaker.shut)
    breaker_rests(&line.breaker, line_day_ends(care), kernel_now(care->kernel));
  if (!line.id || line.breaker.shut) line_save(care, &line);
  if (line_holds(message) &&
      store_int(care->store, 0, "SELECT 1 FROM waiting WHERE message=?1 AND channel=?2",
                "ii", message->id, line.id))
    return;
  message_wait(care, message, "held", "queued", good_until(care, message));
  store_exec(care->store,
             "INSERT INTO waiting (channel,urgency,since,message,rung) VALUES"
             " (?1,?2,?3,?4,?5)",
             "iiiii", line.id, (int64_t)!message_is_safety(message),
             place_of(care, message), message->id, (int64_t)(message->first != 0));
  int64_t opens = line_opens(care, &line);
  if (message->first && line.breaker.shut) opens = kernel_now(care->kernel);
  if (opens) line_arm(care, &line, opens);
}

static const char *state_of(const struct breaker *breaker) {
  if (!breaker->shut) return "up";
  if (strcmp(breaker->shut, "breaker") == 0) return "down";
  return breaker_is_down(breaker) ? "misconfigured" : "limited";
}

const char *line_state(struct care *care, const char *channel) {
  struct line line;
  line_load(care, channel, &line);
  return state_of(&line.breaker);
}

void line_describe(struct care *care, const char *channel, struct merge *map) {
  struct line line;
  line_load(care, channel, &line);
  merge_int(map, "held",
            store_int(care->store, 0, "SELECT count(*) FROM waiting WHERE channel=?1",
                      "i", line.id));
  if (!line.breaker.shut) return;
  merge_text(map, "state", state_of(&line.breaker));
  merge_int(map, "since", line.breaker.since);
  merge_int(map, "until", line.breaker.until);
  if (line.error[0]) merge_text(map, "error", line.error);
}
