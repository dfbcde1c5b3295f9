// What lists of messages show of each.
#pragma once

#include "api/read_rung.h"

// What became of a message, as a word of the outcome table (DESIGN.md §5); null while
// nothing has.
#define READ_MESSAGE_OUTCOME                                                            \
  "CASE WHEN status IN ('accepted','delivered') THEN CASE (SELECT q.status FROM"        \
  " question q WHERE q.id=message.question) WHEN 'answered' THEN 'answered' WHEN"       \
  " 'lapsed' THEN 'silent' ELSE status END WHEN status='in_doubt' OR reason='in-doubt'" \
  " AND status='failed' THEN 'in-doubt' WHEN status='failed' THEN 'unreachable' WHEN"   \
  " status='suppressed' AND reason IN ('unreachable','no-contact','opted-out') THEN"    \
  " reason WHEN status IN ('held','suppressed','cancelled') THEN status END"
// Who stands in line is held by what the channel is shut for, until it is tried again.
#define READ_MESSAGE_SHUT(column)                            \
  "(SELECT channel." column                                  \
  " FROM waiting JOIN channel ON channel.id=waiting.channel" \
  " WHERE waiting.message=message.id AND channel.shut IS NOT NULL)"
#define READ_MESSAGE_REASON \
  "CASE reason WHEN 'queued' THEN coalesce(" READ_MESSAGE_SHUT("shut") ",reason) ELSE" \
  " reason END"
// Whom it is for, as far as that is decided: a person's number in contact and identity.
#define READ_MESSAGE_ONE "audience GLOB '[0-9]*'"
#define READ_MESSAGE_PERSON \
  "coalesce(person, CASE WHEN " READ_MESSAGE_ONE " THEN CAST(audience AS INTEGER) END)"
#define READ_MESSAGE_PATHWAY \
  "(SELECT e.pathway FROM enrollment e WHERE e.id=message.enrollment)"
#define READ_MESSAGE_COLUMNS \
  "id, number, patient, enrollment, run, question, alert, department, kind, class," \
  " name, CASE WHEN " READ_MESSAGE_ONE " THEN 'contact' ELSE audience END, status, " READ_MESSAGE_REASON ", " READ_MESSAGE_OUTCOME          \
  ", created_at, CASE reason WHEN 'queued' THEN coalesce(" READ_MESSAGE_SHUT("until") \
  ",due_at) ELSE due_at END,"  \
  " valid_until, channel, attempts, accepted_at, settled_at, read_at, "               \
  READ_MESSAGE_PATHWAY ", " READ_MESSAGE_PERSON ", " READ_RUNG
enum { READ_MESSAGE_COUNT = 26 };  // of these columns; others may follow
extern const char read_message_spec[];

// Into an object that is open: "together", those that left in one text with it.
void read_message_together(struct call *call, struct json *json, int64_t message);
