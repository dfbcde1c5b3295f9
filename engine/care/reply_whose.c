#include "care/reply_whose.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/mask.h"
#include "care/mapping.h"
#include "care/message.h"

enum { ASKED_MS = 24 * 3600000, GOOD_MS = 2 * 3600000 };
#define TEMPLATE "whose-reply"

static void put_name(struct care *care, int64_t patient, struct buf *out) {
  struct stmt *row =
      store_query(care->store,
                  "SELECT value FROM identity WHERE person=?1 AND kind='name'"
                  " LIMIT 1",
                  "i", patient);
  if (stmt_row(row))
    mask_name(stmt_text(row, 0), out);
  else
    buf_putc(out, '*');
  stmt_done(row);
}

// "12 17 " into order, "1 王*兰、2 李*国" into shown. Returns how many.
static int list_choices(struct care *care, const struct reply_sender *list, int count,
                        struct buf *order, struct buf *shown) {
  int listed = 0;
  for (int i = 0; i < count && listed < 9; i++) {
    if (!reply_may_be(list, i)) continue;
    bool again = false;
    for (int j = 0; j < i; j++) again = again || list[j].patient == list[i].patient;
    if (again) continue;
    buf_printf(order, "%lld ", (long long)list[i].patient);
    buf_printf(shown, "%s%d ", listed ? "、" : "", listed + 1);
    listed++;
    put_name(care, list[i].patient, shown);
  }
  return listed;
}

static bool was_asked(struct care *care, int64_t inbound) {
  return store_int(
             care->store, 0,
             "SELECT 1 FROM inbound mine JOIN inbound i ON i.identity=mine.identity AND"
             " i.id<>mine.id AND i.outcome='whose' AND i.choices IS NOT NULL AND"
             " i.received_at>?2 WHERE mine.id=?1 LIMIT 1",
             "ii", inbound, kernel_now(care->kernel) - GOOD_MS) != 0;
}

static void ask(struct care *care, const struct reply_sender *to, const char *choices) {
  struct buf fields = {0}, audience = {0};
  struct value view;
  struct mapping map = mapping_begin(&fields);
  mapping_text(&map, "choices", choices);
  mapping_end(&map);
  value_read(fields.data, fields.len, &view);
  buf_printf(&audience, "%lld", (long long)to->person);
  message_plan(care,
               &(struct message_spec){.patient = to->patient,
                                      .department = to->department,
                                      .kind = "send",
                                      .class_ = "general",
                                      .name = TEMPLATE,
                                      .audience = audience.data,
                                      .fields = &view,
                                      .valid_until = kernel_now(care->kernel) + GOOD_MS});
  buf_deinit(&fields);
  buf_deinit(&audience);
}

void reply_whose_ask(struct care *care, int64_t inbound, const struct reply_sender *list,
                     int count) {
  struct buf order = {0}, shown = {0};
  struct value template =
      catalog_find(care->catalog, list[0].department, "template", TEMPLATE);
  if (template.kind == VALUE_MAP && !was_asked(care, inbound) &&
      list_choices(care, list, count, &order, &shown) > 1) {
    store_exec(care->store, "UPDATE inbound SET choices=?2 WHERE id=?1", "it", inbound,
               order.data);
    ask(care, &list[0], shown.data);
  }
  buf_deinit(&order);
  buf_deinit(&shown);
}

// The place that the text names, from 1; 0 when it is no digit.
static int place_in(const char *text) {
  struct buf plain = {0};
  fold_plain(text, strlen(text), &plain);
  int place = plain.len == 1 && plain.data[0] >= '1' && plain.data[0] <= '9'
                  ? plain.data[0] - '0'
                  : 0;
  buf_deinit(&plain);
  return place;
}

static int64_t nth(const char *order, int place) {
  char *next;
  for (int64_t patient; (patient = strtoll(order, &next, 10)) != 0; order = next)
    if (--place == 0) return patient;
  return 0;
}

int64_t reply_whose_chosen(struct care *care, int64_t identity, const char *text,
                           int64_t *patient) {
  int place = place_in(text);
  int64_t asked = 0;
  if (!place) return 0;
  struct stmt *row = store_query(
      care->store,
      "SELECT id, choices FROM inbound WHERE identity=?1 AND outcome='whose' AND"
      " choices IS NOT NULL AND received_at>?2 ORDER BY id DESC LIMIT 1",
      "ii", identity, kernel_now(care->kernel) - ASKED_MS);
  if (stmt_row(row)) {
    *patient = nth(stmt_text(row, 1), place);
    asked = *patient ? stmt_int(row, 0) : 0;
  }
  stmt_done(row);
  return asked;
}
