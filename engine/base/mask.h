// Names and numbers as those see them who need not know them.
#pragma once

#include "base/buf.h"

void mask_name(const char *name, struct buf *out);      // 王*兰, 李*
void mask_number(const char *number, struct buf *out);  // *******1234
