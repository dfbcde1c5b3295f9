// The channel that prints: for the demo, and as the last resort of pages to staff.
#pragma once

#include "link/channel.h"

// One line a message: id, channel, masked address, and the text only when show_text says
// so. print gets the line without its end; NULL: the log.
void channel_log_show(struct channel *channel, bool show_text);
struct channel *channel_log_new(const char *name, bool show_text,
                                void (*print)(void *self, const char *line), void *self);
