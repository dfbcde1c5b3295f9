// A channel's row, and its place in memory. For line*.c, and what messages say to it.
#pragma once

#include "care/breaker.h"
#include "care/line.h"
#include "care/message_row.h"

struct line {  // a channel as loaded
  int64_t id;  // 0: it has no row yet, and is open
  struct breaker breaker;
  bool waited_for;  // somebody stands in line
  bool safety;      // among them a safety text
  int64_t due_at;   // its row in due; 0: none
  int64_t alert;    // that tells the site; 0: none
  int64_t day;      // when the day began that sent is of
  int64_t sent;     // claims, where there is a limit
  char name[32];
  char error[160];
};

// Since the start, by name; what is claimed uses tokens up also when its batch fails.
struct line_pace {
  struct line_pace *next;
  char name[32];
  double tokens;
  int64_t filled_at;
  int claimed;  // that its channel doesn't know of yet
};

void line_load(struct care *care, const char *channel, struct line *out);
bool line_load_id(struct care *care, int64_t id, struct line *out);
void line_save(struct care *care, struct line *line);  // makes the row if need be
// The next look at it, unless there is an earlier one.
void line_arm(struct care *care, struct line *line, int64_t at);

// May one message be claimed for the channel? Safety texts pass over all that wait but
// other safety texts. Serving: whoever stands in line is the one that asks.
bool line_admits(struct care *care, struct line *line, bool safety);
// When it may, for all that is known now; 0: when something comes back from it.
int64_t line_opens(struct care *care, const struct line *line);
// One was claimed: it counts for the rate and the day, and may be the one that tries.
void line_claimed(struct care *care, const char *channel);
// It is with its channel now, or will not be: until then it takes of the channel's room.
void line_handed_over(struct care *care, const char *channel);
// What the channel takes, and what it is kept to.
bool line_has_room(struct care *care, const struct line *line);
bool line_has_token(struct care *care, const struct line *line, int64_t *next);
bool line_day_is_full(struct care *care, const struct line *line);
int64_t line_day_ends(struct care *care);

// The message is held, and stands in line. One that stood there keeps its place.
void line_join(struct care *care, struct message *message, const char *channel);
void line_leave(struct care *care, const struct message *message);
bool line_holds(const struct message *message);
// Why it stands there: "breaker" "channel-config" "delayed" "rate", else "queued".
const char *line_reason(struct care *care, const struct message *message);

// The site is told of a channel that is down for some minutes, and that it is up again.
void line_tell(struct care *care, struct line *line);
int64_t line_tells_at(const struct line *line);  // 0: there is nothing to tell

// What came of an attempt: the breaker hears it, and there may be room for the next.
void line_hears(struct care *care, const char *channel,
                const struct channel_result *result);
