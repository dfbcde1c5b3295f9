#include "care/case_public.h"

#include <string.h>

#include "base/mem.h"
#include "care/case.h"
#include "care/inbox_field.h"
#include "care/mapping.h"

enum { WORDS_MOST = 900, PLACE_MOST = 60, WORDS = 3, DIGITS_MOST = 6 };
static const char *const names[WORDS] = {"said", "did", "place"};

// A phone, a file or a stay: six digits in a row, also with marks between them.
static bool has_number(const char *text) {
  int digits = 0;
  for (; *text; text++) {
    if (*text >= '0' && *text <= '9')
      digits++;
    else if (!strchr(" -.", *text))
      digits = 0;
    if (digits == DIGITS_MOST) return true;
  }
  return false;
}

// A name, number or address of the sender, of whom it is about, or of their contacts.
static bool names_somebody(struct care *care, int64_t id, const char *text) {
  return store_int(
             care->store, 0,
             "SELECT 1 FROM case_file f JOIN contact c ON c.patient IN (f.sender,"
             " f.patient) JOIN identity i ON i.person=c.person WHERE enrollment=?1 AND"
             " length(i.value)>=2 AND instr(?2, i.value) LIMIT 1",
             "it", id, text) != 0;
}

static bool names_staff(struct care *care, const char *text) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM staff WHERE length(login)>=3 AND instr(?1, login)"
                   " LIMIT 1",
                   "t", text) != 0;
}

static int judge(struct care *care, int64_t id, char *const words[WORDS],
                 struct status *status) {
  for (int i = 0; i < 2; i++)
    if (!words[i] || !*words[i])
      return status_fail(status, ERR_INVALID, "field \"%s\" is missing", names[i]);
  for (int i = 0; i < WORDS; i++) {
    if (!words[i]) continue;
    if (has_number(words[i]))
      return status_fail(status, ERR_INVALID,
                         "field \"%s\" holds a long number; the public must not read"
                         " anybody's",
                         names[i]);
    if (names_somebody(care, id, words[i]) || names_staff(care, words[i]))
      return status_fail(status, ERR_INVALID,
                         "field \"%s\" names somebody of the case or of the staff; write"
                         " it without",
                         names[i]);
  }
  return OK;
}

static void withdraw(struct care *care, int64_t id, const char *staff) {
  store_exec(care->store,
             "UPDATE said SET withdrawn_at=?2, withdrawn_by=?3 WHERE enrollment=?1 AND"
             " withdrawn_at IS NULL",
             "iit", id, kernel_now(care->kernel), staff);
}

static void publish(struct care *care, int64_t id, char *const words[WORDS],
                    const char *staff) {
  withdraw(care, id, staff);
  store_exec(care->store,
             "INSERT INTO said (enrollment, you_said, we_did, place, at, by_who) VALUES"
             " (?1,?2,?3,?4,?5,?6)",
             "itttit", id, words[0], words[1], words[2], kernel_now(care->kernel), staff);
  case_step(care, id, "published", staff, NULL);
}

static int read_words(const struct value *body, char *words[WORDS],
                      struct status *status) {
  for (int i = 0; i < WORDS; i++)
    if (field_text(body, names[i], i == 2 ? PLACE_MOST : WORDS_MOST, &words[i], status))
      return status->code;
  return OK;
}

static void tell(struct inbox_row *row) {
  struct mapping map = mapping_begin(&row->result);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

static int find(struct care *care, const struct value *body, int64_t *id,
                char staff[STAFF_SIZE], struct status *status) {
  if (field_id(body, "case", id, status) || field_staff(body, staff, status))
    return status->code;
  return case_is(care, *id) ? OK
                            : status_fail(status, ERR_NOT_FOUND, "there is no such case");
}

static int apply_publish(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  char staff[STAFF_SIZE], *words[WORDS] = {0};
  int64_t id = 0;
  int code = find(care, &row->body, &id, staff, status);
  if (!code) code = read_words(&row->body, words, status);
  if (!code) code = judge(care, id, words, status);
  if (!code) publish(care, id, words, staff);
  if (!code) tell(row);
  for (int i = 0; i < WORDS; i++) mem_free(words[i]);
  return code;
}

static int apply_unpublish(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  char staff[STAFF_SIZE];
  int64_t id = 0;
  if (find(care, &row->body, &id, staff, status)) return status->code;
  withdraw(care, id, staff);
  if (!store_changes(care->store))
    return status_fail(status, ERR_CONFLICT, "nothing of this case is public");
  case_step(care, id, "unpublished", staff, NULL);
  tell(row);
  return OK;
}

void case_public_handlers(struct care *care) {
  static const struct inbox_handler handlers[] = {
      {.kind = "case.publish", .apply = apply_publish},
      {.kind = "case.unpublish", .apply = apply_unpublish}};
  for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
    kernel_handle_inbox(care->kernel, &handlers[i], care);
}
