// A row of a list becomes an event.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/event_check.h"
#include "care/mapping.h"
#include "import/parts.h"

// Words of the trade, for maps that don't bring their own.
static const char *const sex_words[][2] = {
    {"男", "male"}, {"女", "female"}, {"1", "male"}, {"2", "female"}, {NULL, NULL}};
static const char *const leaving_words[][2] = {
    {"医嘱离院", "order"},
    {"1", "order"},
    {"医嘱转院", "transfer"},
    {"转院", "transfer"},
    {"2", "transfer"},
    {"医嘱转社区卫生服务机构/乡镇卫生院", "community"},
    {"转社区", "community"},
    {"3", "community"},
    {"非医嘱离院", "against-advice"},
    {"4", "against-advice"},
    {"死亡", "death"},
    {"5", "death"},
    {"其他", "other"},
    {"9", "other"},
    {NULL, NULL}};
// How the patient came in, in words: the codes of 入院途径 don't say whether it was
// planned. Then the medical record's first page: 是否有出院31天内再住院计划 1 无 2 有.
static const char *const planned_words[][2] = {
    {"是", "true"},    {"计划", "true"},    {"择期", "true"}, {"否", "false"},
    {"急诊", "false"}, {"非计划", "false"}, {NULL, NULL}};
static const char *const return_words[][2] = {
    {"有", "true"}, {"2", "true"},   {"是", "true"}, {"无", "false"},
    {"1", "false"}, {"否", "false"}, {NULL, NULL}};
static const char *const relation_words[][2] = {
    {"本人", "self"},        {"配偶", "spouse"},  {"丈夫", "spouse"},
    {"妻子", "spouse"},      {"子女", "child"},   {"儿子", "child"},
    {"女儿", "child"},       {"子", "child"},     {"女", "child"},
    {"父母", "parent"},      {"父亲", "parent"},  {"母亲", "parent"},
    {"兄弟姐妹", "sibling"}, {"兄弟", "sibling"}, {"姐妹", "sibling"},
    {"其他", "other"},       {NULL, NULL}};
// Cuts the text at each separator; gives the parts, without empty ones at the end.
static int split(char *text, const char *const *separators, char **parts, int most) {
  int count = 0;
  for (char *at = text; count < most;) {
    char *end = NULL;
    size_t len = 0;
    for (const char *const *separator = separators; *separator; separator++) {
      char *found = strstr(at, *separator);
      if (found && (!end || found < end)) end = found, len = strlen(*separator);
    }
    parts[count++] = at;
    if (!end) break;
    *end = 0;
    at = end + len;
  }
  while (count && !*parts[count - 1]) count--;
  return count;
}

enum { PARTS = 40, LONG_CELL = 4096 };

static void put_coded(struct buf *out, const char *at, const char *code,
                      const char *name) {
  struct mapping map = mapping_begin(out);
  if (*at) mapping_text(&map, "at", at);
  if (*code) mapping_text(&map, "code", code);
  if (*name) mapping_text(&map, "name", name);
  mapping_end(&map);
}

// Codes and names stand beside each other when there are as many; else each for itself.
static void put_codes(struct row *row, struct mapping *map, const char *key,
                      enum target code, enum target name, const char *at) {
  static const char *const separators[] = {"；", ";", "|", "｜", "\n", NULL};
  char codes_text[LONG_CELL], names_text[LONG_CELL], *codes[PARTS], *names[PARTS];
  row_cell(row, code, codes_text, sizeof codes_text);
  row_cell(row, name, names_text, sizeof names_text);
  int code_count = *codes_text ? split(codes_text, separators, codes, PARTS) : 0,
      name_count = *names_text ? split(names_text, separators, names, PARTS) : 0;
  uint32_t count = 0;
  if (!code_count && !name_count) return;
  mapping_key(map, key);
  size_t list = value_begin_list(map->out);
  bool pairs = code_count == name_count;
  for (int i = 0; i < code_count; i++)
    if (*codes[i] || (pairs && *names[i]))
      put_coded(map->out, at, codes[i], pairs ? names[i] : ""), count++;
  for (int i = 0; !pairs && i < name_count; i++)
    if (*names[i]) put_coded(map->out, at, "", names[i]), count++;
  value_end(map->out, list, count);
}

