// The channels of a simulated world: in memory, answering at once, as the spec says they
// should.
#pragma once

#include "care/message.h"

enum { SIM_BEHAVIOURS = 64, SIM_MERGE_MOST = 500 };

struct sim_behaviour {
  char *channel, *address;  // address NULL: all
  char *word;  // accept single keyed receipts reads fail retry delay config ambiguous
               // silent dead down
};

struct sim_channel {
  struct care *care;
  struct sim_behaviour behaviours[SIM_BEHAVIOURS];
  int count;
  int64_t sent;  // makes provider ids
};

struct channels_port sim_channel_port(struct sim_channel *channel);
// accept (the default); single: takes one message a text; keyed: takes the same key again
// for a day; receipts: promises receipts, reads: and says when a text was read (which
// the spec gives); fail: refused for good; retry: try later; delay: tomorrow; config;
// ambiguous: nobody knows; silent: no answer ever; dead: nobody is there; down: the
// channel does not exist.
void sim_channel_behave(struct sim_channel *channel, const char *name,
                        const char *address, const char *word);
void sim_channel_forget(
    struct sim_channel *channel);  // after a crash: nothing is under way
void sim_channel_deinit(struct sim_channel *channel);
// What a gateway says later of one message: "delivered" or "failed".
void sim_channel_receipt(struct care *care, const char *channel, const char *id,
                         const char *state);
