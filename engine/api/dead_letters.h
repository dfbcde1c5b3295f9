// Dead letters: what connectors could not make an event of.
#pragma once

#include "api/call.h"

void dead_letters(struct call *call);  // connector state
void dead_letter(struct call *call);   // with what came; audited
// body: text, when it was mended. The connector takes it like a new message; when it is
// taken the letter is closed.
void dead_letter_replay(struct call *call);
void dead_letter_drop(struct call *call);  // body: note
