// Who works here: a login, and how to page.
#pragma once

#include "care/care.h"

void staff_handlers(struct care *care);  // inbox "staff.put"
