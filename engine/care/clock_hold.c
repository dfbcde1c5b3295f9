#include "care/clock_hold.h"

#include "base/log.h"
#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/message_gate.h"

static const int64_t look_again_ms = 60 * 1000;

static void hold(void *self, struct work *work) {
  struct care *care = self;
  const int64_t *jump = work->prepared;
  store_exec(care->store,
             "INSERT OR REPLACE INTO meta (key, value) VALUES ('clock-held', ?1)", "i",
             *jump);
}

static void release(void *self, struct work *work) {
  (void)self;
  mem_free(work->prepared);
}

void clock_jumped(struct care *care, int64_t jump_ms) {
  static const struct work_handler handler = {.apply = hold, .release = release};
  int64_t size = jump_ms < 0 ? -jump_ms : jump_ms;
  if (size <= CLOCK_NOTED_MS) return;
  bool held = size > CLOCK_HELD_MS;
  log_line(held ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, "clock.jump", "ms=%lld%s",
           (long long)jump_ms,
           held ? " remedy=\"messages to patients wait: see that the time is right, then "
                  "afterward clock confirm\""
                : "");
  if (!held) return;
  int64_t *jump = mem_alloc(sizeof *jump);
  *jump = jump_ms;
  care->clock_held = true;  // at once; the row is for the next start
  kernel_post(care->kernel, 0, &handler, care, jump);
}

bool gate_clock(struct care *care, struct message *message, struct gate *gate) {
  if (!care->clock_held) return true;
  return gate_hold(gate, message, "clock", kernel_now(care->kernel) + look_again_ms);
}

static void let_go(void *self, void *own) {
  (void)own;
  ((struct care *)self)->clock_held = false;
}

static int confirm(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  char *by = NULL;
  if (field_text(&row->body, "by", 100, &by, status)) return status->code;
  store_exec(care->store, "DELETE FROM meta WHERE key='clock-held'", "");
  care_audit(care, by ? by : "", "clock.confirm", "clock", NULL);
  kernel_after(care->kernel, let_go, NULL, care, NULL);
  mem_free(by);
  return OK;
}

void clock_hold_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "clock.confirm", .apply = confirm};
  care->clock_held =
      store_int(care->store, 0, "SELECT 1 FROM meta WHERE key='clock-held'", "") != 0;
  kernel_handle_inbox(care->kernel, &handler, care);
}
