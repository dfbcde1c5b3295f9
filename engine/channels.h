// Channels as the configuration names them: `channels = { sms = { plugin = "sms-http", …
// }, log = {} }`.
#pragma once

#include "care/care.h"
#include "link/dispatcher.h"

struct http_thread;

struct channels {
  struct dispatcher *dispatcher;
  struct care *care;    // borrowed
  struct clock *clock;  // likewise
};

// plugins: the folder with <name>/plugin.lua. The text names the channel, the key and the
// remedy.
int channels_open(struct channels *channels, struct care *care, struct clock *clock,
                  struct http_thread *client, const char *plugins,
                  const struct value *settings, struct status *status);
