// What the files of a connector that asks share.
#pragma once

#include "link/channel_http_parts.h"
#include "link/pull.h"

enum { PULL_DETAIL = 300, PULL_PAGES = 10000 };

enum pull_health { PULL_NEW, PULL_WELL, PULL_FAILING, PULL_MISCONFIGURED };
enum pull_verdict { PULL_ANSWERED, PULL_RETRY, PULL_CONFIG };

struct pull {
  struct pull_parts parts;
  struct pull_port port;
  char *name, *plugin;
  struct buf settings;  // encoded
  int64_t every_ms, timeout_ms;
  size_t most_bytes;
  struct loop_timer *timer;
  struct buf state;  // encoded: the plugin's, as it is kept
  bool busy, stopped;

  // One call, which is the client's thread's until it is done.
  struct buf request, json, result;  // encoded
  struct channel_call call;
  enum pull_verdict verdict;
  char detail[PULL_DETAIL];
  int64_t wait_ms;  // what the other side asks for; 0: nothing

  // One pass.
  bool preview;
  int pages;
  struct value_iter records;  // of the answer that are not submitted yet
  bool taking;
  uint32_t left;     // records that are not told of yet, and one
  bool full;         // one could not be written
  inbox_done *done;  // who asked for it; NULL: nobody
  void *ctx;
  struct {
    uint64_t taken, known, refused;
  } before;  // the figures below when it began

  // How it goes.
  enum pull_health health;
  int failures;  // one after another
  int64_t done_at;
  char error[PULL_DETAIL];
  int64_t began;  // when the engine was started
  uint64_t passes, failed, taken, known, refused;
};

void pull_call(struct pull *pull);    // pull_call.c: asks for a page
void pull_called(struct pull *pull);  // pull.c: it has been answered
void pull_take_some(struct pull *pull);
void pull_take(struct pull *pull);   // pull_take.c: what the answer brought
void pull_taken(struct pull *pull);  // pull.c: all of it has been told
void pull_preview(struct pull *pull, struct buf *out);  // pull_take.c, encoded
void pull_keep(struct pull *pull);  // pull_keep.c: how far it has come
void pull_load(struct pull *pull);

static inline struct value pull_read(const struct buf *encoded) {
  struct value view = {.kind = VALUE_NIL};
  if (encoded->len) value_read_front(encoded->data, encoded->len, &view);
  return view;
}
