#include "store/guard_log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/guard_sum.h"

enum { SALTS = 8, PAGE_LEAST = 512, PAGE_MOST = 65536 };

struct log {
  FILE *file;
  unsigned char head[LOG_HEAD];
  size_t page;           // bytes
  unsigned char sum[8];  // of the last frame that fitted
  bool big;
};

static uint32_t number_at(const unsigned char *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool is_blank(const struct log *log) {
  static const unsigned char none[LOG_HEAD];
  return memcmp(log->head, none, sizeof none) == 0;
}

// The head is a frame of its own kind: its first 24 bytes are summed from nothing.
static bool head_fits(struct log *log) {
  static const unsigned char nothing[8];
  unsigned char frame[FRAME_HEAD] = {0};
  uint32_t magic = number_at(log->head);
  memcpy(frame, log->head, 8);
  memcpy(frame + 16, log->head + 24, 8);
  memcpy(log->sum, log->head + 24, 8);
  log->page = number_at(log->head + 8);
  log->big = magic & 1;
  return (magic & ~1u) == 0x377f0682 && log->page >= PAGE_LEAST &&
         log->page <= PAGE_MOST &&
         guard_frame_fits(frame, log->head + 8, 16, nothing, log->big);
}

// The last frame of a commit tells how large the database is then.
static bool is_commit(const struct log *log, const unsigned char *frame) {
  static const unsigned char none[4];
  return !memcmp(frame + 8, log->head + 16, SALTS) && memcmp(frame + 4, none, 4) != 0;
}

// A commit is synced before the next begins: when two end at this frame or later, this
// one was whole once. Frames with other salts are left from an earlier log.
static bool was_synced(struct log *log, unsigned char *frame) {
  int count = 0;
  do count += is_commit(log, frame);
  while (count < 2 && fread(frame, FRAME_HEAD + log->page, 1, log->file) == 1);
  return count == 2;
}

static int check_frames(struct log *log, int64_t *frame_number) {
  unsigned char *frame = mem_alloc(FRAME_HEAD + log->page);
  bool fits = true;
  for (*frame_number = 1; fits; ++*frame_number) {
    if (fread(frame, FRAME_HEAD + log->page, 1, log->file) != 1) break;
    fits = !memcmp(frame + 8, log->head + 16, SALTS) &&
           guard_frame_fits(frame, frame + FRAME_HEAD, log->page, log->sum, log->big);
    memcpy(log->sum, frame + 16, sizeof log->sum);
  }
  int code = !fits && was_synced(log, frame) ? ERR_IO : OK;
  --*frame_number;
  mem_free(frame);
  return code;
}

static int damaged(const char *path, int64_t frame, struct status *status) {
  return status_fail(status, ERR_IO,
                     "the log %.200s is damaged (frame %lld), and what was committed "
                     "after that is in it: bring back a backup; to go on without it, "
                     "move the log away",
                     path, (long long)frame);
}

int guard_check_log(const char *path, struct status *status) {
  struct buf name = {0};
  struct log log = {0};
  int64_t frame = 0;
  buf_printf(&name, "%s-wal", path);
  log.file = fopen(name.data, "rb");
  int code = OK;
  if (log.file && fread(log.head, LOG_HEAD, 1, log.file) == 1 && !is_blank(&log))
    code = head_fits(&log) ? check_frames(&log, &frame) : ERR_IO;
  if (code) code = damaged(name.data, frame, status);
  if (log.file) fclose(log.file);
  buf_deinit(&name);
  return code;
}
