// Names, numbers and identifiers of people, and what is known of a number before it is
// used.
#pragma once

#include "care/care.h"

enum { IDENTITY_PHONES = 6 };

struct phones {  // of one person, normal, in the order in which they are tried
  char *list[IDENTITY_PHONES];
  int count;
  bool none;  // it was said that there is none: no_phone
};

int64_t person_new(struct store *store, const char *kind);  // "patient" or "contact"
// Whose identifier this is; 0 when nobody's.
int64_t identity_find(struct store *store, const char *kind, const char *value);
void identity_add(struct store *store, int64_t person, const char *kind,
                  const char *value, int position, const char *flag);
// For kinds of which a person has one: name, address. NULL: left alone.
void identity_set(struct store *store, int64_t person, const char *kind,
                  const char *value);
// The map's email, if it has one, takes the place of the one before; "" takes that away
// where numbers are replaced, too. One known before keeps what was found out about it.
void identity_set_email(struct store *store, int64_t person, const struct value *map,
                        bool replace);
// Of a map with phone and phones. phones_deinit frees.
void phones_read(const struct value *map, struct phones *out);
void phones_deinit(struct phones *phones);
// Puts these numbers first; the others follow or, when replaced, go. A number known
// before keeps what was found out about it. The worst flag of them (WARD 10), or NULL.
const char *identity_set_phones(struct store *store, int64_t person,
                                const struct phones *phones, bool replace);
// The same for a person who has none yet.
const char *identity_add_phones(struct store *store, int64_t person,
                                const struct phones *phones);
// After contacts were written: a number of more than three patients is flagged.
const char *identity_flag_shared(struct store *store, const struct phones *phones);
