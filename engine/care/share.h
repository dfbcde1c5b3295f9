// Whose share of the scripts' time a work uses: its department's, as a number. For
// work_handler.share; self is the care.
#pragma once

#include "care/care.h"

int64_t share_of_run(void *self, const struct work *work);
int64_t share_of_enrollment(void *self, const struct work *work);
int64_t share_of_message(void *self, const struct work *work);
int64_t share_of_task(void *self, const struct work *work);
int64_t share_of_job(void *self, const struct work *work);
