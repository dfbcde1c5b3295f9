// Rows of proofs, and the numbers they are of. For proof.c alone.
#pragma once

#include "care/care.h"
#include "care/phone.h"

struct proof_number {  // one number of a patient or of one of the patient's contacts
  int64_t identity, patient, person;
  char phone[PHONE_SIZE * 4];
  char flag[16];  // "" for none
};
// Of the fields identity and patient. ERR_NOT_FOUND when the one is none of the other's.
int proof_number_read(struct care *care, const struct value *body,
                      struct proof_number *out, struct status *status);
// The number of whoever was sent this code, else of whoever was sent one; false when
// nobody was.
bool proof_number_of(struct care *care, const char *phone, const char *code,
                     struct proof_number *out);
// Where the patient lies, or lay last; NULL when no stay is known. The caller frees.
char *proof_department(struct care *care, int64_t patient);

struct proof {
  int64_t identity, patient, sent_at, expires_at, sent, begun_at, wrong, message;
  char by[128];  // who had it sent
};
bool proof_load(struct care *care, int64_t identity, struct proof *out);
void proof_put(struct care *care, const struct proof *proof, const char *code,
               const char *by);
bool proof_is(struct care *care, int64_t identity, const char *code);
void proof_missed(struct care *care, int64_t identity);  // one try less
// The number is right wherever this patient's people have it.
void proof_keep(struct care *care, const struct proof_number *number, const char *how,
                const char *by);
bool proof_any(struct care *care, int64_t patient);  // is any of their numbers proved
