#include "care/case_clock_tell.h"

#include "base/mem.h"
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

// above: the rung that was paged for this clock already.
static int64_t tell(struct care *care, const struct case_clock *clock, const char *level,
                    const char *what, int64_t above) {
  struct buf name = {0}, reason = {0};
  buf_printf(&name, "%s-%s", level, clock->name);
  buf_printf(&reason, "clock %s (%s) %s", clock->name, clock->span, what);
  int64_t alert = alert_open(care, &(struct alert_spec){.patient = clock->patient,
                                                        .enrollment = clock->enrollment,
                                                        .department = clock->department,
                                                        .name = name.data,
                                                        .level = level,
                                                        .reason = reason.data,
                                                        .above = above});
  buf_deinit(&name);
  buf_deinit(&reason);
  return alert;
}

void case_clock_warn(struct care *care, const struct case_clock *clock) {
  tell(care, clock, "at-risk", "runs out soon", 0);
}

// How far up the warning of this round had gone, on the escalation that a breach has too.
static int64_t warned_rung(struct care *care, const struct case_clock *clock) {
  struct value body = catalog_department(care->catalog, clock->department);
  struct value alerts = value_field(&body, "alerts"),
               breach = value_field(&alerts, "breach");
  struct buf name = {0};
  char *escalation = value_copy_text(&breach);
  buf_printf(&name, "at-risk-%s", clock->name);
  int64_t rung = store_int(
      care->store, 0,
      "SELECT rung FROM alert WHERE patient=?1 AND enrollment=?2 AND name=?3 AND"
      " escalation=?4 AND opened_at>=?5 ORDER BY id DESC LIMIT 1",
      "iitti", clock->patient, clock->enrollment, name.data, escalation ? escalation : "",
      clock->started_at);
  mem_free(escalation);
  buf_deinit(&name);
  return rung;
}

// One level up from whom the warning had reached; nobody warned, as after an outage: the
// handler hears of it together with the next level.
void case_clock_breach(struct care *care, const struct case_clock *clock) {
  int64_t alert = tell(care, clock, "breach", "has run out", warned_rung(care, clock));
  if (!clock->warned_at) alert_go_up(care, alert);
}

static const char waits[] = "the patient is waited for";

void case_clock_hush(struct care *care, const struct case_clock *clock) {
  case_clock_untell(care, clock, waits);
  store_exec(care->store,
             "UPDATE clock SET warned_at=NULL WHERE id=?1 AND breached_at IS NULL", "i",
             clock->id);
}

void case_clock_speak(struct care *care, const struct case_clock *clock) {
  struct buf name = {0};
  buf_printf(&name, "breach-%s", clock->name);
  int64_t rung =
      store_int(care->store, 0,
                "SELECT CASE WHEN closed_reason=?4 THEN rung ELSE 0 END FROM alert WHERE"
                " patient=?1 AND enrollment=?2 AND name=?3 ORDER BY id DESC LIMIT 1",
                "iitt", clock->patient, clock->enrollment, name.data, waits);
  if (rung) tell(care, clock, "breach", "has run out", rung - 1);
  buf_deinit(&name);
}
