// Messages that wait for a channel that nobody has configured.
#pragma once

#include "care/care.h"

// Appends a line for people when there are some.
void message_stranded(struct care *care, struct buf *out);
