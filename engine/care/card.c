#include "care/card.h"

#include <stdio.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/mapping.h"

int64_t card_patient(struct care *care, const char *code) {
  return store_int(care->store, 0, "SELECT patient FROM card WHERE code=?1", "t", code);
}

// Digits only: an elder types them. The birth date and a limit of tries stand behind it.
static void draw(char out[CARD_CODE_SIZE]) {
  char id[17];
  digest_random_id(id);
  for (int i = 0; i < CARD_CODE_SIZE - 1; i++)
    out[i] = (char)('0' + ((unsigned char)id[i] * 7 + (unsigned char)id[15 - i]) % 10);
  out[CARD_CODE_SIZE - 1] = 0;
}

static void make(struct care *care, int64_t patient, char out[CARD_CODE_SIZE]) {
  char *code = store_text(care->store,
                          "SELECT code FROM card WHERE patient=?1 ORDER BY created_at"
                          " LIMIT 1",
                          "i", patient);
  if (code) {
    snprintf(out, CARD_CODE_SIZE, "%s", code);
  } else {
    do draw(out);
    while (card_patient(care, out));
    store_exec(care->store,
               "INSERT INTO card (code, patient, created_at) VALUES (?1,?2,?3)", "tii",
               out, patient, kernel_now(care->kernel));
  }
  mem_free(code);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  char code[CARD_CODE_SIZE] = "", object[40], *by = NULL;
  int64_t patient;
  if (field_id(&row->body, "patient", &patient, status) ||
      field_text(&row->body, "by", STAFF_SIZE, &by, status))
    return status->code;
  make(care, patient, code);
  snprintf(object, sizeof object, "patient:%lld", (long long)patient);
  care_audit(care, by ? by : "", "card.print", object, NULL);
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "code", code);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
  mem_free(by);
  return OK;
}

void card_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "card.make", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
