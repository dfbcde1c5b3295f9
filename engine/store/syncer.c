#include "store/syncer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

struct syncer {
  pthread_t thread;
  pthread_mutex_t lock;  // of the six below
  pthread_cond_t changed;
  sqlite3_file *file;
  int flags;
  bool wanted, syncing, ending;
  int64_t took_ms;
  struct syncer_port port;
};

static void must(int result) {
  if (result) abort();
}

// With the lock; it is open while the disk works.
static void sync_once(struct syncer *syncer) {
  sqlite3_file *file = syncer->file;
  int flags = syncer->flags;
  syncer->wanted = false;
  syncer->syncing = true;
  must(pthread_mutex_unlock(&syncer->lock));
  int64_t began = clock_steady_ms();
  int rc = file->pMethods->xSync(file, flags);
  if (rc != SQLITE_OK) syncer->port.failed(syncer->port.self, rc);
  must(pthread_mutex_lock(&syncer->lock));
  syncer->took_ms = clock_steady_ms() - began;
  syncer->syncing = false;
  must(pthread_cond_broadcast(&syncer->changed));
  if (!syncer->wanted) syncer->port.done(syncer->port.self);
}

static void *run(void *context) {
  struct syncer *syncer = context;
  must(pthread_mutex_lock(&syncer->lock));
  while (syncer->wanted || !syncer->ending) {
    if (syncer->wanted)
      sync_once(syncer);
    else
      must(pthread_cond_wait(&syncer->changed, &syncer->lock));
  }
  must(pthread_mutex_unlock(&syncer->lock));
  return NULL;
}

struct syncer *syncer_new(const struct syncer_port *port) {
  struct syncer *syncer = mem_alloc(sizeof *syncer);
  syncer->port = *port;
  must(pthread_mutex_init(&syncer->lock, NULL));
  must(pthread_cond_init(&syncer->changed, NULL));
  must(pthread_create(&syncer->thread, NULL, run, syncer));
  return syncer;
}

void syncer_free(struct syncer *syncer) {
  if (!syncer) return;
  must(pthread_mutex_lock(&syncer->lock));
  syncer->ending = true;
  must(pthread_cond_broadcast(&syncer->changed));
  must(pthread_mutex_unlock(&syncer->lock));
  must(pthread_join(syncer->thread, NULL));
  must(pthread_mutex_destroy(&syncer->lock));
  must(pthread_cond_destroy(&syncer->changed));
  mem_free(syncer);
}

void syncer_want(struct syncer *syncer, sqlite3_file *file, int flags) {
  must(pthread_mutex_lock(&syncer->lock));
  syncer->file = file;
  syncer->flags = flags;
  syncer->wanted = true;
  must(pthread_cond_broadcast(&syncer->changed));
  must(pthread_mutex_unlock(&syncer->lock));
}

bool syncer_is_done(struct syncer *syncer) {
  must(pthread_mutex_lock(&syncer->lock));
  bool done = !syncer->wanted && !syncer->syncing;
  must(pthread_mutex_unlock(&syncer->lock));
  return done;
}

void syncer_wait(struct syncer *syncer) {
  must(pthread_mutex_lock(&syncer->lock));
  while (syncer->wanted || syncer->syncing)
    must(pthread_cond_wait(&syncer->changed, &syncer->lock));
  must(pthread_mutex_unlock(&syncer->lock));
}

int64_t syncer_took_ms(struct syncer *syncer) {
  must(pthread_mutex_lock(&syncer->lock));
  int64_t took_ms = syncer->took_ms;
  must(pthread_mutex_unlock(&syncer->lock));
  return took_ms;
}
