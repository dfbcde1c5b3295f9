// A folder in which a hospital's system puts lists, over SFTP or a share: each is
// imported as `afterward import` does, once it is whole, and put away. A connector
// without a plugin of its own.
#pragma once

#include "base/value.h"
#include "base/zone.h"
#include "io/loop.h"
#include "run/kernel.h"

struct drop;

struct drop_parts {  // borrowed
  struct loop *loop;
  struct clock *clock;
  const struct zone *zone;  // the site's
  const char *server;       // the engine's own address, "http://127.0.0.1:8080"; copied
};

// settings: folder, map, settle, and plugin. The text of a failure names the key.
int drop_open(struct drop **out, const struct drop_parts *parts, const char *name,
              const struct value *settings, struct status *status);
void drop_stop(
    struct drop *drop);  // what is under way is left, and begun again next time
void drop_free(struct drop *drop);  // stopped
const char *drop_name(const struct drop *drop);
const char *drop_token(const struct drop *drop);  // a secret, with which it posts events

// "pull": it looks now; done is told {answer, status}. ERR_CONFLICT: it looks already.
int drop_ask(struct drop *drop, const char *what, inbox_done *done, void *ctx,
             struct status *status);
void drop_put(const struct drop *drop, struct buf *out);  // as connector_put
void drop_metrics(struct drop *const *drops, size_t count, struct buf *out);
void drop_warn(const struct drop *drop, struct buf *out);  // as pull_warn
