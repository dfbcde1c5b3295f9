// The site is told of a channel by which nothing leaves any more.
#include <stdio.h>

#include "base/mem.h"
#include "care/alert.h"
#include "care/line_row.h"

static const int64_t patience_ms = 5 * (int64_t)CIVIL_MINUTE_MS;

int64_t line_tells_at(const struct line *line) {
  bool must = breaker_is_down(&line->breaker) && !line->alert;
  return must ? line->breaker.since + patience_ms : 0;
}

static void open_alert(struct care *care, struct line *line) {
  struct buf name = {0}, reason = {0};
  int64_t held = store_int(
      care->store, 0, "SELECT count(*) FROM waiting WHERE channel=?1", "i", line->id);
  buf_printf(&name, "channel-down:%s", line->name);
  buf_printf(&reason,
             "nothing leaves by the channel \"%s\" any more: %s. %lld messages wait for "
             "it. afterward channels shows how it does, afterward channel test %s --to "
             "NUMBER what it answers",
             line->name, line->error, (long long)held, line->name);
  line->alert = alert_open(
      care,
      &(struct alert_spec){
          .department = "", .name = name.data, .level = "urgent", .reason = reason.data});
  buf_deinit(&name);
  buf_deinit(&reason);
}

void line_tell(struct care *care, struct line *line) {
  int64_t at = line_tells_at(line);
  bool over = line->alert && !breaker_is_down(&line->breaker);
  if (over) {
    alert_close(care, line->alert, "engine", "up again");
    line->alert = 0;
  } else if (at && at <= kernel_now(care->kernel)) {
    open_alert(care, line);
  } else {
    if (at) line_arm(care, line, at);
    return;
  }
  line_save(care, line);
}
