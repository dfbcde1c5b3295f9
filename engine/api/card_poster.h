// The ward's poster: who scans it writes a word for the hospital, from this ward.
#pragma once

#include "api/call.h"

// GET wards/*/poster: an A4 page in Chinese and English; ?format=svg the code alone.
void card_poster(struct call *call);
