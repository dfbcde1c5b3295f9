// What the hospital sets in its configuration file: words, hours, limits. Read once,
// borrowed by everybody.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"
#include "base/window.h"

struct site {
  char *zone;              // "Asia/Shanghai"
  char *hospital, *phone;  // as patients see them; 本院 and the follow-up centre's number
  char *base_url;          // where patients reach the pages: "https://f.example.org"
  char *quiet_hours;       // "21:00-08:00": no patient messages
  char *contact_windows;        // "09:00-11:30,15:00-17:30,18:30-20:00"
  struct window contact;        // the same, parsed
  int budget_day, budget_week;  // questionnaires and notices a patient may get (safety
                                // and medicine apart)
  int mass_limit;   // messages of one template a day before a second person is asked
  char *via;        // default order of channels, "sms"
  char *festivals;  // CSV of days with safety messages only (WARD 20), in
                    // place of those of shared/calendar/cn.csv; "": those; "none"
  char *
      observations;  // CSV of measures over the engine's own (care/measure.csv); "": none
  char *overdue_role;   // the site's own ladder: who is paged when all else is silent
  struct buf settings;  // the whole configuration as an encoded map, for parts that read
                        // their own section
};
