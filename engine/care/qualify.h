// Whether an event is what a pathway's `enroll` says in plain words: department,
// procedure, diagnosis, drug. Asked before Lua, so that a list of 100,000 discharges
// costs no script a call that it would answer with no.
#pragma once

#include "base/value.h"

// enroll: the definition's record; event: the facts' `event`. Each key that is there must
// hold; of its words one is enough. A code matches by its beginning, a name by a part of
// it (base/coded.h).
bool qualifies(const struct value *enroll, const struct value *event);
