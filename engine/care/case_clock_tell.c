#include "care/case_clock_tell.h"

#include "care/alert.h"

static void close_alert(struct care *care, const struct case_clock *clock,
                        const char *level, const char *why) {
  struct buf name = {0};
  buf_printf(&name, "%s-%s", level, clock->name);
  int64_t alert = store_int(care->store, 0,
                            "SELECT id FROM alert WHERE patient=?3 AND enrollment=?1 AND"
                            " name=?2 AND status<>'closed'",
                            "iti", clock->enrollment, name.data, clock->patient);
  if (alert) alert_close(care, alert, "clock", why);
  buf_deinit(&name);
}

void case_clock_untell(struct care *care, const struct case_clock *clock,
                       const char *why) {
  close_alert(care, clock, "at-risk", why);
  close_alert(care, clock, "breach", why);
}

void case_clock_outgrown(struct care *care, const struct case_clock *clock,
                         const char *why) {
  close_alert(care, clock, "at-risk", why);
}

void case_clock_tell(struct care *care, const struct case_clock *clock, const char *level,
                     const char *what) {
  struct buf name = {0}, reason = {0};
  buf_printf(&name, "%s-%s", level, clock->name);
  buf_printf(&reason, "clock %s (%s) %s", clock->name, clock->span, what);
  alert_open(care, &(struct alert_spec){.patient = clock->patient,
                                        .enrollment = clock->enrollment,
                                        .department = clock->department,
                                        .name = name.data,
                                        .level = level,
                                        .reason = reason.data});
  buf_deinit(&name);
  buf_deinit(&reason);
}
