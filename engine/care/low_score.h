// A mark below what a form's item calls low is a word for the hospital, too: it becomes
// feedback of the channel "survey", once an answer (B7).
#pragma once

#include "care/question.h"

// Whether any item of the answer is low; then the event "feedback" is recorded: the mark,
// the free words of the same answer, who gave it. An answer to a question of a case is
// that case's own and opens none.
void low_score(struct care *care, const struct answer_given *given);
