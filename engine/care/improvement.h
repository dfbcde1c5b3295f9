// What a department mends because of what was said: a task with an owner and a deadline,
// the cases that led to it, and which items it should make fewer.
#pragma once

#include "care/care.h"

// Inbox "improvement.new" { department, title, owner, due, lead, stage, type, ward,
// cases, staff } and "improvement.link" { improvement, cases, staff }: cases is a list of
// their numbers.
void improvement_handlers(struct care *care);
