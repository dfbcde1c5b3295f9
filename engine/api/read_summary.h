// Summaries that are being made.
#pragma once

#include "api/api.h"

// Ends the one that runs and answers all with 503. Before the store is closed.
void read_summary_stop(struct api *api);
