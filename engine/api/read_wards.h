// Wards, and the numbers that somebody must look at.
#pragma once

#include "api/call.h"

void read_wards(struct call *call);    // department days
void read_flagged(struct call *call);  // flag ward
// Gauges of who is in a bed, by ward.
void wards_metrics(struct api *api, struct buf *out);