static void put_cell(struct row *row, struct mapping *map, const char *key,
                     enum target target) {
  char text[1024];
  row_cell(row, target, text, sizeof text);
  if (*text) mapping_text(map, key, text);
}

// One cell may hold several numbers.
static void put_phones(struct row *row, struct mapping *map, enum target target) {
  static const char *const separators[] = {"；", ";", "、", "，", ",", "/", "|", NULL};
  char text[256], *parts[5];
  row_cell(row, target, text, sizeof text);
  int count = *text ? split(text, separators, parts, 5) : 0;
  if (!count) return;
  mapping_text(map, "phone", parts[0]);
  if (count == 1) return;
  mapping_key(map, "phones");
  size_t list = value_begin_list(map->out);
  for (int i = 1; i < count; i++) value_put_text(map->out, parts[i]);
  value_end(map->out, list, (uint32_t)count - 1);
}

static int put_contact(struct row *row, struct mapping *patient) {
  char relation[24], name[128], phone[128], email[256], proxy[16];
  if (row_word(row, CONTACT_RELATION, "relations", relation_words, relation,
               sizeof relation))
    return ERR_INVALID;
  row_cell(row, CONTACT_NAME, name, sizeof name);
  row_cell(row, CONTACT_PHONE, phone, sizeof phone);
  row_cell(row, CONTACT_EMAIL, email, sizeof email);
  row_cell(row, CONTACT_PROXY, proxy, sizeof proxy);
  if (!strcmp(relation, "self") || (!*name && !*phone && !*email)) return OK;
  mapping_key(patient, "contacts");
  size_t list = value_begin_list(patient->out);
  struct mapping map = mapping_begin(patient->out);
  put_cell(row, &map, "email", CONTACT_EMAIL);
  if (*name) mapping_text(&map, "name", name);
  put_phones(row, &map, CONTACT_PHONE);
  if (*proxy) mapping_bool(&map, "proxy", !strcmp(proxy, "是") || !strcmp(proxy, "1"));
  if (*relation) mapping_text(&map, "relation", relation);
  mapping_end(&map);
  value_end(patient->out, list, 1);
  return OK;
}

static int put_patient(struct row *row, struct mapping *event) {
  char sex[16];
  if (row_word(row, SEX, "sex", sex_words, sex, sizeof sex)) return ERR_INVALID;
  mapping_key(event, "patient");
  struct mapping map = mapping_begin(event->out);
  put_cell(row, &map, "address", ADDRESS);
  if (*row->birth) mapping_text(&map, "birth", row->birth);
  int code = put_contact(row, &map);
  put_cell(row, &map, "dialect", DIALECT);
  put_cell(row, &map, "disclosure", DISCLOSURE);
  put_cell(row, &map, "email", EMAIL);
  put_cell(row, &map, "language", LANGUAGE);
  put_cell(row, &map, "mrn", MRN);
  put_cell(row, &map, "name", NAME);
  put_phones(row, &map, PHONE);
  if (*sex) mapping_text(&map, "sex", sex);
  mapping_end(&map);
  return code;
}

static int put_stays(struct row *row, struct mapping *map) {
  char text[16];
  row_cell(row, STAYS, text, sizeof text);
  if (!*text) return OK;
  if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 3)
    return row_complain(row, STAYS, "is not a number of stays");
  mapping_int(map, "stays", strtol(text, NULL, 10));
  return OK;
}

// The stay's own number, else one made of what names it.
static void put_visit(struct row *row, struct mapping *map) {
  char visit[128], mrn[65], stays[16];
  row_cell(row, VISIT, visit, sizeof visit);
  row_cell(row, MRN, mrn, sizeof mrn);
  row_cell(row, STAYS, stays, sizeof stays);
  if (!*visit) snprintf(visit, sizeof visit, "%s-%s", mrn, *stays ? stays : row->at);
  mapping_text(map, "visit", visit);
}

