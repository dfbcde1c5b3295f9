// The engine's own parsers, opened to the Lua files that check declarations: each gives
// what the text means, or nil and a sentence.
#include <string.h>

#include "base/civil.h"
#include "base/digest.h"
#include "base/span.h"
#include "base/window.h"
#include "script/bundle_parts.h"

static int refuse(lua_State *L, const struct status *status) {
  lua_pushnil(L);
  lua_pushstring(L, status->text);
  return 2;
}

static const char *text_argument(lua_State *L, struct status *status) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  if (len <= 200 && strlen(text) == len) return text;
  status_fail(status, ERR_INVALID, "a text this long or with a NUL means no time");
  return NULL;
}

// About how long a span is, for comparing one with another. A time of day that follows
// days counts too.
static int64_t rough_ms(const struct span *span) {
  int64_t clock = span->clock > 0 ? span->clock : 0;
  switch (span->kind) {
    case SPAN_EXACT:
    case SPAN_WORKING_HOURS: return span->amount;
    case SPAN_DAYS:
    case SPAN_WORKING_DAYS: return span->amount * CIVIL_DAY_MS + clock;
    case SPAN_MONTHS: return span->amount * 30 * CIVIL_DAY_MS + clock;
    case SPAN_CLOCK: return clock;
    case SPAN_WEEKDAYS: return 0;
  }
  return 0;
}

static int host_span(lua_State *L) {
  struct status status = {0};
  struct span span;
  const char *text = text_argument(L, &status);
  if (!text || span_parse(text, &span, &status)) return refuse(L, &status);
  lua_pushinteger(L, rough_ms(&span));
  return 1;
}

static int host_offset(lua_State *L) {
  struct status status = {0};
  struct span span;
  const char *text = text_argument(L, &status);
  if (!text || span_parse_offset(text, &span, &status)) return refuse(L, &status);
  lua_pushinteger(L, rough_ms(&span));
  return 1;
}

static int64_t rough_period(const struct span *span) {
  if (span->kind == SPAN_CLOCK) return CIVIL_DAY_MS;
  if (span->kind != SPAN_WEEKDAYS) {
    struct span bare = *span;
    bare.clock = -1;
    return rough_ms(&bare);
  }
  bool one = (span->weekdays & (span->weekdays - 1)) == 0;
  return one ? 7 * CIVIL_DAY_MS : CIVIL_DAY_MS;
}

static int host_recurrence(lua_State *L) {
  struct status status = {0};
  struct span span;
  const char *text = text_argument(L, &status);
  if (!text || span_parse_recurrence(text, &span, &status)) return refuse(L, &status);
  lua_pushinteger(L, rough_period(&span));
  return 1;
}

static int host_hours(lua_State *L) {
  struct status status = {0};
  struct window window;
  const char *text = text_argument(L, &status);
  if (!text || window_parse(text, &window, &status)) return refuse(L, &status);
  lua_pushboolean(L, true);
  return 1;
}

static int host_weekdays(lua_State *L) {
  struct status status = {0};
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  unsigned days = civil_parse_weekdays(text, len);
  if (!days) {
    status_fail(&status, ERR_INVALID,
                "\"%.40s\" names no weekdays; write for example \"mon-fri\" or \"sat\"",
                text);
    return refuse(L, &status);
  }
  lua_pushinteger(L, days);
  return 1;
}

static int host_zone(lua_State *L) {
  struct bundle *bundle = lua_touserdata(L, lua_upvalueindex(1));
  struct status status = {0};
  const struct zone *zone;
  const char *text = text_argument(L, &status);
  if (!text || zones_find(&bundle->zones, text, &zone, &status))
    return refuse(L, &status);
  lua_pushboolean(L, true);
  return 1;
}

static int host_digest(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  char hex[33];
  digest_hex(text, len, hex);
  lua_pushstring(L, hex);
  return 1;
}

// holidays(text, file): true when its lines are days off, working days and festivals.
static int host_holidays(lua_State *L) {
  struct status status = {0};
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len), *file = luaL_checkstring(L, 2);
  struct calendar *calendar = worktime_new();
  int code = worktime_add_holidays(calendar, text, len, file, &status);
  worktime_free(calendar);
  if (code) return refuse(L, &status);
  lua_pushboolean(L, true);
  return 1;
}

void bundle_add_parsers(lua_State *L, struct bundle *bundle) {
  static const luaL_Reg parsers[] = {
      {"span", host_span},   {"offset", host_offset},     {"recurrence", host_recurrence},
      {"hours", host_hours}, {"holidays", host_holidays}, {"weekdays", host_weekdays},
      {"zone", host_zone},   {"digest", host_digest}};
  for (size_t i = 0; i < sizeof parsers / sizeof *parsers; i++) {
    lua_pushlightuserdata(L, bundle);
    lua_pushcclosure(L, parsers[i].func, 1);
    lua_setfield(L, -2, parsers[i].name);
  }
}
