// What the files of the connector share.
#pragma once

#include "job.h"
#include "mllp.h"

struct hl7 {
  const struct aw_host *host;
  struct map map;
  enum encoding encoding;
  size_t most;       // bytes of a message
  int64_t patience;  // ms in which a message that has begun must arrive
  struct aw_metric *taken, *ignored, *refused, *junk;
  unsigned long long acks;  // numbers our own control ids
};

// session.c: a stream on which messages come.
void session_open(void *self, struct aw_stream *stream);  // self is the hl7
// ask.c: explain, replay.
void hl7_ask(void *self, struct aw_asked *asked, const char *what, const char *bytes,
             size_t count);
