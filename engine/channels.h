// Channels as the configuration names them: `channels = { sms = { plugin = "sms-http", …
// }, log = {} }`. A plugin that is saved anew takes the old one's place, and so do
// settings.
#pragma once

#include "care/care.h"
#include "link/dispatcher.h"

struct http_thread;
struct loop;
struct watch;
struct loop_job;
struct configured;
struct look;

struct channels {
  struct dispatcher *dispatcher;
  struct care *care;           // borrowed, as the next four; NULL: results go nowhere
  struct clock *clock;         //
  struct loop *loop;           //
  struct http_thread *client;  //
  char *plugins;               // folder; owned
  struct configured *configured;
  struct buf wanted;  // settings of all that are to be taken next, encoded; empty: none
  struct watch *watch;
  struct loop_job *looking;
  struct look *look;       // what it works on
  bool again;              // files or settings changed while it looked
  struct buf settings;     // of all, as they were taken last
  struct buf refused;      // encoded maps, one after another: channels that settings name
  uint32_t refused_count;  // and that can't come, with why
};

struct channels_parts {  // borrowed, but for the folder's name
  struct care *care;
  struct clock *clock;
  struct loop *loop;
  struct http_thread *client;
  const char *plugins;  // the folder with <name>/plugin.lua
};

// The text of a failure names the channel, the key and the remedy.
int channels_open(struct channels *channels, const struct channels_parts *parts,
                  const struct value *settings, struct status *status);
// Appends an encoded list of all: what each can do and how it does; and their metrics.
void channels_list(const struct channels *channels, struct buf *out);
void channels_metrics(const struct channels *channels, struct buf *out);
// From now on plugins that are saved are taken. One that is broken, or does not know the
// channel's settings, changes nothing: the old one goes on, and the channel says why.
void channels_watch(struct channels *channels);
void channels_reload(struct channels *channels);  // looks now
// From now on the channels are these: new ones come, others go, and each whose settings
// are good has them. One whose settings are wrong goes on as it was, and says why.
void channels_configure(struct channels *channels, const struct value *settings);
// No plugin is looked at any more; before the HTTP client ends.
void channels_stop(struct channels *channels);
void channels_free(struct channels *channels);  // after it
