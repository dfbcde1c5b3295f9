#include "care/quality.h"

#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/quality_draw.h"

struct asked {  // texts are owned
  char staff[STAFF_SIZE];
  char *department, *month, *role, *form, *reply_form;
};

static int check_form(struct care *care, const struct asked *asked, const char *field,
                      const char *form, struct status *status) {
  if (!form ||
      catalog_find(care->catalog, asked->department, "form", form).kind != VALUE_NIL)
    return OK;
  return status_fail(status, ERR_INVALID, "field \"%s\": the department has no form '%s'",
                     field, form);
}

static int read_asked(struct care *care, const struct value *body, struct asked *out,
                      struct status *status) {
  if (field_staff(body, out->staff, status) ||
      field_text(body, "department", 60, &out->department, status) ||
      field_text(body, "month", 10, &out->month, status) ||
      field_text(body, "role", 60, &out->role, status) ||
      field_text(body, "form", 60, &out->form, status) ||
      field_text(body, "reply_form", 60, &out->reply_form, status))
    return status->code;
  if (!out->department || !out->role)
    return status_fail(status, ERR_INVALID, "field \"%s\" is missing",
                       out->department ? "role" : "department");
  if (check_form(care, out, "form", out->form, status)) return status->code;
  return check_form(care, out, "reply_form", out->reply_form, status);
}

static void tell(struct inbox_row *row, const struct quality_draw *draw) {
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "month", draw->month);
  mapping_int(&map, "sampled", draw->sampled);
  mapping_int(&map, "status", 200);
  mapping_int(&map, "suspected", draw->suspected);
  mapping_end(&map);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct asked asked = {0};
  int code = read_asked(care, &row->body, &asked, status);
  struct quality_draw draw = {.care = care,
                              .department = asked.department,
                              .role = asked.role,
                              .staff = asked.staff,
                              .form = asked.form,
                              .reply_form = asked.reply_form};
  if (!code) code = quality_month(&draw, asked.month, status);
  if (!code) {
    quality_draw_all(&draw);
    tell(row, &draw);
  }
  char *const owned[] = {asked.department, asked.month, asked.role, asked.form,
                         asked.reply_form};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) mem_free(owned[i]);
  return code;
}

void quality_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "quality.draw", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
