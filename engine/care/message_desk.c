#include "care/message_desk.h"

#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "care/message_mass.h"

static void answer(struct inbox_row *row, const char *key, int64_t number) {
  struct merge fields = {0};
  merge_int(&fields, key, number);
  merge_int(&fields, "status", 200);
  merge_end(&fields, &row->result);
}

static char *take_field(const struct inbox_row *row, const char *key,
                        struct status *status) {
  struct value field = value_field(&row->body, key);
  char *text = value_copy_text(&field);
  if (!text || !*text)
    status_fail(status, ERR_INVALID, "%s is missing: name it as text", key);
  return text;
}

// The second person is not the one who put the text into force.
static int check_second(struct care *care, const char *department, const char *by,
                        struct status *status) {
  char *first = store_text(care->store,
                           "SELECT activated_by FROM bundle WHERE department=?1 AND"
                           " active=1",
                           "t", department);
  bool same = first && strcmp(first, by) == 0;
  mem_free(first);
  if (!same) return OK;
  return status_fail(status, ERR_CONFLICT,
                     "by is %s, who put these texts into force: a second person must"
                     " approve",
                     by);
}

struct named {  // one text, and who decides about it; owned
  char *department, *name, *by;
};

static int read_named(const struct inbox_row *row, struct named *named,
                      struct status *status) {
  *named = (struct named){.department = take_field(row, "department", status)};
  if (!status->code) named->name = take_field(row, "name", status);
  if (!status->code) named->by = take_field(row, "by", status);
  return status->code;
}

static void named_deinit(struct named *named) {
  mem_free(named->department);
  mem_free(named->name);
  mem_free(named->by);
}

static int apply_approve(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct named named;
  if (read_named(row, &named, status) == OK &&
      check_second(care, named.department, named.by, status) == OK)
    answer(row, "released",
           message_mass_release(care, named.department, named.name, named.by));
  named_deinit(&named);
  return status->code;
}

// Whoever sees that a text is wrong may stop it.
static int apply_withdraw(void *self, struct inbox_row *row, struct status *status) {
  struct named named;
  if (read_named(row, &named, status) == OK)
    answer(row, "withdrawn",
           message_mass_withdraw(self, named.department, named.name, named.by));
  named_deinit(&named);
  return status->code;
}

void message_desk_handlers(struct care *care) {
  static const struct inbox_handler on_approve = {.kind = "message.approve",
                                                  .apply = apply_approve};
  static const struct inbox_handler on_withdraw = {.kind = "message.withdraw",
                                                   .apply = apply_withdraw};
  kernel_handle_inbox(care->kernel, &on_approve, care);
  kernel_handle_inbox(care->kernel, &on_withdraw, care);
}
