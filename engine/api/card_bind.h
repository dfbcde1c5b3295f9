// The card at the bedside: a code to scan in WeChat, which leads to the page that binds
// whoever scanned it to the patient (page_bind.c, care/binding.h).
#pragma once

#include "api/call.h"

void card_bind(struct call *call);  // channel lang; HTML; audited
