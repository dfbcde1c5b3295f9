// The configuration: a Lua file that returns a table, or the defaults; checked, every key
// with a reason.
#pragma once

#include "base/zone.h"
#include "care/site.h"

// Fills site from the encoded settings; keys that are absent get their defaults. The text
// names the key and the remedy.
int site_read(struct site *site, const struct value *settings, struct zones *zones,
              struct status *status);
void site_deinit(struct site *site);
// Refuses keys that nobody reads, with the nearest right word. The daemon's own keys are
// checked where they are used.
int config_check(const struct value *settings, struct status *status);
// Logs the keys beside channels that are other than those the daemon started with: they
// wait for a restart.
void config_log_waiting(const struct value *started, const struct value *settings);
