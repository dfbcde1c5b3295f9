// The discharge card: one A6 page to print, with the code that opens a patient's pages.
// Nothing on it tells what the patient has.
#pragma once

#include "api/call.h"

void card_print(struct call *call);  // HTML; draws the code at the first time; audited
