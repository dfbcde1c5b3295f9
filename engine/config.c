#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/window.h"

struct text_key {
  const char *key, *otherwise;
  size_t offset;
};

static const struct text_key text_keys[] = {
    {"zone", "Asia/Shanghai", offsetof(struct site, zone)},
    {"hospital", "本院", offsetof(struct site, hospital)},
    {"phone", "", offsetof(struct site, phone)},
    {"base_url", "http://127.0.0.1:8080", offsetof(struct site, base_url)},
    {"quiet_hours", "21:00-08:00", offsetof(struct site, quiet_hours)},
    {"contact_windows", "09:00-11:30,15:00-17:30,18:30-20:00",
     offsetof(struct site, contact_windows)},
    {"via", "sms", offsetof(struct site, via)},
    {"festivals", "", offsetof(struct site, festivals)},
    {"observations", "", offsetof(struct site, observations)},
    {"overdue_role", "duty-officer", offsetof(struct site, overdue_role)},
};

struct number_key {
  const char *key;
  int otherwise;
  size_t offset;
};

static const struct number_key number_keys[] = {
    {"budget_day", 3, offsetof(struct site, budget_day)},
    {"budget_week", 10, offsetof(struct site, budget_week)},
    {"mass_limit", 500, offsetof(struct site, mass_limit)},
};

static int read_text(struct site *site, const struct value *settings,
                     const struct text_key *key, struct status *status) {
  struct value given = value_field(settings, key->key);
  if (given.kind != VALUE_NIL && given.kind != VALUE_TEXT)
    return status_fail(status, ERR_INVALID, "%s: must be text, such as \"%s\"", key->key,
                       key->otherwise);
  char *text =
      given.kind == VALUE_TEXT ? value_copy_text(&given) : mem_copy_text(key->otherwise);
  memcpy((char *)site + key->offset, &text, sizeof text);
  return OK;
}

static int read_number(struct site *site, const struct value *settings,
                       const struct number_key *key, struct status *status) {
  struct value given = value_field(settings, key->key);
  if (given.kind != VALUE_NIL &&
      (given.kind != VALUE_INT || given.integer < 0 || given.integer > 1000000))
    return status_fail(status, ERR_INVALID,
                       "%s: must be a whole number from 0 on, such as %d", key->key,
                       key->otherwise);
  int number = (int)value_int_or(&given, key->otherwise);
  memcpy((char *)site + key->offset, &number, sizeof number);
  return OK;
}

// Dates apart by commas, or "none": a slip would let everything out on New Year's Eve.
static int check_festivals(const char *text, struct status *status) {
  int64_t day;
  if (!*text || strcmp(text, "none") == 0) return OK;
  for (size_t len;; text += len + 1) {
    len = strcspn(text, ",");
    if (!civil_parse_date(text, len, &day))
      return status_fail(status, ERR_INVALID,
                         "festivals: \"%.*s\" is no date; write "
                         "\"2027-02-05,2027-02-06\", or \"none\"",
                         (int)(len < 40 ? len : 40), text);
    if (!text[len]) return OK;
  }
}

static int check(struct site *site, struct zones *zones, struct status *status) {
  const struct zone *zone;
  struct window window;
  if (zones_find(zones, site->zone, &zone, status)) return status_prefix(status, "zone");
  if (window_parse(site->quiet_hours, &window, status))
    return status_prefix(status, "quiet_hours");
  if (window_parse(site->contact_windows, &site->contact, status))
    return status_prefix(status, "contact_windows");
  return check_festivals(site->festivals, status);
}

int site_read(struct site *site, const struct value *settings, struct zones *zones,
              struct status *status) {
  *site = (struct site){0};
  value_put(&site->settings, settings);
  for (size_t i = 0; i < sizeof text_keys / sizeof text_keys[0]; i++)
    if (read_text(site, settings, &text_keys[i], status)) return status->code;
  for (size_t i = 0; i < sizeof number_keys / sizeof number_keys[0]; i++)
    if (read_number(site, settings, &number_keys[i], status)) return status->code;
  return check(site, zones, status);
}

void site_deinit(struct site *site) {
  for (size_t i = 0; i < sizeof text_keys / sizeof text_keys[0]; i++) {
    char *text;
    memcpy(&text, (char *)site + text_keys[i].offset, sizeof text);
    mem_free(text);
  }
  buf_deinit(&site->settings);
  *site = (struct site){0};
}

// Keys of the daemon itself, beside those of the site.
static const char *const daemon_keys[] = {"state",
                                          "scripts",
                                          "plugins",
                                          "listen",
                                          "tokens",
                                          "channels",
                                          "trusted_proxies",
                                          "practice",
                                          "page_session_minutes",
                                          "photo_mb",
                                          "voice_mb",
                                          "connectors",
                                          "fhir",
                                          "reviews"};

static bool offer(struct nearest *nearest, const struct value *key, const char *name) {
  nearest_offer(nearest, name, strlen(name));
  return value_is(key, name);
}

int config_check(const struct value *settings, struct status *status) {
  struct value key, item;
  struct value_iter iter = value_iterate(settings);
  if (settings->kind != VALUE_MAP)
    return status_fail(status, ERR_INVALID,
                       "the configuration must return a table of keys");
  while (value_next(&iter, &key, &item)) {
    struct nearest nearest;
    bool known = false;
    nearest_start(&nearest, key.text.data, key.text.len);
    for (size_t i = 0; i < sizeof text_keys / sizeof text_keys[0]; i++)
      known |= offer(&nearest, &key, text_keys[i].key);
    for (size_t i = 0; i < sizeof number_keys / sizeof number_keys[0]; i++)
      known |= offer(&nearest, &key, number_keys[i].key);
    for (size_t i = 0; i < sizeof daemon_keys / sizeof daemon_keys[0]; i++)
      known |= offer(&nearest, &key, daemon_keys[i]);
    if (known) continue;
    struct buf hint = {0};
    nearest_put(&nearest, &hint);
    status_fail(status, ERR_INVALID, "configuration: there is no key '%.*s'%s",
                (int)key.text.len, key.text.data, buf_text(&hint));
    buf_deinit(&hint);
    return status->code;
  }
  return OK;
}

static bool is_other(const struct value *a, const struct value *b) {
  struct buf first = {0}, second = {0};
  value_put(&first, a);
  value_put(&second, b);
  bool other = first.len != second.len || memcmp(first.data, second.data, first.len);
  buf_deinit(&first);
  buf_deinit(&second);
  return other;
}

// Keys of `of` that the other has otherwise, or, when only missing is set, not at all.
static void put_other(const struct value *of, const struct value *other, bool missing,
                      struct buf *out) {
  struct value_iter iter = value_iterate(of);
  struct value key, item;
  while (value_next(&iter, &key, &item)) {
    char *name = value_copy_text(&key);
    struct value theirs = value_field(other, name);
    bool differs = missing ? theirs.kind == VALUE_NIL : is_other(&item, &theirs);
    if (differs && strcmp(name, "channels") != 0)
      buf_printf(out, "%s%s", out->len ? " " : "", name);
    mem_free(name);
  }
}

void config_log_waiting(const struct value *started, const struct value *settings) {
  struct buf keys = {0};
  put_other(settings, started, false, &keys);
  put_other(started, settings, true, &keys);
  if (keys.len)
    log_line(LOG_LEVEL_WARN, "config.waits",
             "keys=\"%s\" remedy=\"they take effect at the next start\"", keys.data);
  buf_deinit(&keys);
}
