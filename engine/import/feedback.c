// A row of a list of reviews, letters or calls becomes an item of feedback.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/mapping.h"
#include "import/parts.h"

enum { TEXT_SIZE = 8001 };

static const char *const channel_words[][2] = {
    {"点评", "review"},    {"评价", "review"},  {"网站", "web"},    {"热线", "hotline"},
    {"电话", "hotline"},   {"窗口", "counter"}, {"信件", "letter"}, {"来信", "letter"},
    {"意见箱", "letter"},  {"短信", "sms"},     {"微信", "wechat"}, {"问卷", "survey"},
    {"12345", "external"}, {NULL, NULL}};

// "4", "4星", "4.5" (four), "★★★★☆".
static int put_stars(struct row *row, struct mapping *item) {
  static const char star[] = "★";
  char text[64];
  int64_t count = 0;
  row_cell(row, STARS, text, sizeof text);
  if (!*text) return OK;
  if (*text >= '0' && *text <= '9')
    count = strtol(text, NULL, 10);
  else
    for (const char *at = strstr(text, star); at; at = strstr(at + 1, star)) count++;
  if (count < 1 || count > 5) return row_complain(row, STARS, "is not 1 to 5 stars");
  mapping_int(item, "stars", count);
  return OK;
}

static void put_sender(struct row *row, struct mapping *item) {
  char name[128], phone[64];
  row_cell(row, NAME, name, sizeof name);
  row_cell(row, PHONE, phone, sizeof phone);
  if (!*name && !*phone) return;
  mapping_key(item, "sender");
  struct mapping sender = mapping_begin(item->out);
  if (*name) mapping_text(&sender, "name", name);
  if (*phone) mapping_text(&sender, "phone", phone);
  mapping_end(&sender);
}

static int put_item(struct row *row, struct buf *out) {
  char channel[16], ward[128], *text = mem_alloc(TEXT_SIZE);
  struct value constant = value_field(&row->map->table, "channel");
  int code = row_word(row, CHANNEL, "channels", channel_words, channel, sizeof channel);
  row_cell(row, SAID, text, TEXT_SIZE);
  row_cell(row, WARD, ward, sizeof ward);
  struct mapping item = mapping_begin(out);
  if (*channel || constant.kind == VALUE_NIL)
    mapping_text(&item, "channel", *channel ? channel : "review");
  else
    mapping_value(&item, "channel", &constant);
  put_sender(row, &item);
  if (!code) code = put_stars(row, &item);
  mapping_text(&item, "text", text);
  if (*ward) mapping_text(&item, "ward", ward);
  mapping_end(&item);
  if (!code && !*text) code = row_complain(row, SAID, "is empty; give what was said");
  mem_free(text);
  return code;
}

// The list's own number of it; else what it says: the same row again is the same item.
static void put_id(struct row *row, const struct buf *item, struct mapping *event) {
  char own[80], digest[33], id[128];
  row_cell(row, ID, own, sizeof own);
  digest_hex(item->data, item->len, digest);
  snprintf(id, sizeof id, "said-%s-%s", row->at, *own ? own : digest);
  mapping_text(event, "id", id);
}

int row_feedback(struct row *row, struct buf *out) {
  struct buf item = {0};
  char mrn[65], visit[101];
  int code = row_time(row, MOMENT, "times", false, row->at);
  if (code) {  // some platforms tell the day alone
    *row->status = (struct status){0};
    code = row_time(row, MOMENT, "dates", true, row->at);
  }
  if (!code && !*row->at)
    code = row_complain(row, MOMENT, "is empty; give the time when it was said");
  if (!code) code = put_item(row, &item);
  row_cell(row, MRN, mrn, sizeof mrn);
  row_cell(row, VISIT, visit, sizeof visit);
  struct mapping event = mapping_begin(out);
  mapping_text(&event, "at", row->at);
  put_id(row, &item, &event);
  mapping_key(&event, "item");
  buf_put(out, buf_text(&item), item.len);
  mapping_text(&event, "kind", "feedback");
  if (*mrn) {
    mapping_key(&event, "patient");
    struct mapping patient = mapping_begin(out);
    mapping_text(&patient, "mrn", mrn);
    mapping_end(&patient);
  }
  if (*visit) mapping_text(&event, "visit", visit);
  mapping_end(&event);
  buf_deinit(&item);
  return code;
}
