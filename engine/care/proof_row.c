#include "care/proof_row.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/inbox_field.h"

static bool read_number(struct stmt *row, struct proof_number *out) {
  bool found = stmt_row(row);
  if (found) {
    *out = (struct proof_number){.identity = stmt_int(row, 0),
                                 .patient = stmt_int(row, 1),
                                 .person = stmt_int(row, 2)};
    snprintf(out->phone, sizeof out->phone, "%s", stmt_text(row, 3));
    snprintf(out->flag, sizeof out->flag, "%s",
             stmt_text(row, 4) ? stmt_text(row, 4) : "");
  }
  stmt_done(row);
  return found;
}

int proof_number_read(struct care *care, const struct value *body,
                      struct proof_number *out, struct status *status) {
  int64_t identity, patient;
  *out = (struct proof_number){0};
  if (field_id(body, "patient", &patient, status) ||
      field_id(body, "identity", &identity, status))
    return status->code;
  if (read_number(store_query(care->store,
                              "SELECT i.id, c.patient, i.person, i.value, i.flag FROM"
                              " contact c JOIN identity i ON i.person=c.person WHERE"
                              " c.patient=?1 AND i.id=?2 AND i.kind='phone'",
                              "ii", patient, identity),
                  out))
    return OK;
  return status_fail(status, ERR_NOT_FOUND,
                     "field \"identity\": this is no phone number of the patient or of a "
                     "contact; take its id from the patient");
}

bool proof_number_of(struct care *care, const char *phone, const char *code,
                     struct proof_number *out) {
  return read_number(store_query(care->store,
                                 "SELECT i.id, p.patient, i.person, i.value, i.flag FROM"
                                 " identity i JOIN proof p ON p.identity=i.id WHERE"
                                 " i.value=?1 AND i.kind='phone' ORDER BY p.code<>?2,"
                                 " p.sent_at DESC LIMIT 1",
                                 "tt", phone, code),
                     out);
}

char *proof_department(struct care *care, int64_t patient) {
  return store_text(care->store,
                    "SELECT department FROM encounter WHERE patient=?1 AND department IS "
                    "NOT NULL AND status<>'cancelled' ORDER BY status='in' DESC, id DESC "
                    "LIMIT 1",
                    "i", patient);
}

bool proof_load(struct care *care, int64_t identity, struct proof *out) {
  struct stmt *row = store_query(
      care->store,
      "SELECT identity, patient, sent_at, expires_at, sent, begun_at, wrong, message,"
      " by_who FROM proof WHERE identity=?1",
      "i", identity);
  bool found = stmt_row(row);
  if (found) {
    int64_t *const numbers[] = {&out->identity,   &out->patient, &out->sent_at,
                                &out->expires_at, &out->sent,    &out->begun_at,
                                &out->wrong,      &out->message};
    for (int i = 0; i < 8; i++) *numbers[i] = stmt_int(row, i);
    snprintf(out->by, sizeof out->by, "%s", stmt_text(row, 8));
  }
  stmt_done(row);
  return found;
}

void proof_put(struct care *care, const struct proof *proof, const char *code,
               const char *by) {
  store_exec(care->store,
             "INSERT OR REPLACE INTO proof (identity, patient, code, by_who, sent_at,"
             " expires_at, sent, begun_at, message) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
             "iittiiiii", proof->identity, proof->patient, code, by, proof->sent_at,
             proof->expires_at, proof->sent, proof->begun_at, proof->message);
}

bool proof_is(struct care *care, int64_t identity, const char *code) {
  char *sent =
      store_text(care->store, "SELECT code FROM proof WHERE identity=?1", "i", identity);
  bool same = sent && digest_equal(sent, strlen(sent), code, strlen(code));
  mem_free(sent);
  return same;
}

void proof_missed(struct care *care, int64_t identity) {
  store_exec(care->store, "UPDATE proof SET wrong=wrong+1 WHERE identity=?1", "i",
             identity);
}

void proof_keep(struct care *care, const struct proof_number *number, const char *how,
                const char *by) {
  store_exec(care->store,
             "UPDATE identity SET proved_at=?3, proved_how=?4, proved_by=?5, flag=CASE"
             " WHEN flag IN ('void','placeholder') THEN NULL ELSE flag END WHERE value=?2"
             " AND kind='phone' AND person IN (SELECT person FROM contact WHERE"
             " patient=?1)",
             "ititt", number->patient, number->phone, kernel_now(care->kernel), how, by);
  store_exec(care->store,
             "UPDATE contact SET wrong_number_at=NULL, unreachable_at=NULL WHERE"
             " patient=?1 AND person IN (SELECT person FROM identity WHERE value=?2 AND"
             " kind='phone')",
             "it", number->patient, number->phone);
  store_exec(care->store, "DELETE FROM proof WHERE identity=?1", "i", number->identity);
}

bool proof_any(struct care *care, int64_t patient) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM contact c JOIN identity i ON i.person=c.person WHERE"
                   " c.patient=?1 AND i.kind='phone' AND i.proved_at IS NOT NULL AND"
                   " coalesce(i.flag,'') NOT IN ('void','placeholder') LIMIT 1",
                   "i", patient) != 0;
}
