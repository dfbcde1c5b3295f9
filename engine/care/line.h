// What waits for a channel that takes nothing now: its provider is dead, it may send only
// so many, all its calls are under way. Held messages stand in line, safety first, then
// by their age; nothing looks at them before the channel takes the next one.
#pragma once

#include "care/message.h"

void line_handlers(struct care *care);  // WORK_CHANNEL
// After a start: what was held for settings is tried at once.
void line_recover(struct care *care);
// Settings or the plugin of a channel are other than before: likewise. Copied.
void line_mended(struct care *care, const char *channel);

// The one function to ask before another way is chosen: is the channel's provider dead,
// or set up wrongly? One that only wants fewer is not shut.
bool line_is_shut(struct care *care, const char *channel);
const char *line_state(struct care *care,
                       const char *channel);  // up down misconfigured limited
// Adds how a channel does: held (messages in line); while it is not up also state, since,
// until and error.
struct merge;
void line_describe(struct care *care, const char *channel, struct merge *map);

void line_deinit(struct care *care);
