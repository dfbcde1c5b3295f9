// Asking a person: what a program offers beside the advice after an abnormal answer, and
// the call back that a patient asks for there.
#pragma once

#include "care/care.h"

// Inbox "consult.call": {question}. Opens one task "call-back" a question for the post
// that the program's `consult` names ("nurse"), due in its working time; asked again
// changes nothing. Result: {due_at}.
void consult_handlers(struct care *care);
// The program's `consult` for a question of it; nil when it declares none.
struct value consult_of(struct care *care, const char *department, const char *program);
// When the call that was asked for on this question is due; 0: not asked for, or done.
int64_t consult_due(struct care *care, int64_t patient, int64_t question);
