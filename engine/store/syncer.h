// A thread that syncs one file, so that whoever wrote to it goes on meanwhile.
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct syncer;
struct syncer_port {
  void *self;
  void (*done)(void *self);            // on that thread: all that was wanted is synced
  void (*failed)(void *self, int rc);  // there; must not return
};

struct syncer *syncer_new(const struct syncer_port *port);
void syncer_free(struct syncer *syncer);  // after what is wanted
// All that has been written to the file until now. It stays open until that is done.
void syncer_want(struct syncer *syncer, sqlite3_file *file, int flags);
bool syncer_is_done(struct syncer *syncer);
void syncer_wait(struct syncer *syncer);        // until it is
int64_t syncer_took_ms(struct syncer *syncer);  // the last sync that ended