static int put_event(struct row *row, const char *id, struct buf *out) {
  char department[64], leaving[24], planned[8], back[8];
  if (row_word(row, DEPARTMENT, "departments", NULL, department, sizeof department) ||
      row_word(row, LEAVING, "leaving", leaving_words, leaving, sizeof leaving) ||
      row_word(row, PLANNED, "planned", planned_words, planned, sizeof planned) ||
      row_word(row, RETURN_PLANNED, "return_planned", return_words, back, sizeof back))
    return ERR_INVALID;
  struct mapping map = mapping_begin(out);
  if (*row->admitted) mapping_text(&map, "admitted", row->admitted);
  mapping_text(&map, "at", row->at);
  if (*department) mapping_text(&map, "department", department);
  put_codes(row, &map, "diagnoses", DIAGNOSIS_CODE, DIAGNOSIS_NAME, "");
  put_cell(row, &map, "doctor", DOCTOR);
  mapping_text(&map, "id", id);
  mapping_text(&map, "kind", "discharge");
  if (*leaving) mapping_text(&map, "leaving", leaving);
  put_cell(row, &map, "nurse", NURSE);
  int code = put_patient(row, &map);
  if (*planned) mapping_text(&map, "planned", planned);
  put_codes(row, &map, "procedures", PROCEDURE_CODE, PROCEDURE_NAME, row->procedure_at);
  if (*back) mapping_text(&map, "return_planned", back);
  if (!code) code = put_stays(row, &map);
  put_visit(row, &map);
  put_cell(row, &map, "ward", WARD);
  mapping_end(&map);
  return code;
}

// What names the stay, and what is said of it: the same row again is the same event, a
// mended one is new.
static void make_id(struct row *row, const struct buf *body, char out[64]) {
  char mrn[65], stays[16], digest[33], content[33];
  struct buf identity = {0};
  row_cell(row, MRN, mrn, sizeof mrn);
  row_cell(row, STAYS, stays, sizeof stays);
  buf_printf(&identity, "%s|%s|%s", mrn, stays, row->at);
  digest_hex(identity.data, identity.len, digest);
  digest_hex(body->data, body->len, content);
  snprintf(out, 64, "list-%.16s-%.8s", digest, content);
  buf_deinit(&identity);
}

static int check(struct row *row, const struct buf *body) {
  struct buf clean = {0};
  struct value view;
  int code = ERR_INTERNAL;
  if (value_read(body->data, body->len, &view))
    code = event_check(&view, NULL, &clean, row->status);
  buf_deinit(&clean);
  if (code) *row->column = import_map_column(row->map, row->status->text);
  return code;
}

static int read_times(struct row *row) {
  if (row_time(row, DISCHARGED, "times", false, row->at) ||
      row_time(row, ADMITTED, "times", false, row->admitted) ||
      row_time(row, PROCEDURE_AT, "times", false, row->procedure_at) ||
      row_time(row, BIRTH, "dates", true, row->birth))
    return ERR_INVALID;
  if (!*row->at)
    return row_complain(row, DISCHARGED, "is empty; give the time of discharge");
  if (*row->admitted && strcmp(row->admitted, row->at) > 0)
    return row_complain(row, ADMITTED, "lies after the discharge; check both");
  return OK;
}

static int discharge(struct row *row, struct buf *out) {
  char id[64];
  int code = read_times(row);
  if (!code) code = put_event(row, "-", out);
  if (!code) code = check(row, out);
  if (code) return code;
  make_id(row, out, id);
  buf_clear(out);
  return put_event(row, id, out);
}

static int feedback(struct row *row, struct buf *out) {
  int code = row_feedback(row, out);
  return code ? code : check(row, out);
}

int import_map_row(struct import_map *map, const char *const *cells, int count,
                   struct buf *json, const char **column, struct status *status) {
  struct row row = {
      .map = map, .cells = cells, .count = count, .column = column, .status = status};
  struct buf body = {0};
  struct value view;
  *column = "";
  int code = map->feedback ? feedback(&row, &body) : discharge(&row, &body);
  if (!code && value_read(body.data, body.len, &view)) value_to_json(json, &view);
  buf_deinit(&body);
  return code;
}
