#include "care/staff.h"

#include <string.h>

#include "base/mem.h"
#include "care/inbox_field.h"

struct member {  // a request "staff.put"; NULL: as it was
  char *login, *phone, *wecom, *extension, *department;
};

// "sichuan" or {"sichuan", "cantonese"} to "sichuan,cantonese".
static void join_words(const struct value *list, struct buf *out) {
  struct value item;
  struct value_iter iter = value_iterate(list);
  if (list->kind == VALUE_TEXT) buf_put(out, list->text.data, list->text.len);
  while (value_next(&iter, NULL, &item)) {
    if (item.kind != VALUE_TEXT) continue;
    if (out->len) buf_putc(out, ',');
    buf_put(out, item.text.data, item.text.len);
  }
}

static int read_login(const struct value *body, char **login, struct status *status) {
  if (field_text(body, "login", STAFF_SIZE - 1, login, status)) return status->code;
  if (*login && **login) return OK;
  return status_fail(status, ERR_INVALID, "field \"login\" is missing");
}

// "@all" would be everybody, and "|" stands between several.
static int check_wecom(const char *wecom, struct status *status) {
  static const char letters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  if (!wecom || !*wecom ||
      (strspn(wecom, letters) && !wecom[strcspn(wecom, "|, \t\r\n")]))
    return OK;
  return status_fail(status, ERR_INVALID,
                     "field \"wecom\": \"%s\" is no WeCom id (UserID) of one person, "
                     "such as \"ZhaoLi\"",
                     wecom);
}

static int check_extension(const char *extension, struct status *status) {
  if (!extension || !extension[strspn(extension, "0123456789*#+")]) return OK;
  return status_fail(status, ERR_INVALID,
                     "field \"extension\": \"%s\" is no number to dial, such as \"8001\"",
                     extension);
}

static int read_member(const struct value *body, struct member *out,
                       struct status *status) {
  if (read_login(body, &out->login, status) ||
      field_text(body, "phone", 64, &out->phone, status) ||
      field_text(body, "wecom", 64, &out->wecom, status) ||
      field_text(body, "extension", 32, &out->extension, status) ||
      field_text(body, "department", 128, &out->department, status) ||
      check_wecom(out->wecom, status) || check_extension(out->extension, status))
    return status->code;
  return OK;
}

static void put_member(struct care *care, const struct member *member,
                       const char *dialects) {
  store_exec(care->store,
             "INSERT INTO staff (login, phone, department, dialects, wecom, extension)"
             " VALUES (?1,nullif(?2,''),?3,?4,nullif(?5,''),nullif(?6,'')) ON CONFLICT"
             " (login) DO UPDATE SET phone=nullif(coalesce(?2, phone),''),"
             " department=coalesce(?3, department), dialects=coalesce(?4, dialects),"
             " wecom=nullif(coalesce(?5, wecom),''),"
             " extension=nullif(coalesce(?6, extension),'')",
             "tttttt", member->login, member->phone, member->department, dialects,
             member->wecom, member->extension);
}

static int apply_staff(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct member member = {0};
  struct value words = value_field(&row->body, "dialects");
  struct buf dialects = {0};
  int code = read_member(&row->body, &member, status);
  if (!code) {
    join_words(&words, &dialects);
    put_member(care, &member, dialects.len ? dialects.data : NULL);
  }
  mem_free(member.login);
  mem_free(member.phone);
  mem_free(member.wecom);
  mem_free(member.extension);
  mem_free(member.department);
  buf_deinit(&dialects);
  return code;
}

void staff_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "staff.put", .apply = apply_staff};
  kernel_handle_inbox(care->kernel, &handler, care);
}
