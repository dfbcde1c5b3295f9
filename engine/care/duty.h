// Duty posts: who holds one now, and changes of that by hand.
#pragma once

#include "care/care.h"

void duty_handlers(struct care *care);  // inbox "duty.set"
// Who holds a duty post now: the duty table, else the roster's file, else a person of
// that login, else the same for its backup posts; "" when nobody does.
void duty_find(struct care *care, const char *department, const char *role, char *staff,
               size_t size);
// The same, but never `but`.
void duty_find_but(struct care *care, const char *department, const char *role,
                   const char *but, char *staff, size_t size);
// Of a person who is off duty now: the post that they hold at other times, by duty table
// or roster. out stays as it is for one on duty, and for one of whom nothing is known.
void duty_stand_in(struct care *care, const char *department, const char *person,
                   char *out, size_t size);
// Whether that person holds the post now, by duty table or roster, not as a backup.
bool duty_holds(struct care *care, const char *department, const char *role,
                const char *staff);
