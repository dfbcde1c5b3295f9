// Syncs left to threads, so that whoever commits goes on while the disk works.
#include <stdlib.h>

#include "store/store_parts.h"
#include "store/syncer.h"

enum { SLOW_MS = 4 };  // a sync; a quick one takes a tenth

static void synced(void *self) {
  struct store *store = self;
  store->told(store->told_self);
}

static void sync_failed(void *self, int rc) {
  store_note(self, "sync", rc);
  abort();
}

void store_sync_apart(struct store *store, void (*told)(void *self), void *self) {
  if (!store->guard || store->log_syncer) return;
  store->told = told;
  store->told_self = self;
  store->log_syncer = syncer_new(&(struct syncer_port){store, synced, sync_failed});
  store->file_syncer = syncer_new(&(struct syncer_port){store, synced, sync_failed});
  guard_syncs(store->guard)->log = store->log_syncer;
  guard_syncs(store->guard)->database = store->file_syncer;
}

void store_stop_syncers(struct store *store) {
  if (!store->log_syncer) return;
  syncer_wait(store->log_syncer);
  syncer_wait(store->file_syncer);
  guard_syncs(store->guard)->log = guard_syncs(store->guard)->database = NULL;
  syncer_free(store->log_syncer);
  syncer_free(store->file_syncer);
  store->log_syncer = store->file_syncer = NULL;
}

bool store_synced(const struct store *store) {
  return !store->log_syncer || syncer_is_done(store->log_syncer);
}

// What comes together while a quick sync is out is worth preparing meanwhile.
bool store_is_ready(const struct store *store, bool busy) {
  if (!store->log_syncer) return true;
  if (store->log_anew && !syncer_is_done(store->file_syncer)) return false;
  return syncer_is_done(store->log_syncer) ||
         (busy && !store->log_due && syncer_took_ms(store->log_syncer) < SLOW_MS);
}

void store_wait_for_disk(const struct store *store) {
  store_wait_for_sync(store);
  if (store->file_syncer) syncer_wait(store->file_syncer);
}

void store_wait_for_sync(const struct store *store) {
  if (store->log_syncer) syncer_wait(store->log_syncer);
}
