// A patient rings back (WARD 11). Why we rang is the look-up's (api/read_ring_back.c);
// one who rang and was not heard is kept as an inbound of kind "missed-call", from a PBX
// by its channel or typed in by staff, and is a task of the post that rang or wrote last.
#pragma once

#include "care/care.h"

// Inbox "ring-back" {at, by, department, note, phone}: a call that staff missed. Result:
// {outcome}, "task" or "unknown"; {task}. department says who has it when the number is
// nobody's, or nobody was rung.
void ring_back_handlers(struct care *care);
// inbound.id of kind "missed-call" was kept.
void ring_back_missed(struct care *care, int64_t inbound);
