// A care module in memory, its channels and what went out, as message.c shows it to
// specs.
#pragma once

#include <lua.h>

#include "care/message.h"

enum { TEXTS = 256 };

struct scene {
  lua_State *L;
  struct care care;
  struct clock clock;
  struct site site;
  struct zones zones;
  const struct zone *zone;
  int sent, batch;     // in the registry: what went out; the function of a batch
  char channels[128];  // " sms wechat " those that are known
  char linkless[128];  // those that take no links
  int64_t keyed_ms, merge_most;
  struct channel_limits limits;
  char *texts[TEXTS];  // SQL must keep its address
  int text_count;
  char error[512];
  char answer[512];  // of the last inbox row, as JSON
};
