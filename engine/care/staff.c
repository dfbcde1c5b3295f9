#include "care/staff.h"

#include "base/mem.h"
#include "care/inbox_field.h"

enum { DEPARTMENT_BYTES = 128, PHONE_BYTES = 64 };

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

static int apply_staff(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  char *login = NULL, *phone = NULL, *department = NULL;
  struct value words = value_field(&row->body, "dialects");
  struct buf dialects = {0};
  int code = read_login(&row->body, &login, status);
  if (!code) code = field_text(&row->body, "phone", PHONE_BYTES, &phone, status);
  if (!code)
    code = field_text(&row->body, "department", DEPARTMENT_BYTES, &department, status);
  if (!code) {
    join_words(&words, &dialects);
    store_exec(care->store,
               "INSERT INTO staff (login, phone, department, dialects) VALUES"
               " (?1,?2,?3,?4) ON CONFLICT (login) DO UPDATE SET"
               " phone=coalesce(?2, phone), department=coalesce(?3, department),"
               " dialects=coalesce(?4, dialects)",
               "tttt", login, phone, department, dialects.len ? dialects.data : NULL);
  }
  mem_free(login);
  mem_free(phone);
  mem_free(department);
  buf_deinit(&dialects);
  return code;
}

void staff_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "staff.put", .apply = apply_staff};
  kernel_handle_inbox(care->kernel, &handler, care);
}
